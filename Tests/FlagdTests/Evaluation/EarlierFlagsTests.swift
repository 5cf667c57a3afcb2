import XCTest

@testable import Flagd

/// A set that takes flags over must be the set that a compilation of everything gives.
final class EarlierFlagsTests: XCTestCase {
    /// The flags that the tests change, and enough others for these to be few.
    private static let flags =
        [
            #""plain":{"variants":{"on":true,"off":false},"defaultVariant":"on"}"#,
            #""ruled":{"variants":{"a":"a","b":"a text of more than fifteen bytes"},"defaultVariant":"a","targeting":"#
                + #"{"if":[{"==":[{"var":"tier"},"gold"]},"b",null]}}"#,
            #""object":{"variants":{"o":{"x":[1,2.5,"three"]}},"defaultVariant":"o","metadata":{"owner":"me"}}"#,
            #""referring":{"variants":{"1":1,"2":2},"defaultVariant":"1","targeting":{"if":[{"$ref":"gold"},"2","1"]}}"#,
            #""off":{"state":"DISABLED","variants":{"v":1},"defaultVariant":"v"}"#,
            #""a flag with a long key":{"variants":{"v":1.5},"targeting":"v"}"#,
        ] + (0..<14).map { #""other-\#($0)":{"variants":{"v":"\#(String(repeating: "text ", count: 10))"}}"# }
    private static let evaluators = #""$evaluators":{"gold":{"==":[{"var":"tier"},"gold"]}}"#
    private static let metadata = #""metadata":{"set":"one"}"#

    private static func payload(
        _ flags: some Sequence<String> = flags, evaluators: String = evaluators, metadata: String = metadata
    ) -> String {
        #"{"flags":{\#(flags.joined(separator: ","))},\#(evaluators),\#(metadata)}"#
    }

    private let all = flags.count

    private func compile(
        _ payloads: [String], after earlier: FlagSet? = nil, isStrict: Bool = false
    ) throws(PayloadError) -> FlagSet {
        try FlagSet.compile(
            payloads.map { FlagPayload(bytes: Array($0.utf8)) }, options: EvaluationOptions(isStrict: isStrict),
            after: earlier)
    }

    /// Compiles payloads after earlier ones, checks the set against one of its own, and gives it.
    @discardableResult
    private func check(
        _ payloads: String..., after earlier: FlagSet, taken: Int? = nil, file: StaticString = #filePath,
        line: UInt = #line
    ) throws -> FlagSet {
        let set = try compile(payloads, after: earlier)
        let own = try compile(payloads)
        XCTAssertEqual(EarlierFlagsTests.contents(set), EarlierFlagsTests.contents(own), file: file, line: line)
        XCTAssertEqual(set.changedKeys(from: earlier), own.changedKeys(from: earlier), file: file, line: line)
        XCTAssertEqual(set.changedKeys(from: own), [], file: file, line: line)
        if let taken {
            let count = set.details.count { $0.origin != nil }
            XCTAssertEqual(count, taken, "flags taken over", file: file, line: line)
        }
        return set
    }

    /// What can be seen of a set.
    private static func contents(_ set: FlagSet) -> String {
        let evaluator = Evaluator()
        evaluator.publish(set)
        let contexts: [EvaluationContext?] = [nil, ["targetingKey": "u", "tier": "gold"]]
        let outcomes = contexts.flatMap { context in
            // Twice: the second time texts and objects stand ready.
            (0..<2).flatMap { _ in
                evaluator.evaluateAll(context: context).map { key, details in
                    "\(key): \(details.value) \(details.variant ?? "-") \(details.reason) \(details.errorMessage ?? "-") "
                        + "\(Array(details.flagMetadata))"
                }
            }
        }
        let flags = set.flags.map { flag in
            "\(flag.key) \(flag.variants) \(flag.defaultVariant ?? "-") \(flag.isEnabled) \(flag.hasTargeting) "
                + "\(String(describing: flag.type)) \(Array(flag.metadata))"
        }
        let reasons = set.unusableReasons.sorted { $0.key < $1.key }.map { "\($0)" }
        return (flags + set.diagnostics.map(\.description) + outcomes + reasons + ["\(set.count) flags"])
            .joined(separator: "\n")
    }

    func testFlagsWhoseBytesAreTheSameAreTakenOver() throws {
        let first = try compile([Self.payload()])
        try check(Self.payload(), after: first, taken: all)
        var flags = Self.flags
        flags[1] = flags[1].replacingOccurrences(of: "gold", with: "lead")
        let second = try check(Self.payload(flags), after: first, taken: all - 1)
        XCTAssertEqual(second.changedKeys(from: first), ["ruled"])
        flags[0] += " "
        try check(Self.payload(flags), after: second, taken: all - 1)
    }

    func testOrderAndPlaceDoNotMatter() throws {
        let first = try compile([Self.payload()])
        try check(Self.payload(Self.flags.reversed()), after: first, taken: all)
        try check(Self.payload(Array(Self.flags.dropFirst(2))), after: first, taken: all - 2)
        try check(Self.payload([#""new":{"variants":{"v":1}}"#] + Self.flags), after: first, taken: all)
        try check(
            "{\(Self.evaluators), \"flags\" : {\(Self.flags.joined(separator: " ,\n"))}}", after: first, taken: all)
    }

    func testSetsStandOnTheFirstAndNotOnOneAnother() throws {
        let first = try compile([Self.payload()])
        XCTAssert(first.foundation === first)
        var flags = Self.flags
        flags[4] = #""off":{"variants":{"v":2}}"#
        let second = try check(Self.payload(flags), after: first, taken: all - 1)
        XCTAssert(second.foundation === first)
        let third = try check(Self.payload(), after: second, taken: all)
        XCTAssert(third.foundation === first)
    }

    func testASetOfWhichTooLittleIsLeftIsGivenUp() throws {
        let first = try compile([Self.payload()])
        let changed = Self.flags.map { $0.replacingOccurrences(of: "{\"v", with: "{ \"v") }
        let most = try check(Self.payload(changed[..<2] + Self.flags[2...]), after: first, taken: all - 2)
        XCTAssert(most.foundation === first)
        let half = try check(Self.payload(changed[..<10] + Self.flags[10...]), after: first, taken: all - 10)
        XCTAssertNil(half.foundation)
        XCTAssert(half.base === first)
        let none = try check(Self.payload(changed), after: first, taken: 0)
        XCTAssertNil(none.foundation)
        XCTAssert(none.base === none)
        let next = try check(Self.payload(), after: none, taken: 0)
        XCTAssert(next.foundation === next)
    }

    func testTheShareThatMustBeLeft() {
        XCTAssertEqual(EarlierFlags.leastShare, 0.75)
        XCTAssert(EarlierFlags.isWorthwhile(taken: 75, of: 100, for: 100))
        XCTAssertFalse(EarlierFlags.isWorthwhile(taken: 74, of: 100, for: 90), "too little of the earlier set")
        XCTAssertFalse(EarlierFlags.isWorthwhile(taken: 74, of: 90, for: 100), "too little of the new set")
        XCTAssertFalse(EarlierFlags.isWorthwhile(taken: 0, of: 0, for: 0))
    }

    func testASetThatWasMuchLargerIsGivenUp() throws {
        let first = try compile([Self.payload()])
        let fewer = try check(Self.payload(Self.flags.dropLast(2)), after: first, taken: all - 2)
        XCTAssert(fewer.foundation === first)
        let half = try check(Self.payload(Self.flags.dropLast(10)), after: first, taken: all - 10)
        XCTAssertNil(half.foundation)
    }

    func testAnEmptySetIsNoFoundation() throws {
        let first = try compile([Self.payload()])
        let empty = try check("{}", after: first, taken: 0)
        XCTAssertNil(empty.foundation)
    }

    func testChangedEvaluatorsReachTheFlagsThatReferToThem() throws {
        let first = try compile([Self.payload()])
        let second = try check(
            Self.payload(evaluators: #""$evaluators":{"gold":{"==":[{"var":"tier"},"lead"]}}"#), after: first,
            taken: all - 1)
        XCTAssertEqual(second.changedKeys(from: first), ["referring"])
        let none = try check(Self.payload(evaluators: #""$evaluators":{}"#), after: first, taken: all - 1)
        XCTAssertEqual(none.diagnostics.count, 1)
        try check(Self.payload(evaluators: #""$evaluators":{"gold":null}"#), after: first, taken: all - 1)
        try check(Self.payload(), after: none, taken: all)
    }

    func testAReferenceThatLeadsToNoRuleAnyMore() throws {
        let flag = #""f":{"variants":{"a":"a","b":"b"},"defaultVariant":"b","targeting":{"$ref":"e"}}"#
        let first = try compile([#"{"flags":{\#(flag)},"$evaluators":{"e":"a"}}"#])
        try check(#"{"flags":{\#(flag)},"$evaluators":{"e":{}}}"#, after: first, taken: 0)
    }

    func testFlagsWithDiagnosticsAreCompiledAnew() throws {
        let bad = [
            #""bad":{"variants":{}}"#, #""worse":5"#, #""mixed":{"variants":{"a":1,"b":"x"},"defaultVariant":"c"}"#,
            #""broken":{"variants":{"a":1},"targeting":{"$ref":"none"}}"#,
            #""deep":"# + String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
        ]
        let first = try compile([Self.payload(Self.flags + bad)])
        let second = try check(Self.payload(Self.flags + bad), after: first, taken: all)
        XCTAssertEqual(second.diagnostics, first.diagnostics)
        try check(Self.payload(bad + Self.flags), after: first, taken: all)
    }

    func testFlagsWhoseWarningsWereLeftOutAreCompiledAnew() throws {
        let number = EvaluationLimits.maximumWarningsInAll / EvaluationLimits.maximumWarnings
        let mistakes = Array(repeating: #"{"starts_with":[1,2]}"#, count: EvaluationLimits.maximumWarnings)
        let evaluators = #""$evaluators":{"e":{"or":[\#(mistakes.joined(separator: ","))]}}"#
        func flags(faulty: Range<Int>) -> [String] {
            (0..<number + 2).map {
                let rule = faulty.contains($0) ? #"{"$ref":"e"}"# : "null"
                return #""\#($0)":{"variants":{"v":1},"targeting":\#(rule)}"#
            }
        }
        let first = try compile([Self.payload(flags(faulty: 0..<number + 2), evaluators: evaluators)])
        XCTAssertEqual(Set(first.diagnostics.map(\.flagKey)).count, number)
        try check(Self.payload(flags(faulty: number..<number + 2), evaluators: evaluators), after: first, taken: 0)
    }

    func testStrictModeStillRejects() throws {
        let first = try compile([Self.payload()], isStrict: true)
        let bad = Self.payload(Self.flags + [#""bad":{}"#])
        XCTAssertThrowsError(try compile([bad], after: first, isStrict: true))
        XCTAssertNoThrow(try compile([Self.payload()], after: first, isStrict: true))
    }

    func testSyntaxErrorsAreFoundWhereTheyAre() throws {
        let first = try compile([Self.payload()])
        let text = Self.payload()
        for end in stride(from: 0, to: text.utf8.count, by: 7) {
            let cut = String(text.prefix(end))
            XCTAssertEqual(error(of: cut, after: first), error(of: cut, after: nil), cut)
            XCTAssertNotNil(error(of: cut, after: first), cut)
        }
    }

    private func error(of payload: String, after earlier: FlagSet?) -> String? {
        do throws(PayloadError) {
            _ = try compile([payload], after: earlier)
            return nil
        } catch {
            return error.description
        }
    }

    func testTheNewPayloadsMetadataCount() throws {
        let first = try compile([Self.payload()])
        let second = try check(Self.payload(metadata: #""metadata":{"set":"two"}"#), after: first, taken: all)
        XCTAssertEqual(second.changedKeys(from: first).count, all)
    }

    func testDuplicateFlags() throws {
        let first = try compile([Self.payload(Self.flags + Self.flags)])
        try check(Self.payload(Self.flags + Self.flags), after: first, taken: 2 * all)
        try check(Self.payload(), after: first, taken: all)
        var other = Self.flags
        other[0] = #""plain":{"variants":{"on":true,"off":false},"defaultVariant":"off"}"#
        let mixed = try compile([Self.payload(Self.flags + other)])
        try check(Self.payload(other + Self.flags), after: mixed)
        try check(Self.payload(), after: mixed)
    }

    func testOfSeveralMembersCalledFlagsTheLastCounts() throws {
        let first = try compile([Self.payload()])
        let flags = #""flags":{\#(Self.flags.joined(separator: ","))}"#
        try check(#"{\#(flags),"flags":{"plain":{"variants":{}}},\#(Self.evaluators)}"#, after: first, taken: 0)
        try check(#"{"flags":{"plain":{"variants":{}}},\#(flags),\#(Self.evaluators)}"#, after: first, taken: all)
        try check(#"{\#(flags),\#(flags),\#(Self.evaluators)}"#, after: first, taken: all)
    }

    func testTheArrayForm() throws {
        func element(_ key: String, _ value: Int) -> String { #"{"key":"\#(key)","variants":{"v":\#(value)}}"# }
        func list(_ elements: [String]) -> String { #"{"flags":[\#(elements.joined(separator: ","))]}"# }
        let elements = ["a", "b", "c", "d"].enumerated().map { element($1, $0) }
        let first = try compile([list(elements)])
        try check(list(elements), after: first, taken: 4)
        try check(list([elements[0], element("b", 9), elements[2], elements[3]]), after: first, taken: 3)
        try check(list([element("z", 9)] + elements), after: first, taken: 4)
        try check(list(["{}"] + elements + ["5"]), after: first, taken: 4)
        try check(list(Array(elements.dropFirst(2))), after: first)
        try check(list(elements + elements), after: first)
        let doubled = try compile([list(elements + elements)])
        try check(list(elements + elements), after: doubled)
    }

    func testTheSameBytesInTheOtherForm() throws {
        let flag = #"{"key":"b","variants":{"v":1},"defaultVariant":"v"}"#
        let object = #"{"flags":{"a":\#(flag)}}"#
        let list = #"{"flags":[\#(flag)]}"#
        try check(list, after: compile([object]), taken: 0)
        try check(object, after: compile([list]), taken: 0)
    }

    func testSeveralPayloads() throws {
        let other = #"{"flags":{"plain":{"variants":{"x":1},"defaultVariant":"x"},"own":{"variants":{"v":1}}}}"#
        let first = try compile([Self.payload(), other])
        try check(Self.payload(), other, after: first, taken: all + 2)
        try check(Self.payload(), Self.payload(), after: first, taken: all)
        // The number of payloads is another one.
        try check(Self.payload(), after: first, taken: 0)
    }

    func testTheEarlierSetLivesAsLongAsItsFlagsAreUsed() throws {
        weak var earlier: FlagSet?
        var set: FlagSet?
        do {
            let first = try compile([Self.payload()])
            earlier = first
            set = try compile([Self.payload(Self.flags.reversed())], after: first)
        }
        XCTAssertNotNil(earlier)
        XCTAssertEqual(
            try Self.contents(XCTUnwrap(set)), try Self.contents(compile([Self.payload(Self.flags.reversed())])))
        set = nil
        XCTAssertNil(earlier)
    }

    func testTheEarlierSetLivesWhenOnlyRulesAreCompiledAnew() throws {
        func payload(_ evaluator: String) -> String {
            Self.payload(Self.flags[3...3], evaluators: #""$evaluators":{"gold":\#(evaluator)}"#)
        }
        weak var earlier: FlagSet?
        var set: FlagSet?
        do {
            let first = try compile([payload("true")])
            earlier = first
            set = try check(payload("false"), after: first, taken: 0)
        }
        XCTAssertNotNil(earlier, "the variants lie in its memory")
        XCTAssertNil(set?.foundation)
        set = nil
        XCTAssertNil(earlier)
    }

    func testRandomSequencesOfUpdates() throws {
        var random = SeededGenerator(seed: 20_261_129)
        for _ in 0..<10 {
            var flags = Self.flags
            var set = try compile([Self.payload()])
            for _ in 0..<20 {
                change(&flags, &random)
                let evaluators = random.number(below: 4) == 0 ? #""$evaluators":{"gold":true}"# : Self.evaluators
                set = try check(Self.payload(flags, evaluators: evaluators), after: set)
            }
        }
    }

    private func change(_ flags: inout [String], _ random: inout SeededGenerator) {
        let flag = Self.flags[random.number(below: Self.flags.count)]
        switch random.number(below: 6) {
        case 0: flags.append(flag)
        case 1 where !flags.isEmpty: flags.remove(at: random.number(below: flags.count))
        case 2: flags.shuffle(using: &random)
        case 3: flags.append(flag.replacingOccurrences(of: #"":{"va"#, with: #"\#(random.number(below: 9))":{"va"#))
        case 4: flags = flags.map { $0.replacingOccurrences(of: "gold", with: "lead") }
        default: flags = flags.dropLast() + [flag.replacingOccurrences(of: "1", with: "7")]
        }
    }
}
