import XCTest

@testable import Flagd

/// The specification: evaluation, "Context", sentence by sentence.
final class ContextRuleTests: XCTestCase {
    private func flags(_ condition: String, clock: Int64? = nil, syncContext: Structure? = nil) throws -> TestFlags {
        var options = EvaluationOptions()
        if let clock { options.clock = { clock } }
        return try TestFlags(rule: #"{"if":[\#(condition),"a","b"]}"#, options: options, syncContext: syncContext)
    }

    private func assertHolds(
        _ condition: String, _ context: EvaluationContext, clock: Int64? = nil, syncContext: Structure? = nil,
        _ expected: Bool = true, line: UInt = #line
    ) throws {
        let found = try flags(condition, clock: clock, syncContext: syncContext).string("f", context)
        XCTAssertEqual(found.value, expected ? "a" : "b", condition, line: line)
    }

    func testContextTargetingKeyIsATopLevelMember() throws {
        try assertHolds(#"{"==":[{"var":"targetingKey"},"u"]}"#, EvaluationContext(targetingKey: "u"))
        try assertHolds(#"{"==":[{"var":"targetingKey"},"u"]}"#, ["targetingKey": "u"])
    }

    func testContextTargetingKeyWinsOverAnAttribute() throws {
        let context = EvaluationContext(targetingKey: "u", attributes: ["targetingKey": "attribute"] as Structure)
        try assertHolds(#"{"==":[{"var":"targetingKey"},"u"]}"#, context)
        XCTAssertEqual(context.targetingKey, "u")
    }

    func testContextFlagdMembers() throws {
        try assertHolds(#"{"==":[{"var":"$flagd.flagKey"},"f"]}"#, [:])
        try assertHolds(#"{"===":[{"var":"$flagd.timestamp"},1700000000]}"#, [:], clock: 1_700_000_000)
        try assertHolds(
            #"{"==":[{"cat":{"var":"$flagd"}},"{\"flagKey\":\"f\",\"timestamp\":-5}"]}"#, [:], clock: -5)
        try assertHolds(#"{"==":[{"var":{"cat":["$flagd",".flagKey"]}},"f"]}"#, [:])
        try assertHolds(#"{"==":[{"var":["$flagd.none","d"]},"d"]}"#, [:])
        try assertHolds(#"{"==":[{"var":["$flagd.flagKey.x","d"]},"d"]}"#, [:])
        try assertHolds(#"{"==":[{"missing":["$flagd.flagKey","$flagd.timestamp","$flagd.x"]},["$flagd.x"]]}"#, [:])
    }

    func testContextFlagdOverwritesTheCallers() throws {
        let context: EvaluationContext = ["$flagd": ["flagKey": "mine", "other": 1]]
        for sync in [nil, ["$flagd": ["flagKey": "theirs", "other": 1]]] as [Structure?] {
            try assertHolds(#"{"==":[{"var":"$flagd.flagKey"},"f"]}"#, context, syncContext: sync)
            try assertHolds(#"{"==":[{"var":"$flagd.other"},null]}"#, context, syncContext: sync)
            try assertHolds(#"{"==":[{"var":{"cat":"$flagd.other"}},null]}"#, context, syncContext: sync)
            try assertHolds(
                #"{"==":[{"cat":{"var":""}},"{\"$flagd\":{\"flagKey\":\"f\",\"timestamp\":1}}"]}"#, context, clock: 1,
                syncContext: sync)
        }
    }

    func testContextClockOfTheSystem() throws {
        let before = Int64(Date().timeIntervalSince1970) - 1
        try assertHolds(#"{"<=":[\#(before),{"var":"$flagd.timestamp"},\#(before + 60)]}"#, [:])
    }

    func testContextClockIsReadOnceForAnEvaluation() throws {
        let times = Counter()
        let options = EvaluationOptions(clock: { times.next() })
        let rule = #"{"if":[{"==":[{"var":"$flagd.timestamp"},{"var":"$flagd.timestamp"}]},"a","b"]}"#
        let flags = try TestFlags(rule: rule, options: options)
        assertOutcome(flags.string(), "a", "a", .targetingMatch)
        assertOutcome(flags.string(), "a", "a", .targetingMatch)
        XCTAssertEqual(times.value, 2)
    }

    func testContextOfTheSyncStreamWins() throws {
        let sync: Structure = ["region": "eu", "targetingKey": "stream"]
        try assertHolds(#"{"==":[{"var":"region"},"eu"]}"#, ["region": "us"], syncContext: sync)
        try assertHolds(#"{"==":[{"var":"plan"},"free"]}"#, ["plan": "free"], syncContext: sync)
        try assertHolds(#"{"==":[{"var":"targetingKey"},"stream"]}"#, ["targetingKey": "u"], syncContext: sync)
        try assertHolds(
            #"{"==":[{"cat":{"var":""}},"{\"$flagd\":{\"flagKey\":\"f\",\"timestamp\":1},\"a\":1,\"region\":\"eu\",\"targetingKey\":\"stream\"}"]}"#,
            ["a": 1, "region": "us"], clock: 1, syncContext: sync)
        // Whole members are replaced, not merged; a null of the stream's hides the caller's.
        try assertHolds(#"{"==":[{"var":"o.a"},null]}"#, ["o": ["a": 1]], syncContext: ["o": ["b": 2]])
        try assertHolds(#"{"==":[{"var":"n"},null]}"#, ["n": 1], syncContext: ["n": .null])
    }

    func testContextTextIsComparedByScalars() throws {
        let context: EvaluationContext = ["t": "e\u{301}", "é": 1, "o": ["e\u{301}": 2]]
        try assertHolds(#"{"==":[{"var":"t"},"\u00e9"]}"#, context, false)
        try assertHolds(#"{"==":[{"var":"t"},"e\u0301"]}"#, context)
        try assertHolds(#"{"==":[{"var":"\u00e9"},1]}"#, context)
        try assertHolds(#"{"==":[{"var":"e\u0301"},null]}"#, context)
        try assertHolds(#"{"==":[{"var":"o.e\u0301"},2]}"#, context)
        try assertHolds(#"{"==":[{"var":"o.\u00e9"},null]}"#, context)
        try assertHolds(#"{"starts_with":[{"var":"t"},"e"]}"#, context)
        try assertHolds(#"{"in":["e",{"var":"t"}]}"#, context)
        try assertHolds(#"{"in":[{"var":"t"},["\u00e9","x"]]}"#, context, false)
        let both: EvaluationContext = ["é": 1, "e\u{301}": 2]
        XCTAssertEqual(both.attributes.count, 2)
        try assertHolds(#"{"==":[{"var":"\u00e9"},1]}"#, both)
        try assertHolds(#"{"==":[{"var":"e\u0301"},2]}"#, both)
    }

    func testContextIntegersStayExact() throws {
        let context: EvaluationContext = ["id": 9_223_372_036_854_775_807]
        for name in ["==", "==="] {
            try assertHolds(#"{"\#(name)":[{"var":"id"},9223372036854775807]}"#, context)
            try assertHolds(#"{"\#(name)":[{"var":"id"},9223372036854775806]}"#, context, false)
        }
        try assertHolds(#"{"in":[{"var":"id"},[9223372036854775806,1]]}"#, context, false)
        try assertHolds(#"{"==":[{"cat":{"var":"id"}},"9223372036854775807"]}"#, context)
        let unsigned: EvaluationContext = ["id": .unsignedInteger(.max)]
        try assertHolds(#"{"===":[{"var":"id"},18446744073709551615]}"#, unsigned)
        try assertHolds(#"{"===":[{"var":"id"},18446744073709551614]}"#, unsigned, false)
    }

    func testContextDoublesThatAreNoNumbersAreNull() throws {
        for value in [Double.nan, .infinity, -.infinity] {
            try assertHolds(#"{"==":[{"var":"x"},null]}"#, ["x": .double(value)])
        }
    }

    func testContextAbsentIsEmpty() throws {
        assertOutcome(try flags(#"{"==":[{"var":"x"},null]}"#).string("f", nil), "a", "a", .targetingMatch)
    }

    func testContextLogGoesToTheLogger() throws {
        let lines = Lines()
        let options = EvaluationOptions(log: { lines.append($0) })
        let flags = try TestFlags(
            rule: #"{"if":[{"log":{"var":"o"}},{"log":"a"},{"log":"never"}]}"#, options: options)
        assertOutcome(flags.string("f", ["o": ["b": [1.0, "é"], "a": .null]]), "a", "a", .targetingMatch)
        XCTAssertEqual(lines.all, [#"{"a":null,"b":[1,"é"]}"#, #""a""#])
    }
}

/// Counts calls.
private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count: Int64 = 0

    func next() -> Int64 {
        lock.withLock {
            count += 1
            return count
        }
    }

    var value: Int64 { lock.withLock { count } }
}

/// Collects lines.
private final class Lines: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []

    func append(_ line: String) { lock.withLock { lines.append(line) } }

    var all: [String] { lock.withLock { lines } }
}
