import Synchronization
import XCTest

@testable import Flagd

/// What threads find, whichever stripe they come to.
final class SnapshotTests: XCTestCase {
    private static let payload = Array(
        #"{"flags":{"f":{"variants":{"a long name of a variant":true},"defaultVariant":"a long name of a variant"}}}"#
            .utf8)

    private static var evaluators: [Evaluator] {
        [Evaluator(), Evaluator(snapshot: Snapshot(hasBarrier: false))]
    }

    func testNothingIsThereBeforeTheFirstSet() {
        for evaluator in Self.evaluators {
            XCTAssertNil(evaluator.current)
            XCTAssertEqual(evaluator.resolveBoolean("f", default: true, context: nil).errorCode, .providerNotReady)
            evaluator.withdraw(fatal: true)
            XCTAssertEqual(evaluator.resolveBoolean("f", default: true, context: nil).errorCode, .providerFatal)
        }
    }

    func testMoreThreadsThanStripesAllFindTheSet() throws {
        for evaluator in Self.evaluators {
            evaluator.publish(try FlagSet.compile([FlagPayload(bytes: Self.payload)], options: EvaluationOptions()))
            let found = Atomic<Int>(0)
            let release = Atomic<Bool>(false)
            let count = Snapshot.ownStripeCount + 2 * Snapshot.sharedStripeCount
            // All are alive at once, so that each has a thread object of its own.
            let workers = (0..<count).map { _ in
                Worker {
                    for _ in 0..<100 {
                        let details = evaluator.resolveBoolean("f", default: false, context: nil)
                        if details.value && details.variant == "a long name of a variant" {
                            found.add(1, ordering: .relaxed)
                        }
                    }
                    while !release.load(ordering: .acquiring) { Thread.sleep(forTimeInterval: 0.001) }
                }
            }
            for _ in 0..<1000 where found.load(ordering: .relaxed) < count * 100 { Thread.sleep(forTimeInterval: 0.01) }
            release.store(true, ordering: .releasing)
            for worker in workers { worker.join() }
            XCTAssertEqual(found.load(ordering: .relaxed), count * 100)
        }
    }

    func testASetThatWasReplacedIsFreed() throws {
        for evaluator in Self.evaluators {
            weak var first: FlagSet?
            try autoreleasing {
                let set = try FlagSet.compile([FlagPayload(bytes: Self.payload)], options: EvaluationOptions())
                first = set
                evaluator.publish(set)
            }
            XCTAssertTrue(evaluator.resolveBoolean("f", default: false, context: nil).value)
            XCTAssertNotNil(first)
            evaluator.publish(try FlagSet.compile([FlagPayload(bytes: Self.payload)], options: EvaluationOptions()))
            XCTAssertNil(first)
        }
    }

    /// Runs a closure whose local references are gone when it returns.
    @inline(never) private func autoreleasing(_ body: () throws -> Void) rethrows { try body() }

    func testDetailsOutliveTheSetAndTheEvaluator() throws {
        var evaluator: Evaluator? = Evaluator()
        let text =
            #"{"metadata":{"m":"a text that owns memory"},"flags":{"o":{"variants":{"v":{"k":["a list of texts"]}},"defaultVariant":"v"}}}"#
        evaluator?.publish(
            try FlagSet.compile([FlagPayload(bytes: Array(text.utf8))], options: EvaluationOptions()))
        let details = try XCTUnwrap(evaluator?.resolveObject("o", default: .null, context: nil))
        evaluator = nil
        XCTAssertEqual(details.value, ["k": ["a list of texts"]])
        XCTAssertEqual(details.flagMetadata, ["m": .string("a text that owns memory")])
    }

    /// However many references are handed out, the copy is freed when they and the cache's are gone, and not before.
    func testCopiesThatAreHandedOut() throws {
        let set = try FlagSet.compile([FlagPayload(bytes: Self.payload)], options: EvaluationOptions())
        let tables = FlagTablesReference(set.tablesAddress)
        for count in [1, 2, 15, 16, 17, 18, 40] {
            var cache = StripeCache()
            var made = 0
            weak var copy: CachedText?
            var kept: CachedText?
            autoreleasing {
                for number in 1...count {
                    let text = cache.handOut(0, of: tables) {
                        made += 1
                        return CachedText("a")
                    }
                    copy = text
                    if number == count { kept = text }
                }
            }
            XCTAssertEqual(made, 1)
            cache.removeAll()
            XCTAssertTrue(copy === kept && kept?.text == "a")
            kept = nil
            XCTAssertNil(copy)
        }
    }
}
