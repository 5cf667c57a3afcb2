import FlagdTestSupport
import XCTest

@testable import FlagdTransport

final class TLSSessionTests: XCTestCase {
    private func session(_ name: TLSServerName = .dns("flagd.test")) throws -> TLSSession {
        _ = try requireOrSkip(try? OpenSSLLibrary.load(path: nil), "OpenSSL (Debian package libssl3)")
        return try TLSSession(TLSConfiguration(), name: name)
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count else { return false }
        return (0...(bytes.count - part.count)).contains { bytes[$0..<$0 + part.count].elementsEqual(part) }
    }

    /// Items 110, 112 and 114: what the first message offers.
    func testItem110ClientHello() throws {
        let session = try session()
        XCTAssertFalse(session.hasOutput)
        XCTAssertEqual(session.handshake(), .wantsInput)
        XCTAssertTrue(session.hasOutput)
        let hello = session.takeOutput()
        XCTAssertFalse(session.hasOutput)
        XCTAssertEqual(hello.first, 0x16)
        // The extension's list of protocols: its length, and h2 alone.
        XCTAssertTrue(contains(hello, [0, 16, 0, 5, 0, 3, 2] + Array("h2".utf8)))
        XCTAssertTrue(contains(hello, Array("flagd.test".utf8)))
        // Supported versions: 1.3 and 1.2, no others (RFC 8446 section 4.2.1).
        XCTAssertTrue(contains(hello, [0, 43, 0, 5, 4, 3, 4, 3, 3]))
        XCTAssertEqual(try compressionMethods(hello), [0], "compression")
    }

    /// What stands behind the session identifier and the cipher suites of a ClientHello (RFC 5246 section 7.4.1.2).
    private func compressionMethods(_ hello: [UInt8]) throws -> [UInt8] {
        // Record and message headers, version, random.
        var rest = hello.dropFirst(5 + 4 + 2 + 32)
        rest = rest.dropFirst(1 + Int(try XCTUnwrap(rest.first)))
        let suites = rest.prefix(2).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(2 + suites)
        return Array(rest.dropFirst().prefix(Int(try XCTUnwrap(rest.first))))
    }

    func testItem112NoSNIForAddresses() throws {
        let session = try session(.address("127.0.0.1"))
        _ = session.handshake()
        let hello = session.takeOutput()
        XCTAssertFalse(contains(hello, Array("127.0.0.1".utf8)))
    }

    /// Item 116: plaintext is not taken before the handshake is over.
    func testItem116NoPlaintextBeforeTheHandshake() throws {
        let session = try session()
        _ = session.handshake()
        _ = session.takeOutput()
        let taken = Array("secret".utf8).withUnsafeBytes { session.write($0) }
        XCTAssertEqual(taken, .wantsInput)
        XCTAssertFalse(contains(session.takeOutput(), Array("secret".utf8)))
    }

    /// Item 117: garbage is an error with a cause, and the next session is not hurt by what it left in the error queue.
    func testItem117Garbage() throws {
        for bytes: [UInt8] in [
            [0x16, 3, 3, 0, 4, 9, 9, 9, 9], [0x15, 3, 3, 0, 2, 2, 40], Array("SSH-2.0-x\r\n".utf8),
        ] {
            let session = try session()
            _ = session.handshake()
            bytes.withUnsafeBytes { session.receive($0) }
            guard case .failed(let cause) = session.handshake() else { return XCTFail("\(bytes)") }
            XCTAssertFalse(cause.isEmpty)
            XCTAssertNotEqual(cause, "no reason given")
        }
        let next = try session()
        XCTAssertEqual(next.handshake(), .wantsInput)
    }

    func testMalformedNamesAreRefused() throws {
        for name in ["", "a\0b", String(repeating: "a", count: 300)] {
            XCTAssertThrowsError(try session(.dns(name)), name) { error in
                XCTAssertFalse((error as? TLSFailure)?.cause.isEmpty ?? true)
            }
        }
    }

    /// Closing before the handshake is over says nothing and does no harm.
    func testCloseBeforeTheHandshake() throws {
        let session = try session()
        session.close()
        XCTAssertFalse(session.hasOutput)
    }
}
