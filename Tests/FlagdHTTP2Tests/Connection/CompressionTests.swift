import XCTest

import FlagdHTTP2

/// Items 66 to 75 as the connection sees them.
final class CompressionTests: XCTestCase {
    private let malformedBlocks = [
        "80", "be", "ff80ffffff7f", "40 7f80ffffff0f", "40 81ff 0161", "40 0161 84ffffffff", "88 20", "3fe21f",
        "3fffffffffff7f", "40 05", "40",
    ]

    func testItem73DecodeErrorInHeaders() {
        for block in malformedBlocks {
            let session = Session()
            session.open()
            session.feed(ServerFrames.headers(block: hex(block), stream: 1))
            session.assertFailed(.compressionError, .protocolViolation, block)
        }
    }

    func testItem73DecodeErrorInTrailers() {
        for block in malformedBlocks {
            let session = Session()
            session.open()
            session.feed(session.headers(Session.response))
            // Empties the table, so that no index is valid by chance.
            session.feed(ServerFrames.headers(block: hex("20") + hex(block), stream: 1, end: true))
            session.assertFailed(.compressionError, .protocolViolation, block)
        }
    }

    func testItem73DecodeErrorOnACancelledStream() {
        for block in malformedBlocks {
            let session = Session()
            session.connection.reset(session.open(), code: .cancel)
            session.feed(ServerFrames.headers(block: hex(block), stream: 1))
            session.assertFailed(.compressionError, .protocolViolation, block)
        }
    }

    func testItem73DecodeErrorAcrossContinuations() {
        let session = Session()
        session.open()
        session.feed(
            ServerFrames.headers(block: hex("40"), stream: 1, endHeaders: false),
            ServerFrames.continuation(hex("05"), stream: 1, endHeaders: true))
        session.assertFailed(.compressionError)
    }

    func testItem74MalformedResponseKeepsTheTablesInStep() {
        let session = Session()
        session.open()
        session.open()
        let poisoned = Session.response + fields(("grpc-status", "abc"), ("BAD", "x"), ("x-good", "value"))
        session.feed(session.headers(poisoned))
        XCTAssertEqual(
            session.events, [.streamReset(HTTP2StreamID(1), .malformedResponse(.invalidFieldName))])
        let next = Session.response + fields(("x-good", "value"), ("grpc-status", "abc"))
        let block = session.block(next)
        XCTAssertLessThanOrEqual(block.count, 6, "references only")
        XCTAssertEqual(
            session.feed(ServerFrames.headers(block: block, stream: 3)),
            [.headers(HTTP2StreamID(3), next, endStream: false)])
    }

    func testItem74TooLargeListKeepsTheTablesInStep() {
        let session = Session()
        session.open()
        session.open()
        let large = (0..<12).map { HeaderField("x\($0)", String(repeating: "a", count: 1500)) }
        session.feed(session.headers(Session.response + large))
        XCTAssertEqual(
            session.events, [.streamReset(HTTP2StreamID(1), .headerListTooLarge(limit: 16 << 10))])
        let next = Session.response + [large[11]]
        XCTAssertEqual(
            session.feed(session.headers(next, stream: 3)), [.headers(HTTP2StreamID(3), next, endStream: false)])
    }

    func testItem75SensitiveMetadataOnTheWire() {
        let session = Session()
        let secret = HeaderField("authorization", "Bearer token", isSensitive: true)
        for id in [1, 3] as [UInt32] {
            _ = session.connection.openStream(headers: Session.request + [secret], endStream: true)
            let sent = session.sent()
            XCTAssertEqual(sent, [.headers(id, Session.request + [secret], end: true)])
        }
    }
}
