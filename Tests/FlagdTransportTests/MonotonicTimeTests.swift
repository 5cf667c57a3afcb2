import XCTest

@testable import FlagdTransport

final class MonotonicTimeTests: XCTestCase {
    private let start = MonotonicTime(nanoseconds: 1_000)

    func testAdvances() {
        XCTAssertEqual(start.advanced(by: .nanoseconds(5)).nanoseconds, 1_005)
        XCTAssertEqual(start.advanced(by: .seconds(-5)), start)
        XCTAssertEqual(start.advanced(by: .seconds(Int64.max)), .distantFuture)
        XCTAssertEqual(MonotonicTime(nanoseconds: .max - 1).advanced(by: .seconds(1)), .distantFuture)
    }

    func testElapsed() {
        XCTAssertEqual(start.advanced(by: .seconds(2)).elapsed(since: start), .seconds(2))
        XCTAssertEqual(start.elapsed(since: start.advanced(by: .seconds(2))), .zero)
    }

    /// Item 109: `poll` must not return before the deadline, else the loop would spin for the last millisecond.
    func testItem109PollTimeoutRoundsUp() {
        XCTAssertEqual(start.advanced(by: .nanoseconds(1)).pollTimeout(from: start), 1)
        XCTAssertEqual(start.advanced(by: .milliseconds(1)).pollTimeout(from: start), 1)
        XCTAssertEqual(start.advanced(by: .microseconds(1001)).pollTimeout(from: start), 2)
        XCTAssertEqual(start.pollTimeout(from: start), 0)
        XCTAssertEqual(start.pollTimeout(from: start.advanced(by: .seconds(1))), 0)
        XCTAssertEqual(start.advanced(by: .seconds(86400 * 365)).pollTimeout(from: start), .max)
        XCTAssertEqual(MonotonicTime.distantFuture.pollTimeout(from: start), -1)
    }

    /// Item 109: the wall clock may jump.
    func testItem109NowIsTheMonotonicClock() {
        func system() -> UInt64 {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        }
        let before = system()
        let now = MonotonicTime.now.nanoseconds
        XCTAssertTrue((before...system()).contains(now), "\(now)")
    }

    func testNowDoesNotGoBack() {
        let first = MonotonicTime.now
        XCTAssertLessThanOrEqual(first, .now)
    }
}
