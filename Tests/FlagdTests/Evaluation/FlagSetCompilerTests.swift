import XCTest

@testable import Flagd

/// What the specification's sentences leave open; those stand in the folder `Specification`.
final class FlagSetCompilerTests: XCTestCase {
    func testErrorsSayWhere() throws {
        do throws(PayloadError) {
            _ = try FlagSet.compile(
                [FlagPayload(bytes: Array(#"{"flags":{"f":tru}}"#.utf8))], options: EvaluationOptions())
            XCTFail("accepted")
        } catch {
            XCTAssertEqual(error.offset, 14)
            XCTAssertEqual(error.description, "unexpected byte at byte 14")
        }
        do throws(PayloadError) {
            _ = try FlagSet.compile(
                [FlagPayload(bytes: Array(#"{"flags":{"a/b":5}}"#.utf8))], options: EvaluationOptions(isStrict: true))
            XCTFail("accepted")
        } catch {
            XCTAssertNil(error.offset)
            XCTAssertEqual(error.description, "strict mode: /flags/a~1b: it is no object")
        }
    }

    func testOneOfSeveralPayloadsThatIsBadRejectsAll() {
        XCTAssertThrowsError(
            try FlagSet.compile(
                [FlagPayload(bytes: Array("{}".utf8)), FlagPayload(bytes: Array("{".utf8))],
                options: EvaluationOptions()))
    }

    func testDiagnosticsOfAllPayloads() throws {
        let flags = try TestFlags(#"{"flags":{"a":5}}"#, #"{"flags":{"b":{"variants":{"v":null}}}}"#)
        XCTAssertEqual(flags.set.diagnostics.map(\.flagKey), ["a", "b"])
        XCTAssertEqual(flags.set.diagnostics.map(\.severity), [.error, .warning])
        XCTAssertEqual(flags.diagnostics.first, "error: /flags/a: it is no object")
    }

    func testOfRepeatedMembersTheLastOnesDiagnosticsCount() throws {
        let flags = try TestFlags(
            #"{"metadata":{"a":[]},"flags":{"x":1},"metadata":{"b":[]},"flags":{"y":1},"flags":{"z":1}}"#)
        XCTAssertEqual(flags.set.diagnostics.map(\.pointer), ["/metadata/b", "/flags/z"])
        XCTAssertEqual(flags.set.unusableReasons.count, 1)
    }

    func testRepeatedMembersDoNotLookAtOneAnothersDiagnostics() throws {
        let number = 10_000
        func bad(_ value: String) -> String { (0..<number).map { #""m\#($0)":\#(value)"# }.joined(separator: ",") }
        func many(_ name: String) -> String { String(repeating: #""\#(name)":{},"#, count: number) }
        let time = try ContinuousClock().measure {
            _ = try TestFlags(#"{"metadata":{\#(bad("[]"))},\#(many("flags"))"flags":{}}"#)
            _ = try TestFlags(#"{"flags":{\#(bad("1"))},\#(many("metadata"))"metadata":{}}"#)
            _ = try TestFlags(#"{"flags":{\#(bad("1"))}}"#, #"{\#(many("flags"))"flags":{}}"#)
        }
        // In proportion to the square it is minutes.
        XCTAssertLessThan(time, .seconds(20))
    }

    func testPointersIntoTheArrayForm() throws {
        let flags = try TestFlags(#"{"flags":[{"key":"ok","variants":{"v":1}},{"key":"a/b","variants":{}}]}"#)
        XCTAssertEqual(flags.set.diagnostics.map(\.pointer), ["/flags/1/variants"])
    }

    func testEvaluatorsOfOnePayloadAreNotAnothers() throws {
        let flag = #""flags":{"f":{"variants":{"a":"a"},"targeting":{"$ref":"e"}}}"#
        let flags = try TestFlags("{\(flag)}", #"{"$evaluators":{"e":"a"}}"#)
        assertOutcome(flags.string(), "caller", nil, .error, .parseError)
        let own = try TestFlags(#"{\#(flag),"$evaluators":{"e":"a"}}"#, "{}")
        assertOutcome(own.string(), "a", "a", .targetingMatch)
    }

    func testSyncContextsAreMerged() throws {
        let payloads = [
            FlagPayload(bytes: Array("{}".utf8), syncContext: ["a": 1, "b": 1]),
            FlagPayload(
                bytes: Array(#"{"flags":{"f":{"variants":{"1":"one","2":"two"},"targeting":{"var":"b"}}}}"#.utf8),
                syncContext: ["b": 2]),
        ]
        let evaluator = Evaluator()
        evaluator.publish(try FlagSet.compile(payloads, options: EvaluationOptions()))
        XCTAssertEqual(evaluator.resolveString("f", default: "", context: ["b": 1]).value, "two")
    }

    func testLiteralsOfManyVariants() throws {
        // Names that rules spell out are found however many variants there are.
        for count in [1, 8, 9, 300] {
            let variants = (0..<count).map { #""v\#($0)":\#($0)"# }.joined(separator: ",")
            for number in [0, count - 1] {
                let flags = try TestFlags(#"{"flags":{"f":{"variants":{\#(variants)},"targeting":"v\#(number)"}}}"#)
                assertOutcome(flags.integer(), Int64(number), "v\(number)", .targetingMatch)
            }
            let none = try TestFlags(#"{"flags":{"f":{"variants":{\#(variants)},"targeting":"v\#(count)"}}}"#)
            assertOutcome(none.integer(), -1, nil, .error, .general)
        }
    }

    func testVariantsOfOneNameLastWins() throws {
        for filler in [0, 20] {
            let fillers = (0..<filler).map { #","w\#($0)":0"# }.joined()
            let flags = try TestFlags(
                #"{"flags":{"f":{"variants":{"a":1,"b":2\#(fillers),"a":3,"c":4,"a":5},"defaultVariant":"a"}}}"#)
            assertOutcome(flags.integer(), 5, "a", .static)
            XCTAssertEqual(flags.set.flags.first?.variants.count, 3 + filler)
        }
    }

    /// Equal variants and rules are compiled once; what depends on the flag stays the flag's own.
    func testFlagsThatShareVariantsAndRules() throws {
        let rule = #"{"if":[{"==":[{"var":"tier"},"gold"]},"on","off"]}"#
        let own = #"{"if":[{"==":[{"var":"$flagd.flagKey"},"b"]},"on","off"]}"#
        let variants = #""variants":{"on":true,"off":false},"defaultVariant":"off""#
        let turned = #""variants":{"off":false,"on":true},"defaultVariant":"off""#
        let flags = try TestFlags(
            """
            {"flags":{"a":{\(variants),"targeting":\(own)},"b":{\(variants),"targeting":\(own)},
            "c":{\(variants),"targeting":\(rule)},"d":{\(variants),"targeting":\(rule)},"e":{\(turned),"targeting":\(rule)}}}
            """)
        let gold: EvaluationContext = ["tier": "gold"]
        for (key, isOn) in [("a", false), ("b", true), ("c", true), ("d", true), ("e", true)] {
            let details = flags.evaluator.resolveBoolean(key, default: !isOn, context: gold)
            XCTAssertEqual(details.value, isOn, key)
            XCTAssertEqual(details.variant, isOn ? "on" : "off", key)
        }
        let records = flags.set.tables
        XCTAssertEqual(records.record(2).variants, records.record(3).variants)
        XCTAssertEqual(records.record(2).rule, records.record(3).rule)
        XCTAssertNotEqual(records.record(0).rule, records.record(1).rule)
        XCTAssertNotEqual(records.record(3).rule, records.record(4).rule)
    }

    func testWhatThereIsToReportIsReportedOfEachFlag() throws {
        let flag = #"{"variants":{"a":1,"b":"x"},"targeting":{"starts_with":[{"var":"a"}]}}"#
        let flags = try TestFlags(#"{"flags":{"f":\#(flag),"g":\#(flag)}}"#)
        XCTAssertEqual(
            flags.set.diagnostics.map(\.pointer).sorted(),
            ["f", "g"].flatMap {
                ["/flags/\($0)/targeting", "/flags/\($0)/variants"]
            })
    }

    /// A rule that refers to evaluators means something else in another payload.
    func testRulesOfSeveralPayloadsAreNotShared() throws {
        let payload = { (key: String, value: String) in
            #"{"$evaluators":{"e":\#(value)},"flags":{"\#(key)":{"variants":{"on":true,"off":false},"targeting":{"if":[{"$ref":"e"},"on","off"]}}}}"#
        }
        let flags = try TestFlags(payload("a", "true"), payload("b", "false"))
        XCTAssertEqual(flags.evaluator.resolveBoolean("a", default: false, context: nil).variant, "on")
        XCTAssertEqual(flags.evaluator.resolveBoolean("b", default: true, context: nil).variant, "off")
    }
}
