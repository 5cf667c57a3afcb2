import XCTest

@testable import FlagdTransport

final class SocketTests: XCTestCase {
    private func option(_ socket: Socket, _ level: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = -1
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket.descriptor, level, name, &value, &length)
        return value
    }

    /// Item 134: not inherited by programs that the host starts.
    func testItem134CloseOnExecAndNonBlocking() throws {
        for family in [SocketAddress.Family.ipv4, .unix] {
            let socket = try Socket(family: family)
            XCTAssertEqual(fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC)
            XCTAssertEqual(fcntl(socket.descriptor, F_GETFL) & O_NONBLOCK, O_NONBLOCK)
        }
    }

    /// Item 99.
    func testItem99Options() throws {
        let plain = try Socket(family: .ipv4)
        plain.tune(userTimeout: nil)
        XCTAssertEqual(option(plain, Int32(IPPROTO_TCP), TCP_NODELAY), 1)
        XCTAssertEqual(option(plain, SOL_SOCKET, SO_KEEPALIVE), 1)
        #if os(Linux)
        XCTAssertEqual(option(plain, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT), 0)
        let watched = try Socket(family: .ipv4)
        watched.tune(userTimeout: .seconds(20))
        XCTAssertEqual(option(watched, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT), 20_000)
        let endless = try Socket(family: .ipv4)
        endless.tune(userTimeout: .seconds(Int64.max))
        XCTAssertEqual(option(endless, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT), .max)
        #endif
    }

    func testClosesWithTheLastReference() throws {
        let before = ProcessCounts.descriptors
        do {
            let socket = try Socket(family: .ipv4)
            XCTAssertEqual(ProcessCounts.descriptors, before + 1)
            socket.close()
            socket.close()
            XCTAssertEqual(socket.descriptor, -1)
            _ = try Socket(family: .unix)
        }
        XCTAssertEqual(ProcessCounts.descriptors, before)
    }

    func testReadAndWriteOnAClosedSocketFail() throws {
        let socket = try Socket(family: .ipv4)
        socket.close()
        var buffer = [UInt8](repeating: 0, count: 8)
        let read = buffer.withUnsafeMutableBytes { socket.read(into: $0) }
        let written = buffer.withUnsafeBytes { socket.write($0) }
        XCTAssertEqual(read, .failed(SystemError(code: EBADF)))
        XCTAssertEqual(written, .failed(SystemError(code: EBADF)))
    }

    /// A socket that the kernel happened to connect to itself has no server behind it.
    func testConnectionToItselfIsRefused() throws {
        let port = try RawServer.unusedPort()
        let address = try XCTUnwrap(Resolver.immediateAddresses(for: .hostPort(host: "127.0.0.1", port: port))?.first)
        let socket = try Socket(family: .ipv4)
        let bound = address.withSockaddr { bind(socket.descriptor, $0, $1) }
        XCTAssertEqual(bound, 0)
        guard socket.connect(to: address) != .failed(SystemError(code: ECONNREFUSED)) else {
            throw XCTSkip("the system does not connect a socket to itself")
        }
        XCTAssertEqual(socket.finishConnecting(), .failed(SystemError(code: ECONNREFUSED)))
    }
}
