import XCTest

@testable import Flagd

/// Random walks through the provider's states: the events always tell the status, and nothing happens after the end.
final class ProviderStateMachineWalkTests: XCTestCase {
    private typealias SplitMix = ReconnectPolicyWalkTests.SplitMix

    /// What a subscriber knows, and what the driver does.
    private struct Walk {
        var machine: ProviderStateMachine
        var random: SplitMix
        var now = Duration.zero
        var told = ProviderStatus.notReady
        var isRunning = false
        var isPublished = false
        var waiters = 0
        let sources: Int

        init(seed: UInt64) {
            random = SplitMix(state: seed)
            sources = Int.random(in: 1...2, using: &random)
            machine = ProviderStateMachine(
                ProviderStateMachine.Configuration(
                    deadline: .milliseconds(500), gracePeriod: .seconds(Int.random(in: 0...2, using: &random)),
                    maxSyncRetries: Int.random(in: 0...3, using: &random), fatalCodes: ["FATAL"],
                    sources: (0..<sources).map { "source \($0)" }, hasSnapshot: Bool.random(using: &random)))
        }

        mutating func step() {
            let source = Int.random(in: 0..<sources, using: &random)
            let code = Int.random(in: 0..<20, using: &random) == 0 ? "FATAL" : "UNAVAILABLE"
            let failure = FlagSourceFailure(statusCode: code, message: "x")
            switch Int.random(in: 0..<24, using: &random) {
            case 0..<4:
                waiters += 1
                perform(machine.initialize(now: now))
            case 4..<9:
                let changed = Bool.random(using: &random) ? ["a"] : []
                perform(machine.payloadAccepted(from: source, changed: changed))
            case 9: machine.payloadRefused(from: source, reason: "x")
            case 10..<12: perform(machine.sourceLost(source, failure, now: now))
            case 12..<15: perform(machine.attemptFailed(source, failure, now: now))
            case 15: perform(machine.sourceEnded(source, failure, now: now))
            case 16: perform(machine.snapshotServed(now: now))
            case 17: perform(machine.snapshotUnavailable())
            case 18 where Int.random(in: 0..<4, using: &random) == 0:
                waiters = 0
                perform(machine.shutdown())
                told = .notReady
            case 19:
                waiters = 0
                perform(machine.initializationAbandoned())
            default:
                now = max(now, machine.nextDeadline ?? now) + .milliseconds(1)
                perform(machine.timerFired(now: now))
            }
            check()
        }

        mutating func perform(_ actions: [ProviderStateMachine.Action]) {
            for action in actions {
                switch action {
                case .start:
                    XCTAssertFalse(isRunning)
                    isRunning = true
                case .stop: isRunning = false
                case .publish: isPublished = true
                case .withdraw: isPublished = false
                case .readSnapshot: break
                case .emit(let event): tell(event)
                case .finishInitialization:
                    XCTAssertTrue(isPublished, "initialized without flags")
                    waiters = 0
                case .failInitialization: waiters = 0
                }
            }
        }

        mutating func tell(_ event: ProviderEvent) {
            switch event {
            case .ready:
                XCTAssertNotEqual(told, .ready, "told twice")
                XCTAssertTrue(isPublished)
                told = .ready
            case .configurationChanged: XCTAssertTrue(isPublished)
            case .stale:
                XCTAssertNotEqual(told, .stale, "told twice")
                told = .stale
            case .error(.providerFatal, _): told = .fatal
            case .error:
                XCTAssertNotEqual(told, .error, "told twice")
                told = .error
            }
        }

        func check() {
            XCTAssertEqual(machine.status, told)
            XCTAssertEqual(machine.isTrying, isRunning)
            if waiters > 0, machine.state != .restoring {
                XCTAssertNotNil(machine.nextDeadline, "somebody waits for ever in \(machine.state)")
            }
            if [.ready, .stale].contains(machine.status) { XCTAssertTrue(isPublished) }
            if machine.status == .ready { XCTAssertTrue(machine.isTrying) }
            if machine.status == .fatal { XCTAssertFalse(isPublished) }
        }
    }

    func testRandomWalks() {
        for seed in 0..<1000 as Range<UInt64> {
            var walk = Walk(seed: seed)
            for _ in 0..<300 { walk.step() }
            if testRun?.failureCount ?? 0 > 0 { return XCTFail("seed \(seed)") }
        }
    }
}
