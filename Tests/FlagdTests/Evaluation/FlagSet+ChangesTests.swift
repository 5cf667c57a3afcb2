import XCTest

@testable import Flagd

final class FlagSetChangesTests: XCTestCase {
    private func changes(_ before: String?, _ after: String) throws -> [String] {
        let old = try before.map { try TestFlags($0).set }
        return try TestFlags(after).set.changedKeys(from: old)
    }

    private func payload(_ flag: String, rest: String = "") -> String {
        #"{"flags":{"f":\#(flag),"same":{"variants":{"a":1}}}\#(rest)}"#
    }

    func testAllAreChangesOfNothing() throws {
        XCTAssertEqual(
            try changes(nil, #"{"flags":{"b":1,"a":{"variants":{"x":1}},"é":2,"Z":3}}"#), ["Z", "a", "b", "é"])
        XCTAssertEqual(try changes(nil, "{}"), [])
    }

    func testAddedAndRemoved() throws {
        let two = #"{"flags":{"a":{"variants":{"x":1}},"b":{"variants":{"x":1}}}}"#
        let other = #"{"flags":{"c":{"variants":{"x":1}},"b":{"variants":{"x":1}}}}"#
        XCTAssertEqual(try changes(two, other), ["a", "c"])
        XCTAssertEqual(try changes(two, "{}"), ["a", "b"])
        XCTAssertEqual(try changes(two, two), [])
    }

    func testEachMember() throws {
        let base =
            #"{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","targeting":{"if":[true,"on"]},"metadata":{"m":1}}"#
        let different = [
            base.replacingOccurrences(of: "ENABLED", with: "DISABLED"),
            base.replacingOccurrences(of: #""off":false"#, with: #""off":true"#),
            base.replacingOccurrences(of: #""defaultVariant":"on""#, with: #""defaultVariant":"off""#),
            base.replacingOccurrences(of: #"[true,"on"]"#, with: #"[false,"on"]"#),
            base.replacingOccurrences(of: #""m":1"#, with: #""m":2"#),
            base.replacingOccurrences(of: #""m":1"#, with: ""),
            "5", "{}",
        ]
        for flag in different { XCTAssertEqual(try changes(payload(base), payload(flag)), ["f"], flag) }
    }

    func testWhatIsNoChange() throws {
        let base = #"{"state":"ENABLED","variants":{"on":true,"n":10},"defaultVariant":"","targeting":{},"source":"a"}"#
        let equal = [
            #"{ "source":"b", "variants":{"n":10.0,"on":true} }"#,
            #"{"variants":{"on":true,"n":10},"state":null,"defaultVariant":null,"targeting":null,"metadata":{}}"#,
            #"{"variants":{"\u006fn":true,"n":1,"n":10},"unknown":5,"metadata":{"dropped":[]}}"#,
        ]
        for flag in equal { XCTAssertEqual(try changes(payload(base), payload(flag)), [], flag) }
        XCTAssertEqual(try changes(payload("5"), payload(" 5 ")), [])
        let array = #"{"flags":[{"key":"same","variants":{"a":1}},{"key":"f",\#(base.dropFirst())]}"#
        XCTAssertEqual(try changes(payload(base), array), [])
    }

    func testSetMetadata() throws {
        let flag = #"{"variants":{"a":1},"metadata":{"m":1}}"#
        let before = payload(flag, rest: #","metadata":{"s":1}"#)
        XCTAssertEqual(try changes(before, payload(flag, rest: #","metadata":{"s":2}"#)), ["f", "same"])
        XCTAssertEqual(try changes(before, payload(flag, rest: #","metadata":{"s":1}"#)), [])
        // The flag's own metadata hide what has changed of the set's.
        XCTAssertEqual(
            try changes(payload(flag, rest: #","metadata":{"m":5}"#), payload(flag, rest: #","metadata":{"m":6}"#)),
            ["same"])
    }

    func testEvaluators() throws {
        let flags = #"""
            {"flags":{"direct":{"variants":{"a":1},"targeting":{"$ref":"e"}},
             "nested":{"variants":{"a":1},"targeting":{"if":[{"$ref":"outer"},"a"]}},
             "other":{"variants":{"a":1},"targeting":{"$ref":"x"}},"none":{"variants":{"a":1}}},"$evaluators":
            """#
        let evaluators = #"{"e":{"var":"a"},"outer":{"!":[{"$ref":"e"}]},"x":1}}"#
        let before = flags + evaluators
        XCTAssertEqual(
            try changes(before, flags + evaluators.replacingOccurrences(of: #""x":1"#, with: #""x": 1"#)), [])
        XCTAssertEqual(
            try changes(before, flags + evaluators.replacingOccurrences(of: #""var":"a""#, with: #""var":"b""#)),
            ["direct", "nested"])
        XCTAssertEqual(
            try changes(before, flags + evaluators.replacingOccurrences(of: #""x":1"#, with: #""x":2"#)), ["other"])
        XCTAssertEqual(try changes(before, flags + "{}}"), ["direct", "nested", "other"])
        XCTAssertEqual(try changes(flags + "{}}", before), ["direct", "nested", "other"])
    }

    func testEvaluatorsThatReferToOneAnotherWithoutEnd() throws {
        let bomb = { (last: Int) in
            #"{"flags":{"f":{"variants":{"a":1},"targeting":{"$ref":"e0"}},"loop":{"variants":{"a":1},"targeting":{"$ref":"l"}}},"$evaluators":{"l":{"!":{"$ref":"l"}},"#
                + (0..<90).map { #""e\#($0)":[{"$ref":"e\#($0 + 1)"},{"$ref":"e\#($0 + 1)"}]"# }.joined(separator: ",")
                + #","e90":\#(last)}}"#
        }
        XCTAssertEqual(try changes(bomb(1), bomb(2)), ["f"])
        XCTAssertEqual(try changes(bomb(1), bomb(1)), [])
    }

    func testFlagsThatAreNestedTooDeeply() throws {
        let deep = { (value: Int) in
            String(repeating: "[", count: 200) + "\(value)" + String(repeating: "]", count: 200)
        }
        XCTAssertEqual(try changes(payload(deep(1)), payload(deep(2))), ["f"])
        XCTAssertEqual(try changes(payload(deep(1)), payload(deep(1))), [])
        XCTAssertEqual(try changes(payload(deep(1)), payload("5")), ["f"])
        XCTAssertEqual(try changes(payload("5"), payload(deep(1))), ["f"])
    }

    func testKeysAreComparedByBytes() throws {
        XCTAssertEqual(
            try changes(#"{"flags":{"\u00e9":{"variants":{"x":1}}}}"#, #"{"flags":{"e\u0301":{"variants":{"x":1}}}}"#)
                .map { Array($0.utf8) },
            [Array("e\u{301}".utf8), Array("\u{e9}".utf8)])
    }

    func testSeveralPayloads() throws {
        let first = #"{"flags":{"a":{"variants":{"x":1}},"b":{"variants":{"x":1}}}}"#
        let old = try TestFlags(first, #"{"flags":{"b":{"variants":{"x":2}}}}"#).set
        XCTAssertEqual(try TestFlags(first).set.changedKeys(from: old), ["b"])
        XCTAssertEqual(try TestFlags(#"{"flags":{"b":{"variants":{"x":2}}}}"#, first).set.changedKeys(from: old), ["b"])
    }
}
