import FlagdGRPC
import XCTest

final class GRPCRetryTests: XCTestCase {
    private let unavailable = GRPCStatus(.unavailable, "gone", origin: .server)
    private let second: UInt64 = 1_000_000_000

    func testDefaults() {
        let policy = GRPCRetryPolicy()
        XCTAssertEqual(policy.maximumAttempts, 4)
        XCTAssertEqual(policy.initialBackoff, .seconds(1))
        XCTAssertEqual(policy.maximumBackoff, .seconds(5))
        XCTAssertEqual(policy.retryableCodes, [.unavailable, .unknown])
    }

    func testFourAttemptsWithDoublingPauses() {
        var machine = GRPCRetryMachine(policy: GRPCRetryPolicy(), deadline: nil)
        XCTAssertEqual(machine.attemptFailed(unavailable, now: 0), .retry(at: second))
        XCTAssertEqual(machine.attemptFailed(unavailable, now: 2 * second), .retry(at: 4 * second))
        XCTAssertEqual(machine.attemptFailed(unavailable, now: 4 * second), .retry(at: 8 * second))
        XCTAssertEqual(machine.attemptFailed(unavailable, now: 8 * second), .fail(unavailable))
    }

    func testPausesAreCapped() {
        let policy = GRPCRetryPolicy(maximumAttempts: 6, maximumBackoff: .seconds(3))
        var machine = GRPCRetryMachine(policy: policy, deadline: nil)
        for pause: UInt64 in [1, 2, 3, 3, 3] {
            XCTAssertEqual(machine.attemptFailed(unavailable, now: 100), .retry(at: 100 + pause * second))
        }
        var small = GRPCRetryMachine(policy: GRPCRetryPolicy(maximumBackoff: .milliseconds(10)), deadline: nil)
        XCTAssertEqual(small.attemptFailed(unavailable, now: 0), .retry(at: 10_000_000))
    }

    func testOnlyUnavailableAndUnknown() {
        for code in GRPCStatusCode.allCases where code != .ok {
            var machine = GRPCRetryMachine(policy: GRPCRetryPolicy(), deadline: nil)
            let status = GRPCStatus(code)
            let expected: GRPCRetryAction =
                code == .unavailable || code == .unknown ? .retry(at: second) : .fail(status)
            XCTAssertEqual(machine.attemptFailed(status, now: 0), expected)
        }
    }

    func testNoRetryBeyondTheDeadline() {
        var machine = GRPCRetryMachine(policy: GRPCRetryPolicy(), deadline: 2 * second)
        XCTAssertEqual(machine.attemptFailed(unavailable, now: second / 2), .retry(at: second + second / 2))
        XCTAssertEqual(machine.attemptFailed(unavailable, now: second + second / 2), .fail(unavailable))
    }

    func testNoneMeansOneAttempt() {
        var machine = GRPCRetryMachine(policy: .none, deadline: nil)
        XCTAssertEqual(machine.attemptFailed(unavailable, now: 0), .fail(unavailable))
    }

    func testItem53RefusedRequestsAreRetriedAtOnceButNotForEver() {
        let refused = GRPCStatus(.unavailable, "refused", origin: .reset(processed: false))
        var machine = GRPCRetryMachine(policy: GRPCRetryPolicy(), deadline: nil)
        XCTAssertEqual(machine.attemptFailed(refused, now: 7), .retry(at: 7))
        XCTAssertEqual(machine.attemptFailed(refused, now: 7), .retry(at: 7 + second))
        XCTAssertEqual(machine.attemptFailed(refused, now: 7), .retry(at: 7 + 2 * second))
        XCTAssertEqual(machine.attemptFailed(refused, now: 7), .fail(refused))
    }

    func testTimesNearTheEndOfTheClock() {
        var machine = GRPCRetryMachine(policy: GRPCRetryPolicy(initialBackoff: .seconds(Int64.max)), deadline: nil)
        XCTAssertEqual(machine.attemptFailed(unavailable, now: .max), .fail(unavailable))
    }
}
