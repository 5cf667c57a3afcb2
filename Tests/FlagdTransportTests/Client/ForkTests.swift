import FlagdTestSupport
import Foundation
import XCTest

@testable import FlagdTransport

#if os(Linux)
/// Item 136: after `fork` the connection is the parent's alone, although the child has the descriptor.
final class ForkTests: XCTestCase {
    private struct NoFork: Error {}

    /// A child that does nothing for so many milliseconds, and ends without a word.
    ///
    /// Swift hides `fork`, because a child of many threads may do so little.
    private func forkChild(milliseconds: UInt32) throws -> pid_t {
        typealias Fork = @convention(c) () -> pid_t
        guard let symbol = dlsym(nil, "fork") else { throw NoFork() }
        let fork = unsafeBitCast(symbol, to: Fork.self)
        let child = fork()
        if child == 0 {
            usleep(milliseconds * 1000)
            _exit(7)
        }
        guard child > 0 else { throw NoFork() }
        return child
    }

    private func waitForEnd(of child: pid_t) async throws {
        try await waitUntil("the child's end") {
            var status: Int32 = 0
            guard waitpid(child, &status, WNOHANG) == child else { return false }
            XCTAssertEqual(status >> 8 & 0xff, 7)
            return true
        }
    }

    func testItem136TheParentGoesOn() async throws {
        let frames = Box<[UInt8]>([])
        let server = try RawServer { connection in
            try connection.handshake()
            while true {
                let frame = try connection.readFrame()
                frames.append(frame.type)
                if frame.type == 1 { try connection.respond(frame.stream, [1]) }
            }
        }
        let client = try await HTTP2Client.connect(to: server.endpoint)
        let first = try await client.exchange()
        XCTAssertEqual(first.body, [1])

        let brief = try forkChild(milliseconds: 100)
        let meanwhile = try await client.exchange()
        XCTAssertEqual(meanwhile.body, [1])
        try await waitForEnd(of: brief)
        let afterwards = try await client.exchange()
        XCTAssertEqual(afterwards.body, [1], "the child's end is not the connection's")

        let long = try forkChild(milliseconds: 1500)
        await client.shutdown()
        // The child keeps the descriptor, so there is no FIN yet: GOAWAY is what tells the server.
        try await waitUntil("GOAWAY") { frames.value?.last == 7 }
        // Three requests, each of HEADERS and perhaps DATA, window updates and acknowledgements between them, and nothing of the children.
        XCTAssertEqual(frames.value?.filter { $0 == 1 }.count, 3)
        XCTAssertEqual(frames.value?.filter { $0 == 7 }.count, 1)
        try await waitForEnd(of: long)
    }
}
#endif
