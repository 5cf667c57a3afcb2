import XCTest

@testable import FlagdTransport

final class WakeUpPipeTests: XCTestCase {
    private func isReadable(_ descriptor: Int32, timeout: Int32 = 0) -> Bool {
        var set = PollSet()
        set.add(descriptor, .read)
        set.wait(timeout: timeout)
        return set.isReadable(descriptor)
    }

    func testSignalWakesAndDrainResets() throws {
        let pipe = try WakeUpPipe()
        defer { pipe.close() }
        XCTAssertFalse(isReadable(pipe.readEnd))
        for _ in 0..<100 { pipe.signal() }
        XCTAssertTrue(isReadable(pipe.readEnd))
        pipe.drain()
        XCTAssertFalse(isReadable(pipe.readEnd))
    }

    /// A full pipe must not block the thread that signals.
    func testFullPipeDoesNotBlock() throws {
        let pipe = try WakeUpPipe()
        defer { pipe.close() }
        for _ in 0..<100_000 { pipe.signal() }
        XCTAssertTrue(isReadable(pipe.readEnd))
        pipe.drain()
        XCTAssertFalse(isReadable(pipe.readEnd))
    }

    func testItem134CloseOnExec() throws {
        let pipe = try WakeUpPipe()
        defer { pipe.close() }
        XCTAssertEqual(fcntl(pipe.readEnd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC)
    }
}
