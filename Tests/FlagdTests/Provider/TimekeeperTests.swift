import XCTest

@testable import Flagd

final class TimekeeperTests: XCTestCase {
    func testSleepsUntilTheTimeHasCome() async throws {
        let time = SystemTimekeeper()
        let deadline = time.now + .milliseconds(20)
        try await time.sleep(until: deadline)
        XCTAssertGreaterThanOrEqual(time.now, deadline)
        try await time.sleep(until: .zero)
    }

    func testCancellationEndsTheSleep() async {
        let time = SystemTimekeeper()
        let sleeper = Task { try await time.sleep(until: time.now + .seconds(3600)) }
        sleeper.cancel()
        guard case .failure = await sleeper.result else { return XCTFail("slept for an hour") }
    }
}
