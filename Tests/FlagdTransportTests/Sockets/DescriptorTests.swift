import XCTest

@testable import FlagdTransport

final class DescriptorTests: XCTestCase {
    func testFlags() throws {
        var ends: [Int32] = [-1, -1]
        XCTAssertEqual(pipe(&ends), 0)
        for end in ends {
            XCTAssertEqual(fcntl(end, F_GETFD) & FD_CLOEXEC, 0)
            Descriptor.setCloseOnExec(end)
            Descriptor.setNonBlocking(end)
            XCTAssertEqual(fcntl(end, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC)
            XCTAssertEqual(fcntl(end, F_GETFL) & O_NONBLOCK, O_NONBLOCK)
            Descriptor.close(end)
            XCTAssertEqual(fcntl(end, F_GETFD), -1)
        }
    }
}
