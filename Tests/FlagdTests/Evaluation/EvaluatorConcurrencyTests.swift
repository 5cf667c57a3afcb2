import Synchronization
import XCTest

@testable import Flagd

/// Readers beside a writer who publishes as fast as it can.
final class EvaluatorConcurrencyTests: XCTestCase {
    private static let readerCount = 8
    private static let duration = Duration.seconds(1)

    /// One for each way that readers and publishers are kept apart.
    private static var evaluators: [Evaluator] {
        [Evaluator(), Evaluator(snapshot: Snapshot(hasBarrier: false))]
    }

    /// A set in which everything says the same number: values, variants, metadata, and how many flags there are.
    private static func set(_ number: Int) throws -> FlagSet {
        let long = longText(number)
        // Sets of different sizes, so that what belongs to one cannot be taken for another's.
        let fillers = (0..<number % 7).map {
            #","filler\#($0)":{"variants":{"a":{"a filler of a text that is long":\#(number)}},"defaultVariant":"a"}"#
        }
        return try FlagSet.compile(
            [
                FlagPayload(
                    bytes: Array(
                        """
                        {"metadata":{"set":\(number)},"flags":{
                         "integer":{"variants":{"v\(number)":\(number)},"defaultVariant":"v\(number)"},
                         "text":{"variants":{"\(long)":"\(long)"},"defaultVariant":"\(long)","metadata":{"own":\(number)}},
                         "object":{"variants":{"\(long)":{"n":\(number),"l":["\(long)"]}},"targeting":"\(long)"},
                         "rule":{"variants":{"v\(number)":"\(long)"},"metadata":{"own":"\(long)"},
                          "targeting":{"if":[{"==":[{"var":"targetingKey"},"u"]},{"cat":["v",\(number)]}]}}
                         \(fillers.joined())}}
                        """.utf8))
            ], options: EvaluationOptions())
    }

    private static func longText(_ number: Int) -> String { "a text that owns memory, number \(number)" }

    /// What is wrong in what a reader has found, if anything.
    private static func contradiction(_ evaluator: Evaluator, _ context: EvaluationContext) -> String? {
        let integer = evaluator.resolveInteger("integer", default: -1, context: context)
        if integer.variant != "v\(integer.value)" || integer.flagMetadata["set"] != .integer(integer.value) {
            return "integer: \(integer)"
        }
        let text = evaluator.resolveString("text", default: "", context: context)
        guard case .integer(let ofText) = text.flagMetadata["own"] else { return "text: \(text)" }
        if text.value != longText(Int(ofText)) || text.variant != text.value
            || text.flagMetadata["set"] != .integer(ofText)
        {
            return "text: \(text)"
        }
        let object = evaluator.resolveObject("object", default: .null, context: context)
        guard case .integer(let ofObject) = object.flagMetadata["set"] else { return "object: \(object)" }
        let long = longText(Int(ofObject))
        if object.variant != long || object.value != ["n": .integer(ofObject), "l": [.string(long)]] {
            return "object: \(object)"
        }
        let rule = evaluator.resolveString("rule", default: "", context: context)
        guard case .integer(let ofRule) = rule.flagMetadata["set"] else { return "rule: \(rule)" }
        if rule.value != longText(Int(ofRule)) || rule.variant != "v\(ofRule)"
            || rule.flagMetadata["own"] != .string(rule.value) || rule.reason != .targetingMatch
        {
            return "rule: \(rule)"
        }
        return nil
    }

    func testValueAndVariantAreAlwaysFromOneSet() throws {
        for evaluator in Self.evaluators { try valueAndVariantAreAlwaysFromOneSet(evaluator) }
    }

    private func valueAndVariantAreAlwaysFromOneSet(_ evaluator: Evaluator) throws {
        let sets = try (0..<23).map(Self.set)
        evaluator.publish(sets[0])
        let isDone = Atomic<Bool>(false)
        let evaluations = Atomic<Int>(0)
        let failures = Mutex<[String]>([])
        let readers = (0..<Self.readerCount).map { _ in
            Worker {
                let context: EvaluationContext = ["targetingKey": "u"]
                var count = 0
                while !isDone.load(ordering: .relaxed) {
                    count += 4
                    if let contradiction = Self.contradiction(evaluator, context) {
                        failures.withLock { $0.append(contradiction) }
                        break
                    }
                }
                evaluations.add(count, ordering: .relaxed)
            }
        }
        var published = 0
        let end = ContinuousClock.now.advanced(by: Self.duration)
        // On a machine that is busy with more than this, a sanitizer's for example, until each set had its turn.
        while ContinuousClock.now < end || published <= sets.count {
            evaluator.publish(sets[published % sets.count])
            published += 1
        }
        isDone.store(true, ordering: .relaxed)
        for reader in readers { reader.join() }
        XCTAssertEqual(failures.withLock { $0 }.prefix(3), [])
        XCTAssertGreaterThan(published, sets.count)
        XCTAssertGreaterThan(evaluations.load(ordering: .relaxed), Self.readerCount)
    }

    func testSetsAreFreedWhileReadersRun() throws {
        for evaluator in Self.evaluators { try setsAreFreedWhileReadersRun(evaluator) }
    }

    private func setsAreFreedWhileReadersRun(_ evaluator: Evaluator) throws {
        evaluator.publish(try Self.set(0))
        let isDone = Atomic<Bool>(false)
        let failures = Mutex<[String]>([])
        let readers = (0..<4).map { _ in
            Worker {
                let context: EvaluationContext = ["targetingKey": "u"]
                while !isDone.load(ordering: .relaxed) {
                    if let contradiction = Self.contradiction(evaluator, context) {
                        failures.withLock { $0.append(contradiction) }
                        break
                    }
                }
            }
        }
        // Each set is new, and gone with the next: its addresses are used again.
        for number in 1..<100 { evaluator.publish(try Self.set(number)) }
        isDone.store(true, ordering: .relaxed)
        for reader in readers { reader.join() }
        XCTAssertEqual(failures.withLock { $0 }.prefix(3), [])
    }

    func testWithdrawingBesideReaders() throws {
        for evaluator in Self.evaluators { try withdrawingBesideReaders(evaluator) }
    }

    private func withdrawingBesideReaders(_ evaluator: Evaluator) throws {
        let sets = try (0..<3).map(Self.set)
        let isDone = Atomic<Bool>(false)
        let failures = Mutex<[String]>([])
        let readers = (0..<4).map { _ in
            Worker {
                while !isDone.load(ordering: .relaxed) {
                    let details = evaluator.resolveString("text", default: "caller", context: nil)
                    let isFound = details.reason == .static && details.value == details.variant
                    let isNotReady = details.errorCode == .providerNotReady && details.value == "caller"
                    if !isFound && !isNotReady { failures.withLock { $0.append("\(details)") } }
                }
            }
        }
        for number in 0..<600 {
            if number % 3 == 0 { evaluator.withdraw() } else { evaluator.publish(sets[number % sets.count]) }
        }
        isDone.store(true, ordering: .relaxed)
        for reader in readers { reader.join() }
        XCTAssertEqual(failures.withLock { $0 }.prefix(3), [])
    }

    func testOneContextInManyThreads() throws {
        let flags = try TestFlags(rule: #"{"if":[{"in":[{"var":"o.id"},[1,2,3]]},{"var":"name"}]}"#)
        let context: EvaluationContext = ["o": ["id": 2], "name": "c"]
        let wrong = Atomic<Int>(0)
        let workers = (0..<Self.readerCount).map { _ in
            Worker {
                for _ in 0..<2000 where flags.string("f", context).variant != "c" { wrong.add(1, ordering: .relaxed) }
            }
        }
        for worker in workers { worker.join() }
        XCTAssertEqual(wrong.load(ordering: .relaxed), 0)
    }
}

/// A thread to wait for.
final class Worker: Sendable {
    private let finished = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () -> Void) {
        let finished = finished
        Thread.detachNewThread {
            body()
            finished.signal()
        }
    }

    func join() { finished.wait() }
}
