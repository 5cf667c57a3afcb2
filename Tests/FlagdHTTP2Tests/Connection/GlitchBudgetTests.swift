import XCTest

import FlagdHTTP2

final class GlitchBudgetTests: XCTestCase {
    private let second: UInt64 = 1_000_000_000

    func testItem128MoreThanTheMaximumAtOnce() throws {
        var budget = GlitchBudget(maximum: 200, interval: 30 * second)
        for _ in 0..<200 { try budget.count(now: second) }
        let failure = errorThrown(as: HTTP2ConnectionFailure.self) { try budget.count(now: second) }
        XCTAssertEqual(failure?.code, .enhanceYourCalm)
        XCTAssertEqual(failure?.kind, .limitExceeded)
    }

    func testTimeForgives() throws {
        var budget = GlitchBudget(maximum: 200, interval: 30 * second)
        for _ in 0..<200 { try budget.count(now: second) }
        // 30 s for 200 make 150 ms for one.
        XCTAssertThrowsError(try budget.count(now: second + 149_000_000))
        budget = GlitchBudget(maximum: 200, interval: 30 * second)
        for _ in 0..<200 { try budget.count(now: second) }
        XCTAssertNoThrow(try budget.count(now: second + 150_000_000))
        for _ in 0..<200 { try budget.count(now: 40 * second) }
    }

    func testClockThatGoesBack() throws {
        var budget = GlitchBudget(maximum: 2, interval: second)
        try budget.count(now: 10 * second)
        try budget.count(now: 5 * second)
        XCTAssertThrowsError(try budget.count(now: 5 * second))
    }

    func testEdges() {
        var none = GlitchBudget(maximum: 0, interval: second)
        XCTAssertThrowsError(try none.count(now: 0))
        var negative = GlitchBudget(maximum: -5, interval: 0)
        XCTAssertThrowsError(try negative.count(now: .max))
        var unlimited = GlitchBudget(maximum: .max, interval: .max)
        XCTAssertNoThrow(try unlimited.count(now: 0))
    }
}
