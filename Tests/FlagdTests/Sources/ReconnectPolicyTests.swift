import XCTest

@testable import Flagd

final class ReconnectPolicyTests: XCTestCase {
    private let failure = FlagSourceFailure(statusCode: "UNAVAILABLE", message: "gone")
    private let reset = FlagSourceFailure(statusCode: "INTERNAL", message: "reset")

    private func policy(
        backoff: Duration = .seconds(1), cap: Duration = .seconds(5), streamDeadline: Duration = .seconds(600)
    ) -> ReconnectPolicy {
        ReconnectPolicy(
            ReconnectPolicy.Configuration(
                retryBackoff: backoff, retryBackoffMax: cap, deadline: .milliseconds(500),
                streamDeadline: streamDeadline))
    }

    /// A policy whose first stream, 0, was opened at zero and has delivered.
    private func streaming(streamDeadline: Duration = .seconds(600)) -> ReconnectPolicy {
        var policy = policy(streamDeadline: streamDeadline)
        XCTAssertEqual(policy.start(now: .zero), [.open(0)])
        XCTAssertEqual(policy.payloadArrived(0, now: .zero, random: 0.5), [.deliver])
        return policy
    }

    // MARK: Backoff

    func testItem102WaitsDoubleUpToTheCap() {
        var policy = policy()
        _ = policy.start(now: .zero)
        var now = Duration.zero
        for (id, wait) in [1, 2, 4, 5, 5].enumerated() {
            XCTAssertEqual(policy.streamEnded(id, failure, now: now, random: 0), [.attemptFailed(failure)])
            XCTAssertEqual(policy.nextDeadline, now + .seconds(wait))
            now += .seconds(wait)
            XCTAssertEqual(policy.timerFired(now: now - .nanoseconds(1), random: 0), [])
            XCTAssertEqual(policy.timerFired(now: now, random: 0), [.open(id + 1)])
        }
    }

    func testItem102JitterAddsUpToTwentyPercent() {
        var policy = policy()
        _ = policy.start(now: .zero)
        _ = policy.streamEnded(0, failure, now: .zero, random: 0.999)
        let wait = policy.nextDeadline ?? .zero
        XCTAssertGreaterThan(wait, .milliseconds(1199))
        XCTAssertLessThan(wait, .milliseconds(1200))
    }

    func testConnectingIsAPartOfTheWait() {
        var policy = policy()
        _ = policy.start(now: .zero)
        _ = policy.streamEnded(0, failure, now: .milliseconds(400), random: 0)
        XCTAssertEqual(policy.nextDeadline, .seconds(1))
        _ = policy.timerFired(now: .seconds(1), random: 0)
        _ = policy.streamEnded(1, failure, now: .seconds(6), random: 0)
        XCTAssertEqual(policy.nextDeadline, .seconds(6))
    }

    func testCapBelowTheBackoffDoesNotTightenTheLoop() {
        var policy = policy(backoff: .seconds(1), cap: .milliseconds(4))
        _ = policy.start(now: .zero)
        _ = policy.streamEnded(0, failure, now: .zero, random: 0)
        XCTAssertEqual(policy.nextDeadline, .seconds(1))
        _ = policy.timerFired(now: .seconds(1), random: 0)
        _ = policy.streamEnded(1, failure, now: .seconds(1), random: 0)
        XCTAssertEqual(policy.nextDeadline, .seconds(2))
    }

    func testItem102BackoffResetsOnlyAfterALongLivedStream() {
        var policy = policy()
        _ = policy.start(now: .zero)
        for (id, at) in [0, 1, 3].enumerated() {
            _ = policy.streamEnded(id, failure, now: .seconds(at), random: 0)
            _ = policy.timerFired(now: policy.nextDeadline ?? .zero, random: 0)
        }
        // A payload alone does not: the stream lives for a second.
        XCTAssertEqual(policy.payloadArrived(3, now: .seconds(7), random: 0), [.deliver])
        XCTAssertEqual(policy.streamEnded(3, failure, now: .seconds(8), random: 0), [.lost(failure)])
        XCTAssertEqual(policy.nextDeadline, .seconds(13))
        _ = policy.timerFired(now: .seconds(13), random: 0)
        _ = policy.payloadArrived(4, now: .seconds(13), random: 0)
        XCTAssertEqual(
            policy.streamEnded(4, failure, now: .seconds(18), random: 0),
            [.reconnecting(reason: "UNAVAILABLE: gone"), .open(5)])
        XCTAssertEqual(policy.streamEnded(5, failure, now: .seconds(18), random: 0), [.attemptFailed(failure)])
        XCTAssertEqual(policy.nextDeadline, .seconds(19))
    }

    // MARK: Ends of streams

    func testYoungStreamsEndIsALoss() {
        var policy = streaming()
        XCTAssertEqual(policy.streamEnded(0, reset, now: .milliseconds(4999), random: 0), [.lost(reset)])
        XCTAssertEqual(policy.nextDeadline, .milliseconds(5999))
    }

    func testLongLivedStreamsEndGetsOneImmediateAttempt() {
        var policy = streaming()
        XCTAssertEqual(
            policy.streamEnded(0, reset, now: .seconds(60), random: 0),
            [.reconnecting(reason: "INTERNAL: reset"), .open(1)])
        XCTAssertEqual(policy.nextDeadline, .milliseconds(60_500))
        XCTAssertEqual(policy.payloadArrived(1, now: .milliseconds(60_499), random: 0.5), [.deliver])
        XCTAssertEqual(policy.nextDeadline, .milliseconds(660_499))
    }

    func testFailedImmediateAttemptIsAFailure() {
        var policy = streaming()
        _ = policy.streamEnded(0, reset, now: .seconds(60), random: 0)
        XCTAssertEqual(policy.streamEnded(1, failure, now: .seconds(60), random: 0), [.attemptFailed(failure)])
        XCTAssertEqual(policy.nextDeadline, .seconds(61))
    }

    func testLateImmediateAttemptIsALossAndGoesOn() {
        var policy = streaming()
        _ = policy.streamEnded(0, reset, now: .seconds(60), random: 0)
        let late = FlagSourceFailure(
            statusCode: "DEADLINE_EXCEEDED", message: "no flag set within \(Duration.milliseconds(500))")
        XCTAssertEqual(policy.timerFired(now: .milliseconds(60_500), random: 0), [.lost(late)])
        XCTAssertEqual(policy.payloadArrived(1, now: .seconds(62), random: 0), [.deliver])
    }

    func testSecondEndSoonAfterIsALoss() {
        var policy = streaming()
        _ = policy.streamEnded(0, reset, now: .seconds(60), random: 0)
        _ = policy.payloadArrived(1, now: .seconds(60), random: 0)
        XCTAssertEqual(policy.streamEnded(1, reset, now: .seconds(61), random: 0), [.lost(reset)])
    }

    // MARK: Make before break

    func testStreamDeadlineOpensTheNextStreamFirst() {
        var policy = streaming()
        XCTAssertEqual(policy.nextDeadline, .seconds(600))
        XCTAssertEqual(
            policy.timerFired(now: .seconds(600), random: 0), [.reconnecting(reason: "stream deadline"), .open(1)])
        XCTAssertEqual(policy.payloadArrived(0, now: .seconds(600), random: 0), [.deliver])
        XCTAssertEqual(policy.payloadArrived(1, now: .seconds(600), random: 0.5), [.deliver, .close(0)])
        XCTAssertEqual(policy.nextDeadline, .seconds(1200))
        XCTAssertEqual(policy.streamEnded(0, reset, now: .seconds(601), random: 0), [])
        XCTAssertEqual(policy.payloadArrived(0, now: .seconds(601), random: 0), [])
    }

    func testStreamDeadlineHasTenPercentJitter() {
        for (random, seconds) in [(0.0, 540.0), (1.0, 660.0)] {
            var policy = policy()
            _ = policy.start(now: .zero)
            _ = policy.payloadArrived(0, now: .zero, random: random)
            let deadline = policy.nextDeadline ?? .zero
            XCTAssertLessThan(abs(deadline / .seconds(seconds) - 1), 1e-9)
        }
    }

    func testStreamDeadlineBelowTheBackoffIsNoTightLoop() {
        XCTAssertEqual(streaming(streamDeadline: .milliseconds(1)).nextDeadline, .seconds(1))
    }

    func testStreamDeadlineOfZeroIsNever() {
        var policy = streaming(streamDeadline: .zero)
        XCTAssertNil(policy.nextDeadline)
        XCTAssertEqual(policy.timerFired(now: .seconds(1_000_000), random: 0), [])
    }

    func testFailedReplacementIsAFailureAndClosesTheOldStream() {
        var policy = streaming()
        _ = policy.timerFired(now: .seconds(600), random: 0)
        XCTAssertEqual(
            policy.streamEnded(1, failure, now: .seconds(600), random: 0), [.close(0), .attemptFailed(failure)])
        XCTAssertEqual(policy.nextDeadline, .seconds(601))
    }

    func testLateReplacementIsALossAndClosesTheOldStream() {
        var policy = streaming()
        _ = policy.timerFired(now: .seconds(600), random: 0)
        let actions = policy.timerFired(now: .milliseconds(600_500), random: 0)
        XCTAssertEqual(actions.first, .close(0))
        guard case .lost = actions.last else { return XCTFail("not lost") }
    }

    func testOldStreamThatEndsFirstIsNoFailureWithinTheDeadline() {
        var policy = streaming()
        _ = policy.timerFired(now: .seconds(600), random: 0)
        XCTAssertEqual(
            policy.streamEnded(0, reset, now: .seconds(600), random: 0), [.reconnecting(reason: "INTERNAL: reset")])
        XCTAssertEqual(policy.nextDeadline, .milliseconds(600_500))
        XCTAssertEqual(policy.payloadArrived(1, now: .milliseconds(600_400), random: 0.5), [.deliver])
    }

    // MARK: GOAWAY

    func testDrainingConnectionIsReplacedAtOnce() {
        var policy = streaming()
        XCTAssertEqual(
            policy.connectionDrains(0, reason: "max_age", now: .seconds(30), random: 0),
            [.reconnecting(reason: "max_age"), .open(1)])
        XCTAssertEqual(policy.connectionDrains(0, reason: "again", now: .seconds(30), random: 0), [])
        XCTAssertEqual(policy.payloadArrived(1, now: .seconds(30), random: 0), [.deliver, .close(0)])
    }

    func testServerThatDrainsEveryConnectionIsNotAskedInATightLoop() {
        var policy = policy()
        _ = policy.start(now: .zero)
        XCTAssertEqual(policy.connectionDrains(0, reason: "max_age", now: .zero, random: 0), [])
        XCTAssertEqual(policy.payloadArrived(0, now: .zero, random: 0), [.deliver])
        XCTAssertEqual(policy.nextDeadline, .seconds(1))
        XCTAssertEqual(
            policy.timerFired(now: .seconds(1), random: 0), [.reconnecting(reason: "max_age"), .open(1)])
    }

    func testDrainingOfAnUnknownStreamIsIgnored() {
        var policy = streaming()
        XCTAssertEqual(policy.connectionDrains(7, reason: "x", now: .seconds(30), random: 0), [])
        XCTAssertEqual(policy.streamEnded(7, failure, now: .seconds(30), random: 0), [])
        XCTAssertEqual(policy.payloadArrived(7, now: .seconds(30), random: 0), [])
    }

    // MARK: Silence

    func testStreamThatNeverDeliversIsGivenUpAfterTheStreamDeadline() {
        var policy = policy()
        _ = policy.start(now: .zero)
        XCTAssertEqual(policy.nextDeadline, .seconds(600))
        let late = FlagSourceFailure(
            statusCode: "DEADLINE_EXCEEDED", message: "no flag set within \(Duration.seconds(600))")
        XCTAssertEqual(policy.timerFired(now: .seconds(600), random: 0), [.close(0), .attemptFailed(late)])
        XCTAssertEqual(policy.timerFired(now: .seconds(600), random: 0), [.open(1)])
    }
}
