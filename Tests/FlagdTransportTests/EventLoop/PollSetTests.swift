import XCTest

@testable import FlagdTransport

final class PollSetTests: XCTestCase {
    func testReadinessAndHangUp() throws {
        var ends: [Int32] = [-1, -1]
        XCTAssertEqual(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends), 0)
        defer { close(ends[0]) }
        var set = PollSet()
        set.add(ends[0], .read)
        set.wait(timeout: 0)
        XCTAssertFalse(set.isReady(ends[0]))
        set.removeAll()
        set.add(ends[0], [.read, .write])
        set.wait(timeout: 0)
        XCTAssertTrue(set.isReady(ends[0]))
        XCTAssertFalse(set.isReadable(ends[0]))
        close(ends[1])
        set.wait(timeout: 0)
        XCTAssertTrue(set.isReadable(ends[0]))
    }

    func testTimeoutIsKept() {
        var set = PollSet()
        let start = MonotonicTime.now
        set.wait(timeout: 20)
        XCTAssertGreaterThanOrEqual(MonotonicTime.now.elapsed(since: start), .milliseconds(19))
    }

    /// A descriptor that is not open is reported, not waited for.
    func testClosedDescriptorIsReady() {
        var set = PollSet()
        set.add(9_999, .read)
        set.wait(timeout: 1_000)
        XCTAssertTrue(set.isReadable(9_999))
    }
}
