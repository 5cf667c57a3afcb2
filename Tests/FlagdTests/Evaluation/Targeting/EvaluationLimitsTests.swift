import XCTest

@testable import Flagd

/// Each limit at and beyond it, and rules that would go on for ever.
final class EvaluationLimitsTests: XCTestCase {
    private func list(_ count: Int) -> String { "[" + (0..<count).map(String.init).joined(separator: ",") + "]" }

    private func nested(_ depth: Int, _ opening: String, _ inner: String, _ closing: String) -> String {
        String(repeating: opening, count: depth) + inner + String(repeating: closing, count: depth)
    }

    private static let steps = "EvaluationLimits.maximumSteps"
    private static let depth = "EvaluationLimits.maximumValueDepth"
    private static let memory = "EvaluationLimits.maximumScratchBytes"

    /// Checks that a rule reaches a limit, the steps' with far fewer than usual: a debug build takes seconds for all of them.
    private func assertLimited(
        _ rule: String, _ data: String = "{}", by limits: String..., version: FractionalVersion = .v2,
        steps: Int = 1_000_000, line: UInt = #line
    ) {
        do {
            let text = try Rule.text(rule, data, steps: steps, version: version)
            XCTAssert(limits.contains(text), "\(rule.prefix(200)): \(text.prefix(200))", line: line)
        } catch {
            XCTFail("\(rule.prefix(200)): \(error)", line: line)
        }
    }

    // MARK: Values

    func testDefaults() {
        XCTAssertEqual(JSONLimits.maximumDepth, 128)
        XCTAssertEqual(EvaluationLimits.maximumSteps, 20_000_000)
        XCTAssertEqual(EvaluationLimits.maximumScratchBytes, 64 << 20)
        XCTAssertEqual(EvaluationLimits.maximumValueDepth, 256)
        XCTAssertEqual(EvaluationLimits.maximumFoldedBytes, 1 << 20)
        XCTAssertEqual(EvaluationLimits.maximumFoldedBytesInAll, 32 << 20)
        XCTAssertEqual(EvaluationLimits.maximumWarnings, 1000)
        XCTAssertEqual(EvaluationLimits.maximumWarningsInAll, 100_000)
        XCTAssertEqual(EvaluationLimits.maximumReferenceDepth, 128)
        XCTAssertEqual(EvaluationLimits.maximumReferencedNodes, 1_000_000)
        XCTAssertEqual(EvaluationLimits.maximumReferencedNodesInAll, 32_000_000)
    }

    // MARK: Depth

    func testRulesOf128Levels() {
        assertRule(nested(128, #"{"!":"#, "1", "}"), gives: "true")
        assertRule(nested(64, #"{"+":["#, "1", "]}"), gives: "1")
        assertRule(nested(64, #"{"if":[true,"#, "1", "]}"), gives: "1")
        assertRule(nested(63, #"{"if":[{"var":"x"},2,"#, "1", "]}"), gives: "1")
        assertRule(nested(64, #"{"and":[true,"#, "1", "]}"), gives: "1")
        assertRule(nested(63, #"{"map":[[1],"#, "1", "]}"), gives: nested(63, "[", "1", "]"))
        assertRule(nested(128, "[", "", "]"), gives: nested(128, "[", "", "]"))
        let data = nested(128, #"{"a":"#, "1", "}")
        assertRule(#"{"var":"\#(Array(repeating: "a", count: 128).joined(separator: "."))"}"#, data, gives: "1")
    }

    func testRulesBeyond128LevelsAreNoJSON() {
        for (opening, closing) in [(#"{"!":"#, "}"), ("[", "]"), (#"{"if":[true,"#, "]}")] {
            let text = Rule.text(nested(129, opening, "1", closing))
            XCTAssert(text.hasPrefix("PARSE_ERROR: ") && text.contains("128"), text)
        }
    }

    func testElseBranchesOf128LevelsInAFlag() throws {
        // Three brackets are open around the rule, three more belong to the innermost condition.
        let rule = nested(61, #"{"if":[{"==":[{"var":"x"},"none"]},"b","#, #""a""#, "]}")
        assertOutcome(try TestFlags(rule: rule).string(), "a", "a", .targetingMatch)
    }

    func testValueDepth() {
        // Wraps the accumulator in one more list for each element.
        let wrap = { (count: Int) in #"{"reduce":[\#(self.list(count)),[{"var":"accumulator"}],[]]}"# }
        let limit = EvaluationLimits.maximumValueDepth
        assertRule(#"{"cat":\#(wrap(limit - 2))}"#, gives: #""""#)
        assertRule(#"{"cat":[\#(wrap(limit - 1))]}"#, gives: #""""#)
        assertLimited(#"{"cat":[\#(wrap(limit))]}"#, by: Self.depth)
        assertRule(wrap(limit - 1), gives: nested(limit, "[", "", "]"))
        assertLimited(wrap(limit), by: Self.depth)
        assertRule(#"{"!!":[\#(wrap(limit))]}"#, gives: "true")
        assertRule(#"{"==":[\#(wrap(limit - 1)),\#(wrap(limit - 1))]}"#, gives: "true")
        assertLimited(#"{"==":[\#(wrap(limit)),\#(wrap(limit))]}"#, by: "steps")
        assertLimited(#"{"in":[\#(wrap(limit)),[\#(wrap(limit))]]}"#, by: "steps")
        XCTAssertEqual(Rule.text(wrap(limit)).prefix(8), "GENERAL:")
    }

    func testValuesNestedWithoutEnd() {
        let wrap = #"{"reduce":[{"var":"l"},[{"var":"accumulator"}],[]]}"#
        let data = #"{"l":\#(list(20_000))}"#
        for rule in [
            wrap, #"{"cat":[\#(wrap)]}"#, #"{"substr":[\#(wrap),1]}"#, #"{"var":[\#(wrap)]}"#,
            #"{"missing":[[\#(wrap)]]}"#,
        ] {
            assertLimited(rule, data, by: Self.depth)
        }
        for rule in [#"{"==":[\#(wrap),\#(wrap)]}"#, #"{"in":[\#(wrap),[\#(wrap)]]}"#] {
            assertLimited(rule, data, by: "steps")
        }
        let objects = #"{"reduce":[{"var":"l"},{"var":""},0]}"#
        for rule in [objects, #"{"cat":[\#(objects)]}"#] { assertLimited(rule, data, by: Self.depth) }
        assertLimited(#"{"==":[\#(objects),\#(objects)]}"#, data, by: "steps")
        assertLimited(#"{"fractional":[\#(objects),["b",1]]}"#, data, by: Self.depth, version: .v3)
    }

    func testValuesThatHoldOneAnotherManyTimes() {
        // Twice itself for each element: 2^100 leaves.
        let double = #"{"reduce":[\#(list(100)),[{"var":"accumulator"},{"var":"accumulator"}],"x"]}"#
        for rule in [double, #"{"cat":[\#(double)]}"#, #"{"log":[\#(double)]}"#] { assertLimited(rule, by: Self.steps) }
        for rule in [#"{"==":[\#(double),\#(double)]}"#, #"{"in":[\#(double),[\#(double)]]}"#] {
            assertLimited(rule, by: "steps")
        }
        assertRule(#"{"!!":[\#(double)]}"#, gives: "true")
    }

    // MARK: Memory

    func testScratchMemoryOfTexts() {
        let double = { (count: Int) in
            #"{"reduce":[\#(self.list(count)),{"cat":[{"var":"accumulator"},{"var":"accumulator"}]},"x"]}"#
        }
        // 2 + 4 + 8 + … bytes are built.
        assertRule(#"{"==":[\#(double(20)),"x"]}"#, gives: "false")
        for count in [26, 1000] { assertLimited(#"{"==":[\#(double(count)),"x"]}"#, by: Self.memory, Self.steps) }
        // Many texts, none of them long.
        let text = String(repeating: "x", count: 100_000)
        let many = { (count: Int) in #"{"!!":[{"map":[\#(self.list(count)),{"cat":["\#(text)",{"var":""}]}]}]}"# }
        XCTAssertEqual(try Rule.text(many(600), steps: EvaluationLimits.maximumSteps), "true")
        XCTAssertEqual(try Rule.text(many(700), steps: EvaluationLimits.maximumSteps), Self.memory)
    }

    func testScratchMemoryOfLists() {
        let double = { (count: Int) in
            #"{"!!":[{"reduce":[\#(self.list(count)),{"merge":[{"var":"accumulator"},{"var":"accumulator"}]},[1]]}]}"#
        }
        assertRule(double(10), gives: "true")
        assertLimited(double(22), by: Self.steps, steps: 100_000)
        assertLimited(double(1000), by: Self.steps, steps: 100_000)
    }

    func testScratchMemoryAtItsLimit() {
        var scratch = Scratch(UnsafeMutableRawBufferPointer(start: nil, count: 0))
        XCTAssertTrue(scratch.charge(EvaluationLimits.maximumScratchBytes - 16))
        XCTAssertNotNil(scratch.values(1))
        XCTAssertNil(scratch.bytes(1))
        XCTAssertFalse(scratch.charge(1))
        scratch.free()
    }

    func testObjectsOfAllDataAreCounted() throws {
        var scratchBytes = 0
        let arena = Arena()
        let rule = Array(#"{"reduce":[{"var":"l"},{"var":""},0]}"#.utf8)
        let data = Array(#"{"l":\#(list(1000))}"#.utf8)
        try rule.withUnsafeBufferPointer { rule in
            try data.withUnsafeBufferPointer { data in
                var (ruleTape, dataTape) = (JSONTape(), JSONTape())
                var parser = JSONParser(ByteView(rule), arena: arena)
                try parser.value(onto: &ruleTape)
                parser = JSONParser(ByteView(data), arena: arena)
                try parser.value(onto: &dataTape)
                var compiler = RuleCompiler(arena: arena, fractionalVersion: .v2, isBare: true)
                let node = try XCTUnwrap(compiler.compileRule(ruleTape, at: 0))
                var machine = RuleMachine(
                    context: .empty, enrichment: .empty, flagKey: .emptyText, timestamp: nil, fractionalVersion: .v2,
                    scratch: Scratch(UnsafeMutableRawBufferPointer(start: nil, count: 0)))
                machine.element = dataTape.ruleValue(at: 0, arena: arena)
                _ = machine.evaluate(node)
                scratchBytes = machine.scratch.usedBytes
                machine.scratch.free()
            }
        }
        withExtendedLifetime(arena) {}
        XCTAssertGreaterThanOrEqual(scratchBytes, 1000 * 2 * MemoryLayout<ObjectMember>.stride)
    }

    // MARK: Steps

    func testStepsAtTheirLimit() throws {
        // Each element costs what its body weighs: three nodes.
        let loop = #"{"some":[\#(list(100)),{"-":[{"var":""},{"var":""}]}]}"#
        XCTAssertEqual(try Rule.text(loop, steps: 300), "false")
        XCTAssertEqual(try Rule.text(loop, steps: 299), Self.steps)
    }

    func testStepsOfABodyThatIsHeavy() {
        let heavy = (0..<1000).map { #"{"==":[{"var":"x"},\#($0)]}"# }.joined(separator: ",")
        let data = #"{"l":\#(list(20_000))}"#
        XCTAssertEqual(
            Rule.text(#"{"some":[{"var":"l"},{"and":[{"var":"none"},\#(heavy)]}]}"#, data).prefix(8), "GENERAL:")
    }

    func testStepsOfIterationsInOneAnother() {
        let loop = { (inner: Int) in
            #"{"some":[{"var":"l"},{"some":[\#(self.list(inner)),{"==":[{"var":""},-1]}]}]}"#
        }
        let data = #"{"l":\#(list(10_000))}"#
        assertRule(loop(2), data, gives: "false")
        assertLimited(loop(1000), data, by: Self.steps)
    }

    func testStepsOfLongHaystacks() {
        let data = #"{"l":\#(list(500)),"t":"\#(String(repeating: "ab", count: 10_000))"}"#
        let each = { (body: String) in
            #"{"reduce":[{"var":"l"},{"if":[{"in":\#(body)},1,{"var":"accumulator"}]},{"var":"t"}]}"#
        }
        assertLimited(each(#"["x",{"var":"accumulator"}]"#), data, by: Self.steps)
        assertLimited(
            #"{"reduce":[\#(list(100)),{"if":[{"in":[-1,{"var":"accumulator"}]},1,{"var":"accumulator"}]},{"var":"l"}]}"#,
            #"{"l":\#(list(20_000))}"#, by: Self.steps, steps: 100_000)
    }

    func testStepsOfLongTexts() {
        let data = #"{"l":\#(list(1000)),"t":"\#(String(repeating: "1", count: 20_000))"}"#
        for body in [
            #"{"substr":[{"var":"accumulator"},-20000]}"#, #"{"cat":[{"var":"accumulator"},""]}"#,
        ] {
            assertLimited(#"{"reduce":[{"var":"l"},\#(body),{"var":"t"}]}"#, data, by: Self.steps)
        }
    }

    func testStepsOfLongTextsThatOperatorsRead() {
        let digits = String(repeating: "1", count: 20_000)
        let other = digits + "b"
        // One long text two hundred times takes no memory, but reading it does take time.
        let texts = #"{"map":[{"var":"l"},"\#(digits)a"]}"#
        let numbers = #"{"map":[{"var":"l"},"\#(digits)"]}"#
        let members = #"{"map":[{"var":"l"},{"a":"\#(digits)a","b":1}]}"#
        let keys = #"{"map":[{"var":"l"},{"\#(digits)":0,"b":1}]}"#
        let branches = ["\(other)", "x", "y", "z"].map { #"{"==":[{"var":"a"},"\#($0)"]},1"# }.joined(separator: ",")
        for (list, body) in [
            (texts, #"{"==":[{"var":""},"\#(other)"]}"#), (texts, #"{"===":["\#(other)",{"var":""}]}"#),
            (texts, #"{"<":["\#(other)",{"var":""}]}"#), (texts, #"{"<":["\#(other)",{"var":""},2]}"#),
            (texts, #"{"starts_with":[{"var":""},"\#(other)"]}"#), (texts, #"{"ends_with":[{"var":""},"\#(other)"]}"#),
            (texts, #"{"in":[{"var":""},["\#(other)","x","y"]]}"#),
            (texts, #"{"in":[{"var":""},["\#(other)",["x"]]]}"#),
            (texts, #"{"sem_ver":[{"var":""},"=","1.2.3"]}"#), (texts, #"{"sem_ver":[{"var":""},"=",{"var":""}]}"#),
            (texts, #"{"fractional":[{"var":""},[false,1]]}"#),
            (texts, #"{"fractional":[{"var":""},[{"var":"x"},1]]}"#),
            (numbers, #"{"==":[{"var":""},5]}"#), (numbers, #"{"<":[{"var":""},5]}"#),
            (numbers, #"{"-":[{"var":""},{"var":""}]}"#), (numbers, #"{"*":[{"var":""},0]}"#),
            (numbers, #"{"max":[{"var":""}]}"#),
            (members, #"{"if":[\#(branches)]}"#), (members, #"{"==":[{"var":"a"},"\#(other)"]}"#),
            (members, #"{"<":[{"var":"a"},5]}"#), (members, #"{"==":[{"var":""},{"a":"\#(other)","b":1}]}"#),
            (members, #"{"==":[{"var":""},{"a":"\#(digits)a","b":2}]}"#),
            (keys, #"{"var":"\#(digits)"}"#), (keys, #"{"<":[5,{"var":"\#(digits)"}]}"#),
            (keys, #"{"==":["5",{"var":"\#(digits)"}]}"#), (keys, #"{"==":[{"var":""},{"\#(digits)":0,"b":2}]}"#),
        ] {
            assertLimited(#"{"some":[\#(list),\#(body)]}"#, data(200), by: Self.steps, "steps", steps: 100_000)
        }
    }

    func testStepsOfLongTextsThatIterationsRead() {
        let digits = String(repeating: "1", count: 20_000)
        let list = #"{"map":[{"var":"l"},"\#(digits)"]}"#
        for rule in [
            #"{"map":[\#(list),{"+":[{"var":""},1]}]}"#, #"{"filter":[\#(list),{"<":[{"var":""},1]}]}"#,
            #"{"all":[\#(list),{">":[{"var":""},1]}]}"#,
            #"{"reduce":[\#(list),{"*":[{"var":"current"},{"var":"accumulator"}]},1]}"#,
        ] {
            assertLimited(rule, data(200), by: Self.steps, "steps", steps: 100_000)
        }
    }

    private func data(_ count: Int) -> String { #"{"l":\#(list(count))}"# }

    func testLimitInAFlagIsGeneralAndNamesTheLimit() throws {
        let heavy = (0..<1000).map { #"{"==":[{"var":"x"},\#($0)]}"# }.joined(separator: ",")
        let flags = try TestFlags(rule: #"{"some":[{"var":"l"},{"and":[{"var":"none"},\#(heavy)]}]}"#)
        let context: EvaluationContext = ["l": .list((0..<20_000).map { .integer($0) })]
        let details = flags.string("f", context)
        assertOutcome(details, "caller", nil, .error, .general)
        XCTAssertEqual(details.errorMessage?.contains("EvaluationLimits.maximumSteps"), true)
        let deep = #"{"reduce":[{"var":"l"},[{"var":"accumulator"}],[]]}"#
        let printed = try TestFlags(rule: #"{"cat":[\#(deep)]}"#).string("f", context)
        XCTAssertEqual(printed.errorMessage?.contains("EvaluationLimits.maximumValueDepth"), true)
        let compared = try TestFlags(rule: #"{"==":[\#(deep),\#(deep)]}"#).string("f", context)
        XCTAssertEqual(compared.errorMessage?.contains("EvaluationLimits."), true)
        XCTAssertEqual(compared.errorCode, .general)
    }

    // MARK: Large rules

    func testListsOf100000Elements() {
        let numbers = list(100_000)
        let data = #"{"x":99999,"y":-1,"l":\#(numbers)}"#
        assertRule(#"{"in":[{"var":"x"},\#(numbers)]}"#, data, gives: "true")
        assertRule(#"{"in":[{"var":"y"},\#(numbers)]}"#, data, gives: "false")
        assertRule(#"{"in":[{"var":"x"},{"var":"l"}]}"#, data, gives: "true")
        assertRule(#"{"reduce":[\#(numbers),{"+":[{"var":"accumulator"},{"var":"current"}]},0]}"#, gives: "4999950000")
        assertRule(#"{"+":\#(numbers)}"#, gives: "4999950000")
        assertRule(#"{"max":{"var":"l"}}"#, data, gives: "99999")
        assertRule(#"{"==":[{"filter":[{"var":"l"},{"<":[{"var":""},3]}]},[0,1,2]]}"#, data, gives: "true")
        assertRule(#"{"all":[{"map":[{"var":"l"},{"+":[{"var":""},1]}]},{">":[{"var":""},0]}]}"#, data, gives: "true")
        assertRule(#"{"==":[{"merge":[{"var":"l"},[]]},\#(numbers)]}"#, data, gives: "true")
        let texts = "[" + (0..<100_000).map { "\"t\($0)\"" }.joined(separator: ",") + "]"
        assertRule(#"{"in":["t99999",\#(texts)]}"#, gives: "true")
        assertRule(#"{"in":[{"var":"t"},\#(texts)]}"#, #"{"t":"t5"}"#, gives: "true")
        assertRule(#"{"in":[{"var":"t"},\#(texts)]}"#, #"{"t":"t100000"}"#, gives: "false")
        assertRule(#"{"substr":[{"cat":\#(texts)},-6]}"#, gives: #""t99999""#)
        assertRule(#"{"==":[{"missing":[\#(texts)]},\#(texts)]}"#, gives: "true")
    }

    func testBranchesOf20000() throws {
        let branches = (0..<20_000).map { #"{"==":[{"var":"x"},"t\#($0)"]},"b""# }.joined(separator: ",")
        let flags = try TestFlags(rule: #"{"if":[\#(branches),"a"]}"#)
        assertOutcome(flags.string("f", ["x": "t19999"]), "b", "b", .targetingMatch)
        assertOutcome(flags.string("f", ["x": "none"]), "a", "a", .targetingMatch)
        assertOutcome(flags.string("f", ["x": 5]), "a", "a", .targetingMatch)
        let operands = (0..<20_000).map { #"{"==":[{"var":"x"},\#($0)]}"# }.joined(separator: ",")
        let any = try TestFlags(rule: #"{"or":[\#(operands)]}"#)
        assertOutcome(any.string("f", ["x": 19_999]), "true", "true", .targetingMatch)
    }

    func testVariantsAndBucketsOf100000() throws {
        let variants = (0..<100_000).map { "\"v\($0)\":\($0)" }.joined(separator: ",")
        let buckets = (0..<100_000).map { "[\"v\($0)\",1]" }.joined(separator: ",")
        let flags = try TestFlags(
            #"""
            {"flags":{"f":{"variants":{\#(variants),\#(variants)},"targeting":{"fractional":["c",\#(buckets)]}},
             "g":{"variants":{\#(variants)},"targeting":{"var":"x"},"defaultVariant":"v99999"}}}
            """#)
        assertOutcome(flags.integer("f"), 87_968, "v87968", .targetingMatch)
        assertOutcome(flags.integer("g", ["x": "v77777"]), 77_777, "v77777", .targetingMatch)
        assertOutcome(flags.integer("g"), 99_999, "v99999", .default)
    }

    func testContextsOf100000Members() throws {
        let members = (0..<100_000).map { ("k\($0)", Value.integer(Int64($0))) }
        let context = EvaluationContext(attributes: Structure(members: members))
        assertOutcome(
            try TestFlags(rule: #"{"if":[{"==":[{"var":"k99999"},99999]},"a"]}"#).string("f", context), "a", "a",
            .targetingMatch)
        assertOutcome(
            try TestFlags(rule: #"{"if":[{"var":""},"a"]}"#).string("f", context), "a", "a", .targetingMatch)
    }

    func testContextsNestedDeeperThanJSONAreCut() throws {
        var value: Value = "x"
        for _ in 0..<1000 { value = .list([value]) }
        let flags = try TestFlags(rule: #"{"if":[{"==":[{"cat":{"var":"v"}},""]},"a"]}"#)
        assertOutcome(flags.string("f", ["v": value]), "a", "a", .targetingMatch)
    }

    // MARK: Integers that overflow

    func testNothingTraps() {
        let extremes = [
            "-9223372036854775808", "9223372036854775807", "18446744073709551615", "-1", "0", "1", "1e308", "-1e308",
            "5e-324", #""""#, "null", "true", "[]", #""-9223372036854775808""#, #""Infinity""#, "0.5", #""x""#,
        ]
        let names = [
            "+", "-", "*", "/", "%", "max", "min", "==", "===", "<", "<=", ">", ">=", "in", "cat", "substr", "merge",
            "missing", "missing_some", "sem_ver", "starts_with", "fractional", "var", "!", "log", "if", "and", "or",
            "map",
            "filter", "reduce", "all", "some", "none",
        ]
        let data = #"{"a":-9223372036854775808,"b":-1}"#
        for name in names {
            for left in extremes {
                for right in extremes {
                    for third in ["", ",-9223372036854775808", ",18446744073709551615"] {
                        guard case .success = Rule.evaluate(#"{"\#(name)":[\#(left),\#(right)\#(third)]}"#, data) else {
                            return XCTFail("\(name) of \(left), \(right)\(third)")
                        }
                    }
                }
            }
        }
        assertRule(#"{"%":[{"var":"a"},{"var":"b"}]}"#, data, gives: "0")
        assertRule(#"{"/":[{"var":"a"},{"var":"b"}]}"#, data, gives: "9223372036854776000")
    }
}
