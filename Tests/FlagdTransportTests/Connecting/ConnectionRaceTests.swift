import XCTest

@testable import FlagdTransport

/// Item 106: happy eyeballs.
final class ConnectionRaceTests: XCTestCase {
    private func at(_ milliseconds: Int) -> MonotonicTime {
        MonotonicTime(nanoseconds: 0).advanced(by: .milliseconds(1_000 + milliseconds))
    }

    private func race(_ count: Int) -> ConnectionRace {
        ConnectionRace(addressCount: count, stagger: .milliseconds(250), attemptTimeout: .seconds(2))
    }

    func testItem106FirstAddressGetsAHeadStart() {
        var race = race(3)
        XCTAssertEqual(race.next(now: at(0)), .connect(0))
        XCTAssertEqual(race.next(now: at(0)), .wait(until: at(250)))
        XCTAssertEqual(race.next(now: at(249)), .wait(until: at(250)))
        XCTAssertEqual(race.next(now: at(250)), .connect(1))
        XCTAssertEqual(race.next(now: at(250)), .wait(until: at(500)))
        XCTAssertEqual(race.next(now: at(600)), .connect(2))
        XCTAssertEqual(race.next(now: at(600)), .wait(until: at(2_000)))
    }

    func testItem106FailureStartsTheNextAtOnce() {
        var race = race(3)
        XCTAssertEqual(race.next(now: at(0)), .connect(0))
        race.attemptFailed(0, now: at(10))
        XCTAssertEqual(race.next(now: at(10)), .connect(1))
        XCTAssertEqual(race.next(now: at(10)), .wait(until: at(260)))
        race.attemptFailed(1, now: at(20))
        XCTAssertEqual(race.next(now: at(20)), .connect(2))
        race.attemptFailed(2, now: at(30))
        XCTAssertEqual(race.next(now: at(30)), .failed)
    }

    func testItem106SlowAddressMayStillWin() {
        var race = race(2)
        XCTAssertEqual(race.next(now: at(0)), .connect(0))
        XCTAssertEqual(race.next(now: at(250)), .connect(1))
        race.attemptSucceeded(0)
        XCTAssertEqual(race.next(now: at(300)), .succeeded(0))
        race.attemptSucceeded(1)
        XCTAssertEqual(race.next(now: at(300)), .succeeded(0))
    }

    func testItem106AttemptTimesOut() {
        var race = race(1)
        XCTAssertEqual(race.next(now: at(0)), .connect(0))
        XCTAssertEqual(race.next(now: at(0)), .wait(until: at(2_000)))
        XCTAssertEqual(race.next(now: at(2_000)), .abandon(0))
        XCTAssertEqual(race.next(now: at(2_000)), .failed)
    }

    func testLateNewsOfEndedAttemptsIsIgnored() {
        var race = race(2)
        XCTAssertEqual(race.next(now: at(0)), .connect(0))
        race.attemptFailed(0, now: at(1))
        race.attemptSucceeded(0)
        race.attemptSucceeded(1)
        race.attemptFailed(7, now: at(1))
        XCTAssertEqual(race.next(now: at(1)), .connect(1))
    }

    func testNoAddress() {
        var race = race(0)
        XCTAssertEqual(race.next(now: at(0)), .failed)
    }
}
