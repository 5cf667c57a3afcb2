import XCTest

@testable import FlagdTransport

final class WireTests: XCTestCase {
    private let finished = DispatchSemaphore(value: 0)

    override func tearDown() {
        finished.signal()
    }

    /// A connected pair: our wire, and the other end as a test's connection.
    private func pair() throws -> (wire: Wire, peer: RawConnection, server: RawServer) {
        let peer = Box<RawConnection>()
        let finished = finished
        let done = DispatchSemaphore(value: 0)
        let path = temporarySocketPath()
        let server = try RawServer(.unix(path: path)) { connection in
            peer.value = connection
            done.signal()
            // The test owns the connection from here.
            _ = finished.wait(timeout: .now() + 60)
        }
        let socket = try Socket(family: .unix)
        let address = try XCTUnwrap(SocketAddress(path: path))
        XCTAssertEqual(socket.connect(to: address), .connected)
        done.wait()
        unlink(path)
        return (Wire(socket: socket, tls: nil), try XCTUnwrap(peer.value), server)
    }

    func testReads() throws {
        let (wire, peer, server) = try pair()
        defer { server.stop() }
        var buffer = [UInt8](repeating: 0, count: 4)
        XCTAssertEqual(wire.read(into: &buffer), .wouldBlock)
        try peer.write([1, 2, 3, 4, 5, 6])
        XCTAssertEqual(wire.read(into: &buffer), .count(4))
        XCTAssertEqual(buffer, [1, 2, 3, 4])
        XCTAssertEqual(wire.read(into: &buffer), .last(2))
        peer.close()
        XCTAssertEqual(wire.read(into: &buffer), .endOfFile)
        wire.close()
    }

    /// Item 132: what the system does not take waits, in order.
    func testItem132ShortWrites() throws {
        let (wire, peer, server) = try pair()
        defer { server.stop() }
        let bytes = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        var isGiven = false
        let next: () -> [UInt8] = {
            defer { isGiven = true }
            return isGiven ? [] : bytes
        }
        XCTAssertEqual(wire.write(next: next), .wouldBlock)
        XCTAssertGreaterThan(wire.pendingCount, 0)
        var received: [UInt8] = []
        while received.count < bytes.count {
            received += try peer.readSome()
            guard case .failed = wire.write(next: next) else { continue }
            return XCTFail("writing failed")
        }
        XCTAssertTrue(received == bytes)
        XCTAssertEqual(wire.pendingCount, 0)
        XCTAssertEqual(wire.write(next: next), .done)
        wire.close()
    }

    func testItem131WriteToAClosedPeerFails() throws {
        let (wire, peer, server) = try pair()
        defer { server.stop() }
        peer.close()
        XCTAssertEqual(wire.write { [1] }, .failed(.reset, cause: "the peer closed the connection"))
        wire.close()
    }

    func testWithoutTLSTheHandshakeIsOver() throws {
        let (wire, peer, server) = try pair()
        defer { server.stop() }
        XCTAssertEqual(wire.handshake(), .finished)
        peer.close()
        wire.close()
    }
}
