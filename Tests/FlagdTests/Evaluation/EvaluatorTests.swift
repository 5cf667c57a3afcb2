import XCTest

@testable import Flagd

final class EvaluatorTests: XCTestCase {
    private let payload = #"""
        {"metadata":{"m":1},"flags":{
         "z":{"variants":{"on":true},"defaultVariant":"on"},
         "a":{"variants":{"v":{"x":[1]}},"targeting":{"if":[{"==":[{"var":"targetingKey"},"u"]},"v"]},"metadata":{"own":2}},
         "off":{"state":"DISABLED","variants":{"v":1}},
         "bad":{"variants":{}},
         "é":{"variants":{"v":1.5},"defaultVariant":"none"}}}
        """#

    func testEvaluateAllInThePayloadsOrder() throws {
        let flags = try TestFlags(payload)
        let all = flags.evaluator.evaluateAll(context: ["targetingKey": "u"])
        XCTAssertEqual(all.map(\.flagKey), ["z", "a", "off", "bad", "é"])
        assertOutcome(all[0].details, true, "on", .static, key: "z")
        assertOutcome(all[1].details, ["x": [1]], "v", .targetingMatch, key: "a")
        assertOutcome(all[2].details, .null, nil, .disabled, key: "off")
        assertOutcome(all[3].details, .null, nil, .error, .parseError, key: "bad")
        assertOutcome(all[4].details, .null, nil, .error, .general, key: "é")
        XCTAssertEqual(all[1].details.flagMetadata, ["m": .integer(1), "own": .integer(2)])
    }

    /// Short texts own nothing and are handed out as they lie in the set; long ones are counted.
    func testTextsOfAllLengthsOutliveTheirSet() throws {
        let names = (1...40).map { String(repeating: "v", count: $0) } + ["é", "日本語日本", "日本語日本語"]
        let flags = names.enumerated().map {
            #""f\#($0)":{"variants":{"\#($1)":"\#($1)"},"defaultVariant":"\#($1)"}"#
        }
        var evaluator: Evaluator? = try TestFlags("{\"flags\":{\(flags.joined(separator: ","))}}").evaluator
        var kept: [ResolutionDetails<String>] = []
        for _ in 0..<3 {
            for index in names.indices {
                kept += evaluator.map { [$0.resolveString("f\(index)", default: "", context: nil)] } ?? []
            }
        }
        evaluator = nil
        XCTAssertEqual(kept.map(\.value), names + names + names)
        XCTAssertEqual(kept.map(\.variant), names + names + names)
    }

    func testEvaluateAllOfDuplicatesGivesTheLast() throws {
        let flags = try TestFlags(
            #"{"flags":[{"key":"f","variants":{"a":1},"defaultVariant":"a"},{"key":"g","variants":{"a":2}},{"key":"f","variants":{"b":3},"defaultVariant":"b"}]}"#
        )
        let all = flags.evaluator.evaluateAll(context: nil)
        XCTAssertEqual(all.map(\.flagKey), ["g", "f"])
        assertOutcome(all[1].details, 3, "b", .static)
    }

    func testEvaluateAllIsOfOneSet() throws {
        let sets = try [1, 2].map { number in
            try TestFlags(
                #"{"flags":{"f":{"variants":{"a":\#(number)},"defaultVariant":"a"},"g":{"variants":{"a":\#(number)},"defaultVariant":"a"}}}"#
            ).set
        }
        let published = Turns(sets)
        // Another set is published by the clock, which is read between any two flags.
        let options = EvaluationOptions(clock: { published.publishNext() })
        let evaluator = Evaluator(options: options)
        published.evaluator = evaluator
        evaluator.publish(sets[0])
        for _ in 0..<10 {
            let values = evaluator.evaluateAll(context: nil).map(\.details.value)
            XCTAssertEqual(values.count, 2)
            XCTAssertEqual(values.first, values.last)
        }
    }

    func testCurrent() throws {
        let evaluator = Evaluator()
        XCTAssertNil(evaluator.current)
        let set = try TestFlags("{}").set
        evaluator.publish(set)
        XCTAssertTrue(evaluator.current === set)
        evaluator.withdraw()
        XCTAssertNil(evaluator.current)
    }

    func testLongAndShortTextsAreTheSameEveryTime() throws {
        for length in [0, 1, 15, 16, 17, 1000] {
            let text = String(repeating: "é", count: length / 2) + String(repeating: "x", count: length % 2)
            let flags = try TestFlags(
                #"{"flags":{"f":{"variants":{"v\#(text)":"\#(text)"},"defaultVariant":"v\#(text)"}}}"#)
            for _ in 0..<3 { assertOutcome(flags.string(), text, "v" + text, .static) }
        }
    }

    func testHooksRunOutsideOfTheEvaluation() throws {
        // A hook that evaluates must not wait for itself.
        let holder = Turns([])
        let options = EvaluationOptions(
            clock: {
                _ = holder.evaluator?.current
                return 7
            },
            log: { _ in _ = holder.inner?.resolveBoolean("f", default: false, context: nil) })
        let flags = try TestFlags(rule: #"{"log":"a"}"#, options: options)
        holder.evaluator = flags.evaluator
        holder.inner = flags.evaluator
        holder.depth = 3
        assertOutcome(flags.string(), "a", "a", .targetingMatch)
    }
}

/// What hooks need to reach their evaluator.
private final class Turns: @unchecked Sendable {
    private let sets: [FlagSet]
    private var next = 0
    var evaluator: Evaluator?
    var depth = 0

    /// The evaluator, as often as the depth allows.
    var inner: Evaluator? {
        get {
            depth -= 1
            return depth > 0 ? evaluator : nil
        }
        set { evaluator = newValue }
    }

    init(_ sets: [FlagSet]) { self.sets = sets }

    func publishNext() -> Int64 {
        next += 1
        evaluator?.publish(sets[next % sets.count])
        return 0
    }
}
