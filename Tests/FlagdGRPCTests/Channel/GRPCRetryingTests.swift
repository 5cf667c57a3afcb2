import FlagdGRPC
import XCTest

final class GRPCRetryingTests: XCTestCase {
    private let quick = GRPCRetryPolicy(initialBackoff: .milliseconds(1), maximumBackoff: .milliseconds(2))

    /// Runs attempts that end with these statuses, the rest with success, and gives the number of attempts.
    private func attempts(
        _ statuses: [GRPCStatusCode], timeout: Duration? = nil, isWorthwhile: () -> Bool = { true }
    ) async throws(GRPCStatus) -> Int {
        var count = 0
        return try await retrying(quick, timeout: timeout, isWorthwhile: isWorthwhile) { _ throws(GRPCStatus) in
            count += 1
            if count <= statuses.count { throw GRPCStatus(statuses[count - 1], "\(count)", origin: .server) }
            return count
        }
    }

    func testSuccessAfterFailures() async throws {
        let none = try await attempts([])
        XCTAssertEqual(none, 1)
        let three = try await attempts([.unavailable, .unknown, .unavailable])
        XCTAssertEqual(three, 4)
    }

    func testLastStatusIsThrown() async {
        do {
            _ = try await attempts([.unavailable, .unavailable, .unavailable, .unknown])
            XCTFail("succeeded")
        } catch {
            XCTAssertEqual(error, GRPCStatus(.unknown, "4", origin: .server))
        }
    }

    func testOtherCodesAreNotRetried() async {
        do {
            _ = try await attempts([.permissionDenied])
            XCTFail("succeeded")
        } catch {
            XCTAssertEqual(error.message, "1")
        }
    }

    func testAttemptsGetWhatIsLeftOfTheTimeout() async throws {
        let left = try await retrying(.none, timeout: .seconds(5)) { timeout throws(GRPCStatus) in timeout }
        XCTAssertLessThanOrEqual(try XCTUnwrap(left), .seconds(5))
        XCTAssertGreaterThan(try XCTUnwrap(left), .seconds(1))
        let none = try await retrying(.none, timeout: nil) { timeout throws(GRPCStatus) in timeout }
        XCTAssertNil(none)
    }

    func testNoPauseBeyondTheTimeout() async {
        do {
            _ = try await attempts([.unavailable], timeout: .nanoseconds(10))
            XCTFail("succeeded")
        } catch {
            XCTAssertEqual(error.message, "1")
        }
    }

    func testNotWorthwhile() async {
        do {
            _ = try await attempts([.unavailable], isWorthwhile: { false })
            XCTFail("succeeded")
        } catch {
            XCTAssertEqual(error.message, "1")
        }
    }

    func testCancelledPause() async {
        let task = Task {
            try await retrying(
                GRPCRetryPolicy(initialBackoff: .seconds(60), maximumBackoff: .seconds(60)), timeout: nil
            ) {
                _ throws(GRPCStatus) -> Int in throw GRPCStatus(.unavailable, "first")
            }
        }
        task.cancel()
        do {
            _ = try await task.value
            XCTFail("succeeded")
        } catch {
            let status = error as? GRPCStatus
            XCTAssertEqual(status?.code, .cancelled)
            XCTAssertTrue(status?.message.contains("UNAVAILABLE: first") ?? false)
        }
    }
}
