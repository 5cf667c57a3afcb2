import XCTest

@testable import Flagd

/// Random walks through the reconnect policy: whatever happens, it never stands still, floods the server, or opens a third stream.
final class ReconnectPolicyWalkTests: XCTestCase {
    /// A small generator, so that a failing walk can be repeated by its seed.
    struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    /// The world around the policy, and what is checked about it.
    private struct Walk {
        var policy: ReconnectPolicy
        var random: SplitMix
        var now = Duration.zero
        var open: Set<Int> = []
        var delivered: Set<Int> = []
        var lastOpened = Duration.seconds(-1000)
        var mayOpenAtOnce = true
        let backoff: Duration

        init(seed: UInt64) {
            random = SplitMix(state: seed)
            backoff = .milliseconds(Int.random(in: 1...2000, using: &random))
            policy = ReconnectPolicy(
                ReconnectPolicy.Configuration(
                    retryBackoff: backoff, retryBackoffMax: .milliseconds(Int.random(in: 1...8000, using: &random)),
                    deadline: .milliseconds(500),
                    streamDeadline: .seconds(Int.random(in: 0...1, using: &random) * 20)))
            perform(policy.start(now: now))
        }

        mutating func step() {
            let failure = FlagSourceFailure(message: "x")
            let chance = Double.random(in: 0..<1, using: &random)
            let id = open.randomElement(using: &random)
            switch (Int.random(in: 0..<10, using: &random), id) {
            case (0..<3, let id?):
                delivered.insert(id)
                perform(policy.payloadArrived(id, now: now, random: chance))
            case (3, let id?):
                open.remove(id)
                perform(policy.streamEnded(id, failure, now: now, random: chance))
            case (4, let id?): perform(policy.connectionDrains(id, reason: "x", now: now, random: chance))
            case (5..<7, _): now += .milliseconds(Int.random(in: 0...300, using: &random))
            default:
                guard let deadline = policy.nextDeadline else { return }
                now = max(now, deadline)
                perform(policy.timerFired(now: now, random: chance))
            }
        }

        mutating func perform(_ actions: [ReconnectPolicy.Action]) {
            for action in actions {
                switch action {
                case .open(let id):
                    XCTAssertTrue(open.insert(id).inserted)
                    if !mayOpenAtOnce { XCTAssertGreaterThanOrEqual(now - lastOpened, backoff) }
                    lastOpened = now
                    mayOpenAtOnce = false
                case .close(let id): XCTAssertNotNil(open.remove(id))
                case .reconnecting: mayOpenAtOnce = true
                case .deliver, .lost, .attemptFailed: break
                }
            }
            XCTAssertLessThanOrEqual(open.count, 2)
            if open.isEmpty { XCTAssertNotNil(policy.nextDeadline, "nothing is open and nothing is planned") }
        }
    }

    func testRandomWalks() {
        for seed in 0..<400 as Range<UInt64> {
            var walk = Walk(seed: seed)
            for _ in 0..<300 { walk.step() }
            if testRun?.failureCount ?? 0 > 0 { return XCTFail("seed \(seed)") }
        }
    }

    func testQuietReplacementsAreNoTightLoop() {
        // A server that drains and ends every stream at once, as fast as it can, for a minute.
        var policy = ReconnectPolicy(
            ReconnectPolicy.Configuration(
                retryBackoff: .milliseconds(100), retryBackoffMax: .seconds(1), deadline: .milliseconds(500),
                streamDeadline: .seconds(600)))
        var now = Duration.zero
        var opened = 0
        var actions = policy.start(now: now)
        while now < .seconds(60), opened < 1000 {
            var next: [ReconnectPolicy.Action] = []
            for case .open(let id) in actions {
                opened += 1
                next += policy.payloadArrived(id, now: now, random: 0)
                next += policy.connectionDrains(id, reason: "x", now: now, random: 0)
                next += policy.streamEnded(id, FlagSourceFailure(message: "x"), now: now, random: 0)
            }
            actions = next
            guard !actions.contains(where: { if case .open = $0 { true } else { false } }) else { continue }
            guard let deadline = policy.nextDeadline else { return XCTFail("it stands still") }
            now = max(now, deadline)
            actions = policy.timerFired(now: now, random: 0)
        }
        XCTAssertLessThan(opened, 100)
    }
}
