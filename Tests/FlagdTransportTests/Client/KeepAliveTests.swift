import XCTest

@testable import FlagdTransport

final class KeepAliveTests: XCTestCase {
    private func at(_ seconds: Int) -> MonotonicTime {
        MonotonicTime(nanoseconds: 0).advanced(by: .seconds(100 + seconds))
    }

    private let every30 = KeepAliveConfiguration(time: .seconds(30), timeout: .seconds(5))

    func testItem96OffByDefault() {
        var machine = KeepAlive(KeepAliveConfiguration(), now: at(0))
        machine.openStreamsChanged(3, now: at(0))
        XCTAssertNil(machine.nextDeadline)
        XCTAssertEqual(machine.timerFired(now: at(100_000)), .none)
    }

    func testItem96IntervalIsAtLeastTenSeconds() {
        XCTAssertEqual(KeepAliveConfiguration(time: .seconds(1)).effectiveTime, .seconds(10))
        var machine = KeepAlive(KeepAliveConfiguration(time: .zero), now: at(0))
        machine.openStreamsChanged(1, now: at(0))
        XCTAssertEqual(machine.nextDeadline, at(10))
    }

    func testItem96OnlyWithOpenStreams() {
        var machine = KeepAlive(every30, now: at(0))
        XCTAssertNil(machine.nextDeadline)
        machine.openStreamsChanged(1, now: at(50))
        XCTAssertEqual(machine.nextDeadline, at(80))
        machine.openStreamsChanged(0, now: at(60))
        XCTAssertNil(machine.nextDeadline)
    }

    func testItem96WithoutStreamsWhenAsked() {
        let configuration = KeepAliveConfiguration(time: .seconds(30), permitWithoutStreams: true)
        var machine = KeepAlive(configuration, now: at(0))
        machine.openStreamsChanged(0, now: at(0))
        XCTAssertEqual(machine.timerFired(now: at(30)), .sendPing)
    }

    func testItem97DeadPeer() {
        var machine = KeepAlive(every30, now: at(0))
        machine.openStreamsChanged(1, now: at(0))
        XCTAssertEqual(machine.timerFired(now: at(29)), .none)
        XCTAssertEqual(machine.timerFired(now: at(30)), .sendPing)
        XCTAssertEqual(machine.nextDeadline, at(35))
        XCTAssertEqual(machine.timerFired(now: at(34)), .none)
        XCTAssertEqual(machine.timerFired(now: at(35)), .connectionIsDead)
    }

    func testItem97AnyByteCountsAsLife() {
        var machine = KeepAlive(every30, now: at(0))
        machine.openStreamsChanged(1, now: at(0))
        XCTAssertEqual(machine.timerFired(now: at(30)), .sendPing)
        machine.bytesReceived(now: at(34))
        XCTAssertEqual(machine.timerFired(now: at(35)), .none)
        XCTAssertEqual(machine.nextDeadline, at(64))
    }

    func testItem98DoublesAfterTooManyPings() {
        XCTAssertEqual(every30.doubled().time, .seconds(60))
        XCTAssertEqual(KeepAliveConfiguration(time: .seconds(1)).doubled().time, .seconds(20))
        XCTAssertNil(KeepAliveConfiguration().doubled().time)
        XCTAssertEqual(KeepAliveConfiguration(time: .seconds(60_000)).doubled().time, .seconds(86_400))
        let longest = Duration.seconds(Int64.max)
        XCTAssertEqual(KeepAliveConfiguration(time: longest).doubled().time, longest)
    }
}
