import XCTest

@testable import Flagd

/// Each row of the specification's table "States and events", and what stands below it.
final class ProviderStateMachineTests: XCTestCase {
    private let refused = FlagSourceFailure(statusCode: "UNAVAILABLE", message: "connection refused")
    private let denied = FlagSourceFailure(statusCode: "PERMISSION_DENIED", message: "no")

    private func machine(
        gracePeriod: Duration = .seconds(10), maxSyncRetries: Int = 0, fatalCodes: Set<String> = [],
        sources: [String] = ["target"], hasSnapshot: Bool = false
    ) -> ProviderStateMachine {
        ProviderStateMachine(
            ProviderStateMachine.Configuration(
                deadline: .milliseconds(500), gracePeriod: gracePeriod, maxSyncRetries: maxSyncRetries,
                fatalCodes: fatalCodes, sources: sources, hasSnapshot: hasSnapshot))
    }

    private func readyMachine(
        gracePeriod: Duration = .seconds(10), maxSyncRetries: Int = 0, fatalCodes: Set<String> = []
    ) -> ProviderStateMachine {
        var machine = machine(gracePeriod: gracePeriod, maxSyncRetries: maxSyncRetries, fatalCodes: fatalCodes)
        _ = machine.initialize(now: .zero)
        _ = machine.payloadAccepted(from: 0, changed: ["a"])
        return machine
    }

    // MARK: NOT_READY

    func testFirstPayloadWithinTheDeadlineMakesReady() {
        var machine = machine()
        XCTAssertEqual(machine.status, .notReady)
        XCTAssertNil(machine.statusEvent)
        XCTAssertEqual(machine.initialize(now: .seconds(1)), [.start])
        XCTAssertEqual(machine.nextDeadline, .milliseconds(1500))
        XCTAssertEqual(
            machine.payloadAccepted(from: 0, changed: ["a"]), [.publish, .emit(.ready), .finishInitialization])
        XCTAssertEqual(machine.status, .ready)
        XCTAssertNil(machine.nextDeadline)
    }

    func testNoPayloadWithinTheDeadlineMakesErrorAndGoesOnTrying() {
        var machine = machine()
        _ = machine.initialize(now: .zero)
        XCTAssertEqual(machine.attemptFailed(0, refused, now: .milliseconds(1)), [])
        XCTAssertEqual(machine.timerFired(now: .milliseconds(499)), [])
        let text = "target: UNAVAILABLE: connection refused (1 failed attempt)"
        XCTAssertEqual(
            machine.timerFired(now: .milliseconds(500)),
            [
                .emit(.error(code: .providerNotReady, message: text)),
                .failInitialization(FlagdError(.notReady, text)),
            ])
        XCTAssertEqual(machine.status, .error)
        XCTAssertTrue(machine.isTrying)
        XCTAssertEqual(
            machine.payloadAccepted(from: 0, changed: ["a"]),
            [.publish, .emit(.ready), .emit(.configurationChanged(flagsChanged: ["a"])), .finishInitialization])
    }

    func testSilentServerIsNamedAtTheDeadline() {
        var machine = machine()
        _ = machine.initialize(now: .zero)
        let text = "target: DEADLINE_EXCEEDED: no flag set arrived within the deadline"
        XCTAssertEqual(machine.timerFired(now: .seconds(1)).last, .failInitialization(FlagdError(.notReady, text)))
    }

    func testUnusableFirstPayloadIsNamedAtTheDeadline() {
        var machine = machine()
        _ = machine.initialize(now: .zero)
        machine.payloadRefused(from: 0, reason: "not JSON")
        let error = FlagdError(.notReady, "target: not JSON")
        XCTAssertEqual(machine.timerFired(now: .seconds(1)).last, .failInitialization(error))
    }

    // MARK: FATAL

    func testFatalCodeBeforeTheFirstPayloadMakesFatal() {
        var machine = machine(fatalCodes: ["PERMISSION_DENIED"])
        _ = machine.initialize(now: .zero)
        let text = "target: PERMISSION_DENIED: no (1 failed attempt)"
        XCTAssertEqual(
            machine.attemptFailed(0, denied, now: .milliseconds(1)),
            [
                .stop, .withdraw(fatal: true), .emit(.error(code: .providerFatal, message: text)),
                .failInitialization(FlagdError(.fatal, text)),
            ])
        XCTAssertEqual(machine.status, .fatal)
        XCTAssertFalse(machine.isTrying)
        XCTAssertNil(machine.nextDeadline)
        XCTAssertEqual(machine.initialize(now: .seconds(1)), [.failInitialization(FlagdError(.fatal, text))])
        XCTAssertEqual(machine.payloadAccepted(from: 0, changed: ["a"]), [])
    }

    func testFatalCodeInErrorBeforeTheFirstPayloadMakesFatal() {
        var machine = machine(fatalCodes: ["PERMISSION_DENIED"])
        _ = machine.initialize(now: .zero)
        _ = machine.timerFired(now: .seconds(1))
        XCTAssertEqual(machine.attemptFailed(0, denied, now: .seconds(2)).first, .stop)
        XCTAssertEqual(machine.status, .fatal)
    }

    func testFatalCodeAfterTheFirstPayloadIsRetried() {
        var machine = readyMachine(fatalCodes: ["PERMISSION_DENIED"])
        _ = machine.sourceLost(0, denied, now: .seconds(1))
        XCTAssertEqual(machine.status, .stale)
        XCTAssertEqual(machine.attemptFailed(0, denied, now: .seconds(2)), [])
        XCTAssertTrue(machine.isTrying)
    }

    func testOtherCodesAreNotFatal() {
        var machine = machine(fatalCodes: ["PERMISSION_DENIED"])
        _ = machine.initialize(now: .zero)
        XCTAssertEqual(machine.attemptFailed(0, refused, now: .milliseconds(1)), [])
        XCTAssertEqual(machine.attemptFailed(0, FlagSourceFailure(message: "no code"), now: .milliseconds(2)), [])
        XCTAssertEqual(machine.status, .notReady)
    }

    // MARK: READY, STALE, ERROR

    func testLossMakesStaleAtOnce() {
        var machine = readyMachine()
        XCTAssertEqual(
            machine.sourceLost(0, refused, now: .seconds(5)),
            [.emit(.stale(message: "target: UNAVAILABLE: connection refused"))])
        XCTAssertEqual(machine.status, .stale)
        XCTAssertEqual(machine.nextDeadline, .seconds(15))
    }

    func testGracePeriodOfZeroMakesErrorAtOnce() {
        var machine = readyMachine(gracePeriod: .zero)
        XCTAssertEqual(
            machine.sourceLost(0, refused, now: .seconds(5)),
            [.emit(.error(code: .general, message: "target: UNAVAILABLE: connection refused"))])
        XCTAssertEqual(machine.status, .error)
    }

    func testGracePeriodEndsInError() {
        var machine = readyMachine()
        _ = machine.sourceLost(0, refused, now: .seconds(5))
        XCTAssertEqual(machine.timerFired(now: .seconds(14)), [])
        let text = "target: UNAVAILABLE: connection refused"
        XCTAssertEqual(machine.timerFired(now: .seconds(15)), [.emit(.error(code: .general, message: text))])
        XCTAssertEqual(machine.status, .error)
        XCTAssertNil(machine.nextDeadline)
        XCTAssertTrue(machine.isTrying)
    }

    func testFurtherFailuresNeitherRepeatEventsNorProlongTheGracePeriod() {
        var machine = readyMachine()
        _ = machine.sourceLost(0, refused, now: .zero)
        XCTAssertEqual(machine.attemptFailed(0, refused, now: .seconds(9)), [])
        XCTAssertEqual(machine.nextDeadline, .seconds(10))
        _ = machine.timerFired(now: .seconds(10))
        XCTAssertEqual(machine.attemptFailed(0, refused, now: .seconds(11)), [])
        XCTAssertEqual(machine.sourceLost(0, refused, now: .seconds(12)), [])
        XCTAssertEqual(machine.status, .error)
    }

    func testPayloadMakesReadyAgainFromStaleAndFromError() {
        for waits in [Duration.seconds(1), .seconds(20)] {
            var machine = readyMachine()
            _ = machine.sourceLost(0, refused, now: .zero)
            _ = machine.timerFired(now: waits)
            XCTAssertEqual(
                machine.payloadAccepted(from: 0, changed: []),
                [.publish, .emit(.ready), .emit(.configurationChanged(flagsChanged: [])), .finishInitialization])
            XCTAssertEqual(machine.status, .ready)
            XCTAssertEqual(machine.failedAttempts(of: 0), 0)
        }
    }

    func testPayloadsInReady() {
        var machine = readyMachine()
        XCTAssertEqual(
            machine.payloadAccepted(from: 0, changed: ["x"]),
            [.publish, .emit(.configurationChanged(flagsChanged: ["x"]))])
        XCTAssertEqual(machine.payloadAccepted(from: 0, changed: []), [.publish])
        machine.payloadRefused(from: 0, reason: "not JSON")
        XCTAssertEqual(machine.status, .ready)
    }

    // MARK: maxSyncRetries

    func testTryingEndsAfterTheFailedAttemptsInARow() {
        var machine = readyMachine(maxSyncRetries: 2)
        _ = machine.sourceLost(0, refused, now: .zero)
        XCTAssertEqual(machine.attemptFailed(0, refused, now: .seconds(1)), [])
        let text = "target: UNAVAILABLE: connection refused (2 failed attempts)"
        XCTAssertEqual(
            machine.attemptFailed(0, refused, now: .seconds(2)), [.stop, .emit(.error(code: .general, message: text))])
        XCTAssertFalse(machine.isTrying)
        XCTAssertEqual(machine.payloadAccepted(from: 0, changed: []), [])
    }

    func testAPayloadBetweenResetsTheCount() {
        var machine = readyMachine(maxSyncRetries: 2)
        _ = machine.sourceLost(0, refused, now: .zero)
        _ = machine.attemptFailed(0, refused, now: .seconds(1))
        _ = machine.payloadAccepted(from: 0, changed: [])
        _ = machine.sourceLost(0, refused, now: .seconds(2))
        XCTAssertEqual(machine.attemptFailed(0, refused, now: .seconds(3)), [])
        XCTAssertTrue(machine.isTrying)
    }

    func testInitializationFailsWhenTryingEnds() {
        var machine = machine(maxSyncRetries: 1)
        _ = machine.initialize(now: .zero)
        let text = "target: UNAVAILABLE: connection refused (1 failed attempt)"
        XCTAssertEqual(
            machine.attemptFailed(0, refused, now: .milliseconds(1)),
            [
                .stop, .emit(.error(code: .providerNotReady, message: text)),
                .failInitialization(FlagdError(.notReady, text)),
            ])
        XCTAssertNil(machine.nextDeadline)
        XCTAssertEqual(machine.initialize(now: .seconds(1)), [.start])
        XCTAssertEqual(machine.failedAttempts(of: 0), 0)
        XCTAssertEqual(
            machine.payloadAccepted(from: 0, changed: ["a"]).first, .publish)
    }

    func testSourceThatEndsByItselfEndsTrying() {
        var machine = readyMachine()
        let actions = machine.sourceEnded(0, FlagSourceFailure(message: "gone"), now: .seconds(1))
        XCTAssertEqual(
            actions, [.stop, .emit(.error(code: .general, message: "target: gone (1 failed attempt)"))])
        XCTAssertEqual(machine.initialize(now: .seconds(2)), [.start])
    }

    // MARK: Initialization and shutdown

    func testSecondInitializationJoinsTheFirst() {
        var machine = machine()
        _ = machine.initialize(now: .zero)
        XCTAssertEqual(machine.initialize(now: .milliseconds(300)), [])
        XCTAssertEqual(machine.nextDeadline, .milliseconds(500))
        _ = machine.payloadAccepted(from: 0, changed: [])
        XCTAssertEqual(machine.initialize(now: .seconds(1)), [.finishInitialization])
    }

    func testFailedInitializationIsRepeated() {
        var machine = machine()
        _ = machine.initialize(now: .zero)
        _ = machine.timerFired(now: .seconds(1))
        XCTAssertEqual(machine.initialize(now: .seconds(2)), [])
        XCTAssertEqual(machine.nextDeadline, .milliseconds(2500))
        XCTAssertEqual(
            machine.timerFired(now: .milliseconds(2500)),
            [
                .failInitialization(
                    FlagdError(.notReady, "target: DEADLINE_EXCEEDED: no flag set arrived within the deadline"))
            ])
    }

    func testInitializationWithAFlagSetReturnsAtOnce() {
        var machine = readyMachine()
        _ = machine.sourceLost(0, refused, now: .zero)
        XCTAssertEqual(machine.initialize(now: .seconds(1)), [.finishInitialization])
        _ = machine.timerFired(now: .seconds(10))
        XCTAssertEqual(machine.initialize(now: .seconds(11)), [.finishInitialization])
    }

    func testAbandonedFirstInitializationLeavesNothing() {
        var machine = machine()
        _ = machine.initialize(now: .zero)
        XCTAssertEqual(machine.initializationAbandoned(), [.stop, .withdraw(fatal: false)])
        XCTAssertEqual(machine.state, .idle)
        XCTAssertNil(machine.nextDeadline)
        XCTAssertEqual(machine.initialize(now: .seconds(1)), [.start])
    }

    func testAbandonedRepeatedInitializationGoesOnTrying() {
        var machine = machine()
        _ = machine.initialize(now: .zero)
        _ = machine.timerFired(now: .seconds(1))
        _ = machine.initialize(now: .seconds(2))
        XCTAssertEqual(machine.initializationAbandoned(), [])
        XCTAssertEqual(machine.status, .error)
        XCTAssertTrue(machine.isTrying)
        XCTAssertNil(machine.nextDeadline)
    }

    func testShutdownFromEveryStateIsSilentAndIdempotent() {
        var idle = machine()
        var initializing = machine()
        _ = initializing.initialize(now: .zero)
        var stale = readyMachine()
        _ = stale.sourceLost(0, refused, now: .zero)
        var error = readyMachine(gracePeriod: .zero)
        _ = error.sourceLost(0, refused, now: .zero)
        var fatal = machine(fatalCodes: ["PERMISSION_DENIED"])
        _ = fatal.initialize(now: .zero)
        _ = fatal.attemptFailed(0, denied, now: .zero)
        XCTAssertEqual(idle.shutdown(), [])
        for var machine in [initializing, readyMachine(), stale, error, fatal] {
            XCTAssertEqual(machine.shutdown(), [.stop, .withdraw(fatal: false)])
            XCTAssertEqual(machine.shutdown(), [])
            XCTAssertEqual(machine.status, .notReady)
            XCTAssertNil(machine.nextDeadline)
            XCTAssertEqual(machine.sourceLost(0, refused, now: .zero), [])
            XCTAssertEqual(machine.payloadAccepted(from: 0, changed: ["a"]), [])
            XCTAssertEqual(machine.timerFired(now: .seconds(100)), [])
            XCTAssertEqual(machine.initialize(now: .seconds(100)), [.start])
        }
    }

    // MARK: Several sources

    func testReadyWhenEverySourceHasDelivered() {
        var machine = machine(sources: ["one", "two"])
        _ = machine.initialize(now: .zero)
        XCTAssertEqual(machine.payloadAccepted(from: 0, changed: ["a"]), [])
        XCTAssertEqual(
            machine.payloadAccepted(from: 1, changed: ["a", "b"]), [.publish, .emit(.ready), .finishInitialization])
    }

    func testWhatDidArriveIsUsedAfterTheDeadline() {
        var machine = machine(sources: ["one", "two"])
        _ = machine.initialize(now: .zero)
        _ = machine.payloadAccepted(from: 0, changed: ["a"])
        let text = "two: DEADLINE_EXCEEDED: no flag set arrived within the deadline"
        XCTAssertEqual(
            machine.timerFired(now: .seconds(1)),
            [
                .publish, .emit(.error(code: .providerNotReady, message: text)),
                .failInitialization(FlagdError(.notReady, text)),
            ])
        XCTAssertEqual(
            machine.payloadAccepted(from: 0, changed: ["c"]),
            [.publish, .emit(.configurationChanged(flagsChanged: ["c"]))])
        XCTAssertEqual(machine.status, .error)
    }

    func testOneLostSourceMakesStaleUntilItIsBack() {
        var machine = machine(sources: ["one", "two"])
        _ = machine.initialize(now: .zero)
        _ = machine.payloadAccepted(from: 0, changed: [])
        _ = machine.payloadAccepted(from: 1, changed: [])
        XCTAssertEqual(
            machine.sourceLost(1, refused, now: .zero),
            [.emit(.stale(message: "two: UNAVAILABLE: connection refused"))])
        XCTAssertEqual(
            machine.payloadAccepted(from: 0, changed: ["x"]),
            [.publish, .emit(.configurationChanged(flagsChanged: ["x"]))])
        XCTAssertEqual(machine.status, .stale)
        _ = machine.payloadAccepted(from: 1, changed: [])
        XCTAssertEqual(machine.status, .ready)
    }

    func testSourceThatEndsLeavesTheOthersTheirDeadline() {
        var machine = machine(sources: ["one", "two"])
        _ = machine.initialize(now: .zero)
        XCTAssertEqual(machine.sourceEnded(0, FlagSourceFailure(message: "gone"), now: .zero), [])
        XCTAssertEqual(machine.payloadAccepted(from: 1, changed: ["a"]), [])
        let text = "one: gone (1 failed attempt)"
        XCTAssertEqual(
            machine.timerFired(now: .seconds(1)),
            [
                .publish, .emit(.error(code: .providerNotReady, message: text)),
                .failInitialization(FlagdError(.notReady, text)),
            ])
    }

    func testSourceThatEndsMakesErrorAndTheOthersGoOn() {
        var machine = machine(sources: ["one", "two"])
        _ = machine.initialize(now: .zero)
        _ = machine.payloadAccepted(from: 0, changed: [])
        _ = machine.payloadAccepted(from: 1, changed: [])
        let gone = FlagSourceFailure(message: "gone")
        XCTAssertEqual(
            machine.sourceEnded(0, gone, now: .zero),
            [.emit(.error(code: .general, message: "one: gone (1 failed attempt)"))])
        XCTAssertEqual(
            machine.payloadAccepted(from: 1, changed: ["x"]),
            [.publish, .emit(.configurationChanged(flagsChanged: ["x"]))])
        XCTAssertEqual(machine.sourceEnded(1, gone, now: .zero), [.stop])
        XCTAssertFalse(machine.isTrying)
    }

    // MARK: Snapshot file

    func testSnapshotIsServedAsStaleInsteadOfThrowing() {
        var machine = machine(hasSnapshot: true)
        _ = machine.initialize(now: .zero)
        _ = machine.attemptFailed(0, refused, now: .milliseconds(1))
        XCTAssertEqual(machine.timerFired(now: .milliseconds(500)), [.readSnapshot])
        XCTAssertEqual(machine.status, .notReady)
        let text = "target: UNAVAILABLE: connection refused (1 failed attempt)"
        XCTAssertEqual(
            machine.snapshotServed(now: .seconds(1)),
            [.publish, .emit(.stale(message: text)), .finishInitialization])
        XCTAssertEqual(machine.nextDeadline, .seconds(11))
        XCTAssertEqual(
            machine.payloadAccepted(from: 0, changed: ["a"]),
            [.publish, .emit(.ready), .emit(.configurationChanged(flagsChanged: ["a"])), .finishInitialization])
    }

    func testWithoutAUsableSnapshotTheInitializationFails() {
        var machine = machine(hasSnapshot: true)
        _ = machine.initialize(now: .zero)
        _ = machine.timerFired(now: .seconds(1))
        let text = "target: DEADLINE_EXCEEDED: no flag set arrived within the deadline"
        XCTAssertEqual(
            machine.snapshotUnavailable(),
            [
                .emit(.error(code: .providerNotReady, message: text)),
                .failInitialization(FlagdError(.notReady, text)),
            ])
    }

    func testAPayloadWhileTheSnapshotIsReadWins() {
        var machine = machine(hasSnapshot: true)
        _ = machine.initialize(now: .zero)
        _ = machine.timerFired(now: .seconds(1))
        XCTAssertEqual(machine.payloadAccepted(from: 0, changed: []).last, .finishInitialization)
        XCTAssertEqual(machine.snapshotServed(now: .seconds(2)), [])
        XCTAssertEqual(machine.status, .ready)
    }

    func testTryingThatEndsWhileTheSnapshotIsReadAsksForItAgain() {
        var machine = machine(maxSyncRetries: 1, hasSnapshot: true)
        _ = machine.initialize(now: .zero)
        _ = machine.timerFired(now: .seconds(1))
        XCTAssertEqual(machine.attemptFailed(0, refused, now: .seconds(2)), [.stop, .readSnapshot])
        let text = "target: UNAVAILABLE: connection refused (1 failed attempt)"
        XCTAssertEqual(
            machine.snapshotServed(now: .seconds(2)),
            [.publish, .emit(.error(code: .providerNotReady, message: text)), .finishInitialization])
    }

    func testFatalCodeWhileASnapshotIsServedMakesFatal() {
        var machine = machine(fatalCodes: ["PERMISSION_DENIED"], hasSnapshot: true)
        _ = machine.initialize(now: .zero)
        _ = machine.timerFired(now: .seconds(1))
        _ = machine.snapshotServed(now: .seconds(1))
        XCTAssertEqual(machine.attemptFailed(0, denied, now: .seconds(2)).first, .stop)
        XCTAssertEqual(machine.status, .fatal)
    }

    // MARK: New subscribers

    func testStatusEventTellsTheCurrentStatus() {
        var machine = readyMachine()
        XCTAssertEqual(machine.statusEvent, .ready)
        _ = machine.sourceLost(0, refused, now: .zero)
        XCTAssertEqual(machine.statusEvent, .stale(message: "target: UNAVAILABLE: connection refused"))
        _ = machine.timerFired(now: .seconds(10))
        XCTAssertEqual(
            machine.statusEvent, .error(code: .general, message: "target: UNAVAILABLE: connection refused"))
    }
}
