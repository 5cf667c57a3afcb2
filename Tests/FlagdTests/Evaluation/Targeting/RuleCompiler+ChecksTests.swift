import XCTest

@testable import Flagd

final class RuleCompilerChecksTests: XCTestCase {
    private func compile(
        _ rule: String, version: FractionalVersion = .v2, _ body: (RuleCompiler) -> Void
    ) throws {
        let arena = Arena()
        var parser = JSONParser(arena.copy(rule), arena: arena)
        var tape = JSONTape()
        try parser.value(onto: &tape)
        var compiler = RuleCompiler(arena: arena, fractionalVersion: version, isBare: false)
        compiler.begin(flagKey: ByteView("flag"), variants: .empty)
        XCTAssertNotNil(compiler.compileRule(tape, at: 0))
        body(compiler)
    }

    func testWarnings() throws {
        let rules = [
            (#"{"sem_ver":["1.2.3","="]}"#, "three"), (#"{"sem_ver":[{"var":"a"},"==","1.2.3"]}"#, #""==""#),
            (#"{"sem_ver":["1.2.x","=","1.2.3"]}"#, #""1.2.x""#), (#"{"sem_ver":[{"var":"a"},"=",["1"]]}"#, "a list"),
            (#"{"starts_with":["a"]}"#, "two strings"), (#"{"ends_with":[{"var":"a"},5]}"#, "strings only"),
            (#"{"fractional":["a",["x",0.5]]}"#, "whole number"), (#"{"fractional":["a",5]}"#, "buckets"),
            (#"{"fractional":["a",["x",0]]}"#, "sum up to 0"), (#"{"fractional":["a"]}"#, "sum up to 0"),
            (#"{"fractional":[]}"#, "no buckets"), (#"{"fractional":[5,["x",1]]}"#, "bucket by 5"),
            (#"{"fractional":[{"a":1,"b":2},["x",1]]}"#, "bucket by an object"),
            (#"{"fractional":[["x",{"var":"w"}],["y","1"]]}"#, "whole number"),
            (#"{"fractional":[[{"var":"v"},"1"],["y",1]]}"#, "whole number"),
            (#"{"fractional":[[{"var":"v"},[{"var":"w"}]],["y",1]]}"#, "whole number"),
            (#"{"fractional":[[["v"],{"var":"w"}],["y",1]]}"#, "buckets"),
            (#"{"fractional":[[[{"var":"v"}],1],["y",1]]}"#, "buckets"),
            (#"{"fractional":[{"var":"a"},["x",2147483647],[{"var":"v"},2]]}"#, "sum up to 2147483649"),
        ]
        for (rule, part) in rules {
            try compile(rule) { compiler in
                XCTAssertEqual(compiler.warnings.reasons.count, 1, rule)
                XCTAssert(compiler.warnings.reasons.first?.contains(part) ?? false, "\(compiler.warnings.reasons)")
            }
        }
        for rule in [
            #"{"sem_ver":[{"var":"a"},"=",1]}"#, #"{"starts_with":{"var":"a"}}"#, #"{"sem_ver":{"var":"a"}}"#,
            #"{"fractional":{"var":"a"}}"#, #"{"fractional":[["x",{"var":"w"}]]}"#, #"{"log":1}"#,
            #"{"fractional":[["x",{"var":"w"}],["y",0]]}"#, #"{"fractional":[{"var":"a"},["y",0]]}"#,
            #"{"fractional":[null,["y"]]}"#, #"{"fractional":[{"var":"a"},{"var":"bucket"}]}"#,
            #"{"fractional":[{"var":"bucket"}]}"#,
        ] {
            try compile(rule) { compiler in XCTAssertEqual(compiler.warnings.reasons, [], rule) }
        }
    }

    func testWarningsOfVersion3() throws {
        for bucketing in ["5", "true", #"{"a":1,"b":2}"#, #""a""#] {
            try compile(#"{"fractional":[\#(bucketing),["x",1]]}"#, version: .v3) { compiler in
                XCTAssertEqual(compiler.warnings.reasons, [], bucketing)
            }
        }
        try compile(#"{"fractional":[null,["x",1]]}"#, version: .v3) { compiler in
            XCTAssertEqual(compiler.warnings.reasons, ["'fractional' cannot bucket by null"])
        }
    }

    func testExcerpts() {
        XCTAssertEqual(RuleValue(ByteView("a\"b")).excerpt, #""a\"b""#)
        XCTAssertEqual(RuleValue(1.5).excerpt, "1.5")
        XCTAssertEqual(RuleValue.null.excerpt, "null")
        XCTAssertEqual(RuleValue(list: .empty).excerpt, "a list")
        XCTAssertEqual(RuleValue(object: nil, count: 0).excerpt, "an object")
        let arena = Arena()
        XCTAssertLessThan(RuleValue(arena.copy(String(repeating: "x", count: 10_000))).excerpt.utf8.count, 300)
    }
}
