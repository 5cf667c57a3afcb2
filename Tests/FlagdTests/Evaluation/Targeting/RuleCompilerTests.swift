import XCTest

@testable import Flagd

/// What is prepared when a rule is compiled: what evaluations need not do.
final class RuleCompilerTests: XCTestCase {
    private let arena = Arena()

    private func compile(
        _ rule: String, isBare: Bool = false, _ body: (RuleNodeReference?, RuleCompiler) -> Void
    ) throws {
        var parser = JSONParser(arena.copy(rule), arena: arena)
        var tape = JSONTape()
        try parser.value(onto: &tape)
        var compiler = RuleCompiler(arena: arena, fractionalVersion: .v2, isBare: isBare)
        compiler.begin(flagKey: ByteView("flag"), variants: .empty)
        let node = compiler.compileRule(tape, at: 0)
        body(node, compiler)
    }

    private func assertOperation(_ rule: String, is operation: RuleOperation, line: UInt = #line) throws {
        try compile(rule) { node, _ in XCTAssertEqual(node?.operation, operation, rule, line: line) }
    }

    private func assertLiteral(_ rule: String, _ expected: String, line: UInt = #line) throws {
        try compile(rule) { node, _ in
            XCTAssertEqual(node?.operation, .literal, rule, line: line)
            XCTAssertEqual(node.map { JSON.text(of: Value($0.value)) }, expected, rule, line: line)
        }
    }

    func testConstantsAreFolded() throws {
        try assertLiteral(#"{"+":[1,{"*":[2,3]}]}"#, "7")
        try assertLiteral(#"{"cat":["a",{"substr":["xbx",1,1]}]}"#, #""ab""#)
        try assertLiteral(#"{"sem_ver":["1.2.3","<","1.3"]}"#, "true")
        try assertLiteral(#"{"in":["a",["a","b"]]}"#, "true")
        try assertLiteral(#"[1,{"+":[1,1]}]"#, "[1,2]")
        try assertLiteral(#"{"!":[[]]}"#, "true")
        try assertLiteral(#"{"merge":[[1],2]}"#, "[1,2]")
        try assertLiteral(#"{"and":[1,0,2]}"#, "0")
        try assertLiteral(#"{"a":1,"b":{"var":"x"}}"#, #"{"a":1,"b":{"var":"x"}}"#)
    }

    func testListsInOneAnother() throws {
        try assertLiteral(#"[1,[2,[3]],[[4],5]]"#, "[1,[2,[3]],[[4],5]]")
        let lists = #"[[1,[2,[3,{"var":"x"},[4]]],[5]],[[6,[7]],{"+":[1,[8]]}],[[9]],{"!":[[10]]},[11]]"#
        try compile(lists) { node, _ in
            XCTAssertEqual(node?.operation, .list)
            XCTAssertEqual(
                (0..<5).map { node?.child($0).operation }, [.list, .literal, .literal, .literal, .literal])
            XCTAssertEqual(node?.child(0).child(1).child(1).child(2).operation, .literal)
        }
        assertRule(lists, #"{"x":0}"#, gives: "[[1,[2,[3,0,[4]]],[5]],[[6,[7]],null],[[9]],false,[11]]")
    }

    /// A list is searched for operators once, however many lists are around it.
    func testListsInOneAnotherTakeNoLonger() throws {
        let elements = Array(repeating: "1", count: 100_000).joined(separator: ",")
        let clock = ContinuousClock()
        let time = { (depth: Int) throws in
            let opening = String(repeating: "[", count: depth)
            let rule = opening + "[\(elements)]" + #",{"var":"x"}"# + String(repeating: "]", count: depth)
            let arena = Arena()
            var parser = JSONParser(arena.copy(rule), arena: arena)
            var tape = JSONTape()
            try parser.value(onto: &tape)
            var compiler = RuleCompiler(arena: arena, fractionalVersion: .v2, isBare: false)
            return clock.measure { XCTAssertNotNil(compiler.compileRule(tape, at: 0)) }
        }
        let flat = try (0..<3).map { _ in try time(1) }.min() ?? .zero
        let deep = try (0..<3).map { _ in try time(120) }.min() ?? .zero
        XCTAssertLessThan(deep, flat * 8)
    }

    func testBranchesThatConstantsDecideAreDropped() throws {
        try assertLiteral(#"{"if":[true,"a",{"var":"x"}]}"#, #""a""#)
        try assertOperation(#"{"if":[false,"a",{"var":"x"}]}"#, is: .variable)
        try assertLiteral(#"{"if":[false,"a"]}"#, "null")
        try assertLiteral(#"{"if":[]}"#, "null")
        try compile(#"{"if":[{"var":"x"},1,false,2,{"var":"y"},3,true,4,{"var":"z"},5]}"#) { node, _ in
            XCTAssertEqual(node?.childCount, 5)
        }
    }

    func testVariables() throws {
        try assertOperation(#"{"var":"a.b"}"#, is: .variable)
        try assertOperation(#"{"var":["a","default"]}"#, is: .variable)
        try assertOperation(#"{"var":{"var":"a"}}"#, is: .dynamicVariable)
        try assertOperation(#"{"var":{"cat":["a",".b"]}}"#, is: .variable)
        try assertOperation(#"{"var":"$flagd"}"#, is: .dynamicVariable)
        try assertOperation(#"{"var":"$flagd.timestamp"}"#, is: .timestamp)
        try assertLiteral(#"{"var":"$flagd.flagKey"}"#, #""flag""#)
        try assertLiteral(#"{"var":["$flagd.other",5]}"#, "5")
    }

    func testComparisons() throws {
        for name in ["==", "===", "!=", "!=="] {
            try assertOperation(#"{"\#(name)":[{"var":"a"},"x"]}"#, is: .variableEqualsText)
            try assertOperation(#"{"\#(name)":["x",{"var":"a"}]}"#, is: .variableEqualsText)
        }
        for name in ["<", "<=", ">", ">="] {
            try assertOperation(#"{"\#(name)":[{"var":"a"},5]}"#, is: .variableComparedWithNumber)
            try assertOperation(#"{"\#(name)":[5,{"var":"a"}]}"#, is: .variableComparedWithNumber)
        }
        try assertOperation(#"{"starts_with":[{"var":"a"},"x"]}"#, is: .variableStartsWithText)
        try assertOperation(#"{"ends_with":[{"var":"a"},"x"]}"#, is: .variableEndsWithText)
        try assertOperation(#"{"starts_with":["x",{"var":"a"}]}"#, is: .startsWith)
        try assertOperation(#"{"ends_with":[{"var":"a"},5]}"#, is: .endsWith)
        try assertOperation(#"{"==":[{"var":["a","d"]},"x"]}"#, is: .equal)
        try assertOperation(#"{"==":[{"var":""},"x"]}"#, is: .equal)
        try assertOperation(#"{"<":[1,{"var":"a"},5]}"#, is: .less)
        XCTAssertEqual(RuleCompiler.mirrored(.less), .greater)
        XCTAssertEqual(RuleCompiler.mirrored(.lessOrEqual), .greaterOrEqual)
        XCTAssertEqual(RuleCompiler.mirrored(.greater), .less)
        XCTAssertEqual(RuleCompiler.mirrored(.greaterOrEqual), .lessOrEqual)
    }

    func testTables() throws {
        try assertOperation(#"{"in":[{"var":"a"},["x","y"]]}"#, is: .containedInConstants)
        try assertOperation(#"{"in":[{"var":"a"},["x",["y"]]]}"#, is: .contains)
        try assertOperation(#"{"in":[{"var":"a"},"text"]}"#, is: .contains)
        try assertOperation(#"{"sem_ver":[{"var":"a"},">=","1.2"]}"#, is: .semanticVersionOfConstant)
        try assertOperation(#"{"sem_ver":[{"var":"a"},"?","1.2"]}"#, is: .semanticVersion)
        try assertOperation(#"{"sem_ver":[{"var":"a"},"=",["1.2"]]}"#, is: .semanticVersion)
        try assertOperation(#"{"fractional":[["a",1],["b",1]]}"#, is: .fractionalOfConstants)
        try assertOperation(#"{"fractional":[{"cat":[{"var":"a"}]},["a",1]]}"#, is: .fractionalOfConstants)
        try assertOperation(#"{"fractional":[{"cat":[{"var":"a"}]},["a",{"var":"w"}]]}"#, is: .fractional)
        let branch = { (name: String) in #"{"==":[{"var":"a"},"\#(name)"]},"\#(name)""# }
        try assertOperation(#"{"if":[\#(["p", "q", "r", "s"].map(branch).joined(separator: ","))]}"#, is: .dispatch)
        try assertOperation(#"{"if":[\#(["p", "q", "r"].map(branch).joined(separator: ","))]}"#, is: .conditional)
    }

    func testUnknownOperators() throws {
        for name in ["unknown", "", "VAR", "i", "sem_Ver", "a name that is longer than any operator's"] {
            try compile(#"{"\#(name)":1}"#) { node, compiler in
                XCTAssertEqual(node?.operation, .unknown)
                XCTAssertEqual(compiler.warnings.reasons.count, 1)
                XCTAssertNil(compiler.failure)
            }
        }
        // What is dropped because a constant decides is still spoken of.
        try compile(#"{"if":[true,1,{"unknown":1}]}"#) { node, compiler in
            XCTAssertEqual(node?.operation, .literal)
            XCTAssertEqual(compiler.warnings.reasons.count, 1)
        }
    }

    /// What a rule takes in memory that is nothing but a reference to the first of many evaluators, each with two to the next.
    private func memory(ofLevels count: Int, _ pair: (String) -> String, innermost: String) throws -> Int {
        let arena = Arena()
        let levels = (0..<count).map { #""e\#($0)":"# + pair(#"{"$ref":"e\#($0 + 1)"}"#) }.joined(separator: ",")
        let payload = #"{"$evaluators":{\#(levels),"e\#(count)":\#(innermost)},"rule":{"!":{"$ref":"e0"}}}"#
        var parser = JSONParser(arena.copy(payload), arena: arena)
        var tape = JSONTape()
        try parser.value(onto: &tape)
        parser = JSONParser(arena.copy(#"{\#(levels),"e\#(count)":\#(innermost)}"#), arena: arena)
        var evaluators = JSONTape()
        try parser.value(onto: &evaluators)
        var compiler = RuleCompiler(arena: arena, fractionalVersion: .v2, isBare: false)
        compiler.evaluators = RuleEvaluators(evaluators, arena: arena)
        let before = arena.allocatedBytes
        XCTAssertNotNil(compiler.compileRule(tape, at: try XCTUnwrap(tape.member(ByteView("rule"), of: 0))))
        return arena.allocatedBytes - before
    }

    func testConstantsThatEvaluatorsMultiplyTakeLittle() throws {
        let text = "\"" + String(repeating: "a", count: 1000) + "\""
        let limit = EvaluationLimits.maximumFoldedBytes
        XCTAssertLessThan(
            try memory(ofLevels: 12, { #"{"cat":[\#($0),\#($0)]}"# }, innermost: text), limit + 2 << 20)
        XCTAssertLessThan(
            try memory(ofLevels: 12, { #"{"merge":[\#($0),\#($0)]}"# }, innermost: "[\(text),\(text),\(text),\(text)]"),
            limit + 4 << 20)
        XCTAssertLessThan(
            try memory(ofLevels: 12, { "[\($0),\($0)]" }, innermost: #"{"var":[[\#(text)]]}"#), limit + 4 << 20)
    }

    func testPathsThatEvaluatorsMultiplyAreMadeOnce() throws {
        let path = #"{"var":"\#(String(repeating: ".", count: 1000))"}"#
        XCTAssertLessThan(try memory(ofLevels: 12, { "[\($0),\($0)]" }, innermost: path), 4 << 20)
    }

    func testConstantsTooLargeToBeFoldedAreEvaluated() throws {
        let text = String(repeating: "a", count: EvaluationLimits.maximumFoldedBytes / 2 + 1)
        try assertOperation(#"{"cat":["\#(text)","\#(text)"]}"#, is: .cat)
        try assertOperation(#"{"var":[["\#(text)","\#(text)"]]}"#, is: .dynamicVariable)
        assertRule(#"{"substr":[{"cat":["\#(text)","\#(text)b"]},-2]}"#, gives: #""ab""#)
        assertRule(#"{"var":[["\#(text)","\#(text)"]]}"#, #"{"\#(text),\#(text)":1}"#, gives: "1")
    }

    func testABareRuleHasNoReferences() throws {
        try compile(#"{"$ref":"a"}"#, isBare: true) { node, compiler in
            XCTAssertEqual(node?.operation, .unknown)
            XCTAssertNil(compiler.failure)
        }
        try compile(#"{"$ref":"a"}"#) { node, compiler in
            XCTAssertNil(node)
            XCTAssert(compiler.failure?.contains("'a'") ?? false)
        }
    }

    func testNodesAreSmall() {
        XCTAssertLessThanOrEqual(MemoryLayout<RuleNode>.stride, 40)
    }

    func testWeightCountsNodes() throws {
        try compile(#"{"+":[{"var":"a"},{"-":[{"var":"b"},1]}]}"#) { node, _ in XCTAssertEqual(node?.weight, 5) }
    }
}
