import FlagdTestSupport
import XCTest

@testable import FlagdTransport

final class WireTests: XCTestCase {
    private let finished = DispatchSemaphore(value: 0)

    override func tearDown() {
        finished.signal()
    }

    /// A connected pair: our wire, and the other end as a test's connection.
    private func pair(tls: TLSSession? = nil) throws -> (wire: Wire, peer: RawConnection, server: RawServer) {
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
        return (Wire(socket: socket, tls: tls), try XCTUnwrap(peer.value), server)
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

    /// A pair whose TLS handshake is over.
    private func securePair(isVersion12: Bool = false) throws -> (
        wire: Wire, peer: RawConnection, tls: TLSPeer, server: RawServer
    ) {
        _ = try requireOrSkip(try? OpenSSLLibrary.load(path: nil), "OpenSSL (Debian package libssl3)")
        let certificates = try TestCertificates.shared()
        let configuration = TLSConfiguration(certificateAuthorityPath: certificates.authority)
        let (wire, peer, server) = try pair(tls: TLSSession(configuration, name: .dns("localhost")))
        let tls = try TLSPeer(certificates.pair("good"), isVersion12: isVersion12)
        while wire.handshake() != .finished { try peer.write(tls.answer(peer.readSome())) }
        // Version 1.3 ends with the client's word.
        if !isVersion12 { try peer.write(tls.answer(peer.readSome())) }
        return (wire, peer, tls, server)
    }

    /// Item 129: messages of TLS itself, which bring no plaintext, do not keep the thread from jobs and timers.
    func testItem129MessagesOfTLSAreReadInTurns() throws {
        let (wire, peer, tls, server) = try securePair()
        defer { server.stop() }
        let flood = try tls.messages(.keyUpdate, count: 5_500)
        try peer.write(flood)
        var buffer = [UInt8](repeating: 0, count: 1024)
        for _ in 0..<flood.count / (64 << 10) {
            XCTAssertEqual(wire.read(into: &buffer), .wouldBlock)
            var set = PollSet()
            wire.preparePoll(&set)
            set.wait(timeout: 0)
            XCTAssertTrue(wire.isReadable(set), "all was read at once")
        }
        XCTAssertEqual(wire.read(into: &buffer), .wouldBlock)
        peer.close()
        guard case .failed(.closed, _) = wire.read(into: &buffer) else { return XCTFail("the end is lost") }
        wire.close()
    }

    /// Item 97: a part of a record is a sign of life.
    func testItem97EachByteUnderTLSIsASignOfLife() throws {
        let (wire, peer, tls, server) = try securePair()
        defer { server.stop() }
        var buffer = [UInt8](repeating: 0, count: 1024)
        XCTAssertEqual(wire.read(into: &buffer), .wouldBlock)
        _ = wire.takeSignOfLife()
        for byte in try tls.messages(.keyUpdate, count: 1) {
            XCTAssertFalse(wire.takeSignOfLife())
            try peer.write([byte])
            XCTAssertEqual(wire.read(into: &buffer), .wouldBlock)
            XCTAssertTrue(wire.takeSignOfLife())
        }
        wire.close()
    }

    /// Items 117 and 129: messages that are ignored in a handshake do not keep the thread from the time-out.
    func testItem117IgnoredMessagesAreReadInTurns() throws {
        _ = try requireOrSkip(try? OpenSSLLibrary.load(path: nil), "OpenSSL (Debian package libssl3)")
        let (wire, peer, server) = try pair(tls: TLSSession(TLSConfiguration(), name: .dns("localhost")))
        defer { server.stop() }
        XCTAssertEqual(wire.handshake(), .inProgress)
        // A record of HelloRequest messages (RFC 5246 section 7.4.1.1).
        let record = [0x16, 3, 3, 0x40, 0] + [UInt8](repeating: 0, count: 0x4000)
        try peer.write(Array([[UInt8]](repeating: record, count: 8).joined()))
        XCTAssertEqual(wire.handshake(), .inProgress)
        var set = PollSet()
        wire.preparePoll(&set)
        set.wait(timeout: 0)
        XCTAssertTrue(wire.isReadable(set), "all was read at once")
        wire.close()
    }

    /// Item 114: a server that asks for a new handshake gets an alert (RFC 9113 section 9.2.1).
    func testItem114NoRenegotiation() throws {
        let (wire, peer, tls, server) = try securePair(isVersion12: true)
        defer { server.stop() }
        try peer.write(tls.messages(.helloRequest, count: 1))
        var buffer = [UInt8](repeating: 0, count: 1024)
        XCTAssertEqual(wire.read(into: &buffer), .wouldBlock)
        XCTAssertEqual(wire.write { [] }, .done)
        XCTAssertEqual(try peer.readSome().first, 0x15)
        wire.close()
    }

    /// Items 101 and 129: a server that makes TLS answer and does not read the answers fills no memory.
    func testItem101AnswersOfTLSThatThePeerDoesNotRead() throws {
        let (wire, peer, tls, server) = try securePair(isVersion12: true)
        defer { server.stop() }
        var buffer = [UInt8](repeating: 0, count: 1024)
        for _ in 0..<40 {
            let flood = try tls.messages(.helloRequest, count: 4_000)
            try peer.write(flood)
            var reading = Wire.Reading.wouldBlock
            for _ in 0...flood.count / (64 << 10) where reading == .wouldBlock { reading = wire.read(into: &buffer) }
            _ = wire.write { [] }
            guard case .failed(let kind, let cause) = reading else { continue }
            XCTAssertEqual(kind, .tls)
            XCTAssertEqual(cause, "the server asks for answers of TLS that it does not read")
            return wire.close()
        }
        XCTFail("nothing ends it")
    }
}
