import XCTest

@testable import Flagd

final class RuleExplainerTests: XCTestCase {
    func testALiteral() throws {
        try assertExplained(#""a""#, gives: [#"rule: "a""#])
    }

    func testAListOfComputedElements() throws {
        try assertExplained(
            #"{"in":["x",[{"var":"p"},"y"]]}"#, ["p": "x"],
            gives: [
                "rule: in → true", #"  "x""#, #"  list → ["x","y"]"#, #"    var "p" → "x""#, #"    "y""#,
            ])
    }

    func testReferencesAreNamedAndFollowed() throws {
        try assertExplained(
            #"{"if":[{"$ref":"isGold"},"a","b"]}"#, ["tier": "gold"],
            evaluators: #"{"isGold":{"==":[{"$ref":"tier"},"gold"]},"tier":{"var":"tier"}}"#,
            gives: [
                #"rule: if → "a""#, "  condition 1: $ref isGold → true", "    == → true", #"      $ref tier → "gold""#,
                #"        var "tier" → "gold""#, #"      "gold""#, #"  then: "a""#,
            ])
    }

    func testReferencesForArguments() throws {
        try assertExplained(
            #"{"if":{"$ref":"branches"}}"#, evaluators: #"{"branches":[false,"a","b"]}"#,
            gives: [
                #"rule: if → "b" (its arguments are the evaluator 'branches')"#, "  condition 1: false",
                #"  else: "b""#,
            ])
    }

    func testAnUnknownOperatorEndsTheSteps() throws {
        let explained = try Explained(rule: #"{"if":[{"==":[{"+":[1,{"nope":[1]}]},2]},"a",{"cat":["b"]}]}"#)
        XCTAssertEqual(
            explained.ruleLines,
            [
                "rule: if (reaches the unknown operator 'nope')",
                "  condition 1: == (reaches the unknown operator 'nope')",
                "    + (reaches the unknown operator 'nope')", "      1",
                "      nope (reaches the unknown operator 'nope')",
            ])
        XCTAssertEqual(explained.explanation.details.errorCode, .parseError)
        XCTAssertNil(explained.rule?.value)
    }

    func testAFailedOperationSaysSo() throws {
        try assertExplained(
            #"{"/":[1,0]}"#, gives: ["rule: / → null (the operation failed)", "  1", "  0"])
    }

    func testTheTimeIsTheSameInEveryStep() throws {
        let calls = Calls()
        var options = EvaluationOptions()
        options.clock = { calls.next() }
        let rule = #"{"cat":[{"var":"$flagd.timestamp"},"-",{"var":"$flagd.timestamp"}]}"#
        let explanation = Explained(try TestFlags(rule: rule, options: options)).explanation
        XCTAssertEqual(explanation.steps.first { $0.role == "rule" }?.value, "1-1")
        XCTAssertEqual(explanation.timestamp, 1)
        XCTAssertEqual(calls.next(), 2, "the clock is read once")
    }

    func testNothingIsLogged() throws {
        let calls = Calls()
        var options = EvaluationOptions()
        options.log = { _ in _ = calls.next() }
        let flags = try TestFlags(rule: #"{"log":"a"}"#, options: options)
        XCTAssertEqual(Explained(flags).rule?.value, "a")
        XCTAssertEqual(calls.next(), 1)
    }

    func testTheStreamsContextWins() throws {
        let flags = try TestFlags(rule: #"{"var":"p"}"#, syncContext: ["p": "b"])
        XCTAssertEqual(Explained(flags, ["p": "a"]).ruleLines, [#"rule: var "p" → "b""#])
    }

    // MARK: limits

    func testManyArgumentsAreShownUpToTheLimit() throws {
        let count = ExplanationLimits.maximumElements + 5
        let arguments = Array(repeating: #"{"var":"n"}"#, count: count).joined(separator: ",")
        let explained = try Explained(rule: #"{"+":[\#(arguments)]}"#, ["n": 1])
        XCTAssertEqual(explained.rule?.steps.count, ExplanationLimits.maximumElements)
        XCTAssertEqual(explained.rule?.notes, ["not shown: 5 more arguments"])
        XCTAssertEqual(explained.rule?.value, .integer(Int64(count)))
        XCTAssertFalse(explained.explanation.isComplete)
    }

    func testDeepRulesAreShownUpToTheLimit() throws {
        let depth = ExplanationLimits.maximumDepth + 10
        let rule = String(repeating: #"{"!":"#, count: depth) + "true" + String(repeating: "}", count: depth)
        let explained = try Explained(rule: rule)
        XCTAssertEqual(explained.rule?.value, .boolean(depth.isMultiple(of: 2)))
        XCTAssertFalse(explained.explanation.isComplete)
        XCTAssertEqual(explained.ruleLines.count, ExplanationLimits.maximumDepth + 1)
        XCTAssertEqual(
            explained.ruleLines.last?.trimmingCharacters(in: .whitespaces),
            "! → true (the steps in it are not shown)")
    }

    func testManyStepsAreShownUpToTheLimit() throws {
        let inner = "[" + Array(repeating: #"{"var":"n"}"#, count: 20).joined(separator: ",") + "]"
        let middle = "[" + Array(repeating: inner, count: 20).joined(separator: ",") + "]"
        let rule = #"{"merge":[\#(Array(repeating: middle, count: 20).joined(separator: ","))]}"#
        let explained = try Explained(rule: rule, ["n": 1])
        XCTAssertEqual(explained.ruleLines.count, ExplanationLimits.maximumSteps)
        XCTAssertFalse(explained.explanation.isComplete)
        XCTAssertEqual(explained.explanation.details.errorCode, .general)
    }

    func testTheWorkIsLimited() throws {
        // Each step compiles and evaluates all below it.
        let rule = #"{"if":[{"if":[{"if":[{"map":[{"var":"l"},{"cat":[{"var":""},"x"]}]},1]},1]},"a"]}"#
        let flags = try TestFlags(rule: rule)
        let context: EvaluationContext = ["l": .list(Array(repeating: 1, count: 1000))]
        let whole = flags.evaluator.explain("f", context: context)
        let limited = flags.evaluator.explain("f", context: context, maximumWork: 3000)
        XCTAssertEqual(whole.details, limited.details)
        XCTAssertEqual(limited.steps.map(\.role), [nil, "rule", nil])
        XCTAssertFalse(limited.isComplete)
        XCTAssertLessThan(limited.description.count, whole.description.count)
        let none = flags.evaluator.explain("f", context: context, maximumWork: 0)
        XCTAssertFalse(none.isComplete)
        XCTAssertEqual(none.steps.map(\.description), ["state ENABLED", "the variant 'a'"])
        XCTAssertEqual(ExplanationLimits.maximumWork, 40_000_000)
    }

    func testEvaluatorsCountAsWork() throws {
        let list = "[" + Array(repeating: "7", count: 1000).joined(separator: ",") + "]"
        let rule = #"{"!":{"in":[1,{"$ref":"list"}]}}"#
        let flag = #"{"state":"ENABLED","variants":{"true":1},"targeting":\#(rule)}"#
        let flags = try TestFlags(#"{"flags":{"f":\#(flag)},"$evaluators":{"list":\#(list)}}"#)
        XCTAssertFalse(flags.evaluator.explain("f", context: nil, maximumWork: 1500).isComplete)
        XCTAssertEqual(flags.evaluator.explain("f", context: nil).steps.map(\.role), [nil, "rule", nil])
    }

    func testAnEvaluationBeyondItsLimitsSaysSo() throws {
        let arguments = Array(repeating: #"{"var":"t"}"#, count: 70).joined(separator: ",")
        let text = Value.string(String(repeating: "x", count: 1 << 20))
        let explained = try Explained(rule: #"{"cat":[\#(arguments)]}"#, ["t": text])
        XCTAssertEqual(explained.explanation.details.errorCode, .general)
        XCTAssertNil(explained.rule?.value)
        XCTAssertEqual(explained.rule?.notes.first, "needs more than EvaluationLimits allow")
    }

    /// Threads other than the main one have no more than half a megabyte on Darwin; what is not optimized needs more.
    func testTheDeepestStepsFitASmallStack() throws {
        #if DEBUG
        let size = 4 << 20
        #else
        let size = 512 << 10
        #endif
        let opening = String(repeating: #"{"map":[[1],"#, count: 58)
        let rule = opening + #"{"var":""}"# + String(repeating: "]}", count: 58)
        let flags = try TestFlags(rule: rule)
        let done = DispatchSemaphore(value: 0)
        let lines = Calls()
        let thread = Thread {
            for _ in Explained(flags).ruleLines { _ = lines.next() }
            done.signal()
        }
        thread.stackSize = size
        thread.start()
        done.wait()
        XCTAssertGreaterThan(lines.next(), 3 * 58)
    }
}

/// Counts calls.
private final class Calls: @unchecked Sendable {
    private let lock = NSLock()
    private var count: Int64 = 0

    func next() -> Int64 {
        lock.withLock {
            count += 1
            return count
        }
    }
}
