import XCTest

@testable import Flagd

final class OutageJournalTests: XCTestCase {
    private var journal = OutageJournal()

    private func change(
        _ old: ProviderStatus, _ new: ProviderStatus, hasGivenUp: Bool = false, at seconds: Int
    ) -> OutageJournal.Line? {
        journal.statusChanged(
            from: old, to: new, hasGivenUp: hasGivenUp, reason: "why", now: .milliseconds(seconds * 1000 + 250))
    }

    func testOutageIsOneWarningAndOneNoticeWithItsDuration() {
        XCTAssertEqual(change(.notReady, .ready, at: 0), OutageJournal.Line(level: .info, message: "ready"))
        XCTAssertEqual(change(.ready, .stale, at: 10), OutageJournal.Line(level: .warning, message: "STALE: why"))
        XCTAssertEqual(change(.stale, .error, at: 20)?.level, .info)
        XCTAssertEqual(
            change(.error, .ready, at: 85), OutageJournal.Line(level: .notice, message: "ready again after 75.0 s"))
        XCTAssertEqual(change(.ready, .error, at: 90)?.level, .warning)
    }

    func testFailedStartIsAWarning() {
        XCTAssertEqual(change(.notReady, .error, at: 1), OutageJournal.Line(level: .warning, message: "ERROR: why"))
        XCTAssertEqual(change(.error, .ready, at: 2)?.level, .notice)
    }

    func testGivingUpIsAnError() {
        let line = OutageJournal.Line(level: .error, message: "given up: why")
        XCTAssertEqual(change(.notReady, .fatal, hasGivenUp: true, at: 1), line)
    }

    func testTheEndOfTryingInAnOutageIsAnError() {
        let line = OutageJournal.Line(level: .error, message: "given up: why")
        _ = change(.ready, .stale, at: 1)
        XCTAssertEqual(change(.stale, .error, hasGivenUp: true, at: 2), line)
        XCTAssertEqual(change(.error, .ready, at: 9)?.message, "ready again after 8.0 s")
        _ = change(.ready, .error, at: 10)
        XCTAssertEqual(change(.error, .error, hasGivenUp: true, at: 11), line)
    }

    func testShutdownIsSilentAndForgetsTheOutage() {
        _ = change(.ready, .stale, at: 1)
        XCTAssertNil(change(.stale, .notReady, hasGivenUp: true, at: 2))
        XCTAssertEqual(change(.notReady, .ready, at: 3)?.message, "ready")
    }
}
