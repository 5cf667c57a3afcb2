import XCTest

@testable import Flagd

final class EmptySetGuardTests: XCTestCase {
    private var emptySetGuard = EmptySetGuard<String>()

    private func arrive(
        _ payload: String, isEmpty: Bool, wasEmpty: Bool = false, needsConfirmation: Bool = true
    ) -> EmptySetGuard<String>.Decision {
        emptySetGuard.payloadArrived(
            payload, isEmpty: isEmpty, wasEmpty: wasEmpty, needsConfirmation: needsConfirmation, now: .seconds(1))
    }

    func testOnlyEmptyingPayloadsAreHeld() {
        XCTAssertEqual(arrive("flags", isEmpty: false), .apply)
        XCTAssertEqual(arrive("still empty", isEmpty: true, wasEmpty: true), .apply)
        XCTAssertEqual(arrive("from a file", isEmpty: true, needsConfirmation: false), .apply)
        XCTAssertNil(emptySetGuard.held)
        XCTAssertEqual(arrive("empty", isEmpty: true), .hold)
        XCTAssertEqual(emptySetGuard.held?.until, .seconds(3))
    }

    func testAppliedWhenTheConnectionOutlivesIt() {
        _ = arrive("empty", isEmpty: true)
        XCTAssertNil(emptySetGuard.timerFired(now: .milliseconds(2999)))
        XCTAssertEqual(emptySetGuard.timerFired(now: .seconds(3)), "empty")
        XCTAssertNil(emptySetGuard.timerFired(now: .seconds(4)))
    }

    func testDroppedWhenTheConnectionEndsFirst() {
        _ = arrive("empty", isEmpty: true)
        emptySetGuard.connectionEnded()
        XCTAssertNil(emptySetGuard.timerFired(now: .seconds(9)))
        XCTAssertNil(emptySetGuard.confirmed(ticket: emptySetGuard.ticket))
    }

    func testAppliedWhenConfirmed() {
        _ = arrive("empty", isEmpty: true)
        XCTAssertEqual(emptySetGuard.confirmed(ticket: emptySetGuard.ticket), "empty")
        XCTAssertNil(emptySetGuard.held)
    }

    func testConfirmationOfAnEarlierPayloadIsIgnored() {
        _ = arrive("empty", isEmpty: true)
        let ticket = emptySetGuard.ticket
        _ = arrive("empty again", isEmpty: true)
        XCTAssertNil(emptySetGuard.confirmed(ticket: ticket))
        XCTAssertEqual(emptySetGuard.held?.payload, "empty again")
    }

    func testRepeatedEmptySetsDoNotProlongTheWait() {
        _ = arrive("empty", isEmpty: true)
        let decision = emptySetGuard.payloadArrived(
            "empty again", isEmpty: true, wasEmpty: false, needsConfirmation: true, now: .milliseconds(2500))
        XCTAssertEqual(decision, .hold)
        XCTAssertEqual(emptySetGuard.timerFired(now: .seconds(3)), "empty again")
    }

    func testNewerPayloadReplacesTheHeldOne() {
        _ = arrive("empty", isEmpty: true)
        XCTAssertEqual(arrive("flags", isEmpty: false), .apply)
        XCTAssertNil(emptySetGuard.timerFired(now: .seconds(9)))
    }
}
