import Synchronization
import XCTest

@testable import Flagd

/// Keeps what it is told.
final class Recorder: FlagdLogger, FlagdObserver {
    private struct State {
        var lines: [String] = []
        var reports: [String] = []
        var evaluations: [EvaluationReport] = []
    }

    private let minimum: FlagdLogLevel
    private let state = Mutex(State())

    init(_ minimum: FlagdLogLevel = .trace) { self.minimum = minimum }

    var lines: [String] { state.withLock { $0.lines } }
    var reports: [String] { state.withLock { $0.reports } }
    var evaluations: [EvaluationReport] { state.withLock { $0.evaluations } }

    func isEnabled(_ level: FlagdLogLevel) -> Bool { level >= minimum }

    func log(_ level: FlagdLogLevel, _ message: String) {
        state.withLock { $0.lines.append("\(level.rawValue): \(message)") }
    }

    func flagEvaluated(_ evaluation: EvaluationReport) { state.withLock { $0.evaluations.append(evaluation) } }

    func payloadProcessed(_ update: UpdateReport) { add("payload \(update.source) \(update.outcome.text)") }

    func sourceReconnecting(_ reconnect: ReconnectReport) { add("anew \(reconnect.source) \(reconnect.reason)") }

    func sourceFailed(_ failure: FailureReport) {
        let kind = failure.isAttempt ? "attempt \(failure.failedAttempts)" : "lost"
        add("\(kind) \(failure.source) \(failure.statusCode ?? "-") \(failure.message)")
    }

    func statusChanged(from old: ProviderStatus, to new: ProviderStatus) {
        add("\(old.rawValue) > \(new.rawValue)")
    }

    private func add(_ report: String) { state.withLock { $0.reports.append(report) } }
}

final class NotifierTests: XCTestCase {
    func testTellsInOrderAndOnlyWantedLines() {
        let recorder = Recorder(.info)
        let notifier = Notifier(logger: recorder, observers: [recorder, recorder])
        notifier.note(.debug) { "unwanted" }
        notifier.note(.info) { "one" }
        notifier.add(.status(old: .notReady, new: .ready))
        notifier.note(.warning) { "two" }
        XCTAssertEqual(recorder.lines, [])
        notifier.deliver()
        XCTAssertEqual(recorder.lines, ["info: one", "warning: two"])
        XCTAssertEqual(recorder.reports, ["NOT_READY > READY", "NOT_READY > READY"])
    }

    func testNobodyListeningCostsNothing() {
        let notifier = Notifier(logger: nil, observers: [])
        XCTAssertFalse(notifier.isNeeded)
        notifier.note(.error) { "x" }
        notifier.deliver()
    }

    func testTheLoggerIsAskedWhenItsTurnHasCome() {
        final class Asked: FlagdLogger {
            let questions = Atomic<Int>(0)

            func isEnabled(_ level: FlagdLogLevel) -> Bool {
                questions.wrappingAdd(1, ordering: .relaxed)
                return false
            }

            func log(_ level: FlagdLogLevel, _ message: String) {}
        }
        let logger = Asked()
        let notifier = Notifier(logger: logger, observers: [])
        notifier.note(.info) { fatalError("nobody wants it") }
        XCTAssertEqual(logger.questions.load(ordering: .relaxed), 0)
        notifier.deliver()
        XCTAssertEqual(logger.questions.load(ordering: .relaxed), 1)
    }

    func testOneCallAtATimeAndInOrderFromManyThreads() {
        final class Busy: FlagdLogger {
            let running = Atomic<Int>(0)
            let overlaps = Atomic<Int>(0)
            let order = Mutex<[Int]>([])

            func log(_ level: FlagdLogLevel, _ message: String) {
                if running.wrappingAdd(1, ordering: .relaxed).oldValue != 0 {
                    overlaps.wrappingAdd(1, ordering: .relaxed)
                }
                order.withLock { $0.append(Int(message) ?? -1) }
                running.wrappingSubtract(1, ordering: .relaxed)
            }
        }
        let logger = Busy()
        let notifier = Notifier(logger: logger, observers: [])
        let next = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 1000) { _ in
            next.withLock { number in
                notifier.note(.info) { [number] in "\(number)" }
                number += 1
            }
            notifier.deliver()
        }
        notifier.deliver()
        XCTAssertEqual(logger.overlaps.load(ordering: .relaxed), 0)
        XCTAssertEqual(logger.order.withLock { $0 }, Array(0..<1000))
    }

    func testALoggerMayCallBack() {
        final class Chatty: FlagdLogger {
            let notifier = Mutex<Notifier?>(nil)
            let lines = Mutex<[String]>([])

            func log(_ level: FlagdLogLevel, _ message: String) {
                lines.withLock { $0.append(message) }
                guard message == "first", let notifier = notifier.withLock({ $0 }) else { return }
                notifier.note(.info) { "second" }
                notifier.deliver()
            }
        }
        let logger = Chatty()
        let notifier = Notifier(logger: logger, observers: [])
        logger.notifier.withLock { $0 = notifier }
        notifier.note(.info) { "first" }
        notifier.deliver()
        XCTAssertEqual(logger.lines.withLock { $0 }, ["first", "second"])
        logger.notifier.withLock { $0 = nil }
    }

    func testNothingIsToldThatWasDiscarded() {
        final class Discarding: FlagdLogger {
            let notifier = Mutex<Notifier?>(nil)
            let lines = Mutex<[String]>([])

            func log(_ level: FlagdLogLevel, _ message: String) {
                lines.withLock { $0.append(message) }
                if message == "first" { notifier.withLock { $0 }?.discard() }
            }
        }
        let logger = Discarding()
        let notifier = Notifier(logger: logger, observers: [])
        logger.notifier.withLock { $0 = notifier }
        for line in ["first", "second"] { notifier.note(.info) { line } }
        notifier.deliver()
        notifier.note(.info) { "third" }
        notifier.deliver()
        XCTAssertEqual(logger.lines.withLock { $0 }, ["first", "third"])
        logger.notifier.withLock { $0 = nil }
    }

    func testLevelsAreOrdered() {
        XCTAssertEqual(
            FlagdLogLevel.allCases.sorted(), [.trace, .debug, .info, .notice, .warning, .error, .critical])
    }
}
