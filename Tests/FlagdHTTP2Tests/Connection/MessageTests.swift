import XCTest

import FlagdHTTP2

/// Items 55 to 65: headers and well-formed messages.
final class MessageTests: XCTestCase {
    private let id = HTTP2StreamID(1)

    /// Asserts that a response is never delivered, resets its stream and leaves the connection alone.
    private func assertMalformed(
        _ violation: MessageViolation, file: StaticString = #filePath, line: UInt = #line,
        _ frames: (Session) -> [[UInt8]]
    ) {
        let session = Session()
        session.open()
        session.open()
        _ = session.sent()
        for frame in frames(session) { session.feed(frame) }
        let delivered = session.events.filter { event in
            switch event {
            case .headers(_, let fields, _): fields != Session.response
            case .data, .trailers: true
            default: false
            }
        }
        XCTAssertEqual(delivered, [], file: file, line: line)
        XCTAssertEqual(
            session.events.last, .streamReset(id, .malformedResponse(violation)), file: file, line: line)
        XCTAssertEqual(session.sent().last, .reset(1, .protocolError), file: file, line: line)
        let next = session.feed(session.headers(Session.response, stream: 3))
        XCTAssertEqual(
            next, [.headers(HTTP2StreamID(3), Session.response, endStream: false)], file: file, line: line)
        session.assertAlive(file: file, line: line)
    }

    func testItem55InterimResponses() {
        let session = Session()
        session.open()
        for (status, extra) in [("100", "a"), ("103", "link"), ("103", "link"), ("199", "z")] {
            XCTAssertEqual(session.feed(session.headers(fields((":status", status), (extra, "x")))), [])
        }
        XCTAssertEqual(
            session.feed(session.headers(Session.response)), [.headers(id, Session.response, endStream: false)])
    }

    func testItem55InterimResponseThatEnds() {
        assertMalformed(.informationalEndsStream) { [$0.headers(fields((":status", "100")), end: true)] }
    }

    func testItem55TooManyInterimResponses() {
        assertMalformed(.tooManyInformationalResponses) { session in
            (0..<17).map { _ in session.headers(fields((":status", "103"))) }
        }
    }

    func testItem56StatusAndPseudoFields() {
        assertMalformed(.missingStatus) { [$0.headers(fields(("a", "b")))] }
        assertMalformed(.missingStatus) { [$0.headers([])] }
        assertMalformed(.invalidStatus) { [$0.headers(fields((":status", "20x")))] }
        assertMalformed(.switchingProtocols) { [$0.headers(fields((":status", "101")))] }
        assertMalformed(.duplicatePseudoField) { [$0.headers(fields((":status", "200"), (":status", "200")))] }
        assertMalformed(.latePseudoField) { [$0.headers(fields(("a", "b"), (":status", "200")))] }
        assertMalformed(.unexpectedPseudoField) { [$0.headers(fields((":status", "200"), (":path", "/")))] }
        assertMalformed(.pseudoFieldInTrailers) { session in
            [session.headers(Session.response), session.headers(fields((":status", "200")), end: true)]
        }
    }

    func testItem57NamesAndValues() {
        for name in ["", "A", "a b", "a\u{0}", "a\u{e9}", "a:b", "a\n"] {
            assertMalformed(.invalidFieldName) { [$0.headers(fields((":status", "200"), (name, "x")))] }
        }
        for value in ["a\nb", "a\rb", "\u{0}", " a", "a ", "\ta"] {
            assertMalformed(.invalidFieldValue) { [$0.headers(fields((":status", "200"), ("a", value)))] }
        }
        assertMalformed(.invalidFieldValue) { session in
            [session.headers(Session.response), session.headers(fields(("a", "\r\n")), end: true)]
        }
    }

    func testItem58ConnectionSpecificFields() {
        for name in ["connection", "transfer-encoding", "keep-alive", "upgrade", "proxy-connection"] {
            assertMalformed(.connectionSpecificField) { [$0.headers(fields((":status", "200"), (name, "x")))] }
        }
    }

    /// Each in turn on one connection, which outlives them all; what follows a malformed response on its stream is dropped too.
    func testItem59MalformedResponsesLeaveTheConnection() {
        let session = Session()
        let malformed: [[HeaderField]] = [
            fields(("a", "b")), fields((":status", "2000")), fields((":status", "200"), ("A", "b")),
            fields((":status", "200"), ("connection", "close")), fields((":status", "200"), ("a", "b\r\nc: d")),
        ]
        for response in malformed {
            let id = session.open()
            let events = session.feed(
                session.headers(response, stream: id.rawValue), ServerFrames.data("body", stream: id.rawValue),
                session.headers(Session.trailers, stream: id.rawValue, end: true))
            guard case .streamReset(id, .malformedResponse)? = events.first, events.count == 1 else {
                return XCTFail("\(response): \(events)")
            }
            XCTAssertTrue(session.sent().contains(.reset(id.rawValue, .protocolError)))
        }
        let id = session.open()
        XCTAssertEqual(
            session.feed(session.headers(Session.response, stream: id.rawValue)),
            [.headers(id, Session.response, endStream: false)])
        session.assertAlive()
    }

    func testItem60SecondHeadersWithoutEnd() {
        assertMalformed(.trailersWithoutEnd) { session in
            [session.headers(Session.response), session.headers(Session.trailers)]
        }
    }

    func testItem61ContentLength() {
        let five = Session.response + fields(("content-length", "5"))
        let session = Session()
        session.open()
        session.feed(session.headers(five), ServerFrames.data("12345", stream: 1, end: true))
        XCTAssertEqual(session.events.last, .data(id, Array("12345".utf8), endStream: true))
        let bodies: [[(String, Bool)]] = [[("1234", true)], [("123456", false)], [("123", false), ("456", false)]]
        for body in bodies {
            let session = Session()
            session.open()
            session.feed(session.headers(five))
            for (text, end) in body { session.feed(ServerFrames.data(text, stream: 1, end: end)) }
            XCTAssertEqual(session.events.last, .streamReset(id, .malformedResponse(.contentLengthMismatch)))
            session.assertAlive()
        }
        assertMalformed(.contentLengthMismatch) { session in
            [session.headers(Session.response + fields(("content-length", "5")), end: true)]
        }
    }

    func testItem61ContentLengthOfAHeadRequest() {
        let session = Session()
        let head = fields((":method", "HEAD"), (":scheme", "http"), (":path", "/"))
        XCTAssertEqual(session.connection.openStream(headers: head, endStream: true), .opened(id))
        let response = Session.response + fields(("content-length", "5"))
        XCTAssertEqual(session.feed(session.headers(response, end: true)), [.headers(id, response, endStream: true)])
    }

    func testDataBeforeHeaders() {
        assertMalformed(.dataBeforeHeaders) { _ in [ServerFrames.data("x", stream: 1)] }
        assertMalformed(.dataBeforeHeaders) { _ in [ServerFrames.data("", stream: 1, end: true)] }
    }

    func testItem62LegalOddities() {
        let session = Session()
        session.open()
        let odd = fields(
            (":status", "200"), ("a", ""), ("a", ""), ("a", "1"), ("tab", "x\ty"), ("x-bin", "AAECAw"),
            ("unknown-field", "\u{1}\u{7f}"), ("utf8", "\u{e9}"))
        XCTAssertEqual(session.feed(session.headers(odd)), [.headers(id, odd, endStream: false)])
        // Bytes that are not UTF-8.
        let trailers = ServerFrames.headers(block: hex("00 0161 02e9fe"), stream: 1, end: true)
        XCTAssertEqual(session.feed(trailers), [.trailers(id, fields(("a", "\u{fffd}\u{fffd}")))])
    }

    func testItem63EightKilobytesAreAccepted() {
        let session = Session()
        session.open()
        let large = Session.response + fields(("x", String(repeating: "v", count: 8192)))
        XCTAssertEqual(session.feed(session.headers(large)), [.headers(id, large, endStream: false)])
    }

    func testItem63AboveTheSoftLimitTheStreamFails() {
        let session = Session()
        session.open()
        session.open()
        let values = (0..<5).map { HeaderField("x\($0)", String(repeating: "a", count: 4000)) }
        XCTAssertEqual(
            session.feed(session.headers(Session.response + values)),
            [.streamReset(id, .headerListTooLarge(limit: 16 << 10))])
        XCTAssertEqual(session.sent().last, .reset(1, .protocolError))
        // The same as trailers.
        session.feed(session.headers(Session.response, stream: 3))
        session.feed(session.headers(values, stream: 3, end: true))
        XCTAssertEqual(session.events.last, .streamReset(HTTP2StreamID(3), .headerListTooLarge(limit: 16 << 10)))
        session.assertAlive()
    }

    func testItem63FarAboveTheConnectionIsDropped() {
        let session = Session()
        session.open()
        let values = (0..<17).map { HeaderField("x\($0)", String(repeating: "\\", count: 3900)) }
        let block = session.block(Session.response + values)
        let cuts = stride(from: 0, to: block.count, by: 16_000).map { Array(block[$0..<min(block.count, $0 + 16_000)]) }
        session.feed(ServerFrames.headers(block: cuts[0], stream: 1, endHeaders: false))
        for cut in cuts.dropFirst() { session.feed(ServerFrames.continuation(cut, stream: 1, endHeaders: false)) }
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem64RequestOnTheWire() {
        let session = Session()
        let id = session.open(end: false)
        session.connection.send([1, 2], on: id, endStream: false)
        session.connection.send([3], on: id, endStream: true)
        XCTAssertEqual(
            session.sent(),
            [.headers(1, Session.request, end: false), .data(1, [1, 2], end: false), .data(1, [3], end: true)])
    }

    func testItem65RequestThatMayNotBeSent() {
        let session = Session()
        let bad = Session.request + fields(("flagd-selector", "a\r\nx: y"))
        XCTAssertEqual(
            session.connection.openStream(headers: bad, endStream: true),
            .unavailable(.invalidRequest(.invalidFieldValue)))
        XCTAssertFalse(session.connection.hasOutput)
        XCTAssertEqual(session.open().rawValue, 1, "no number was used")
    }

    func testRequestAboveThePeersHeaderListSize() {
        let session = Session()
        session.feed(ServerFrames.settings((6, 250)))
        _ = session.sent()
        session.open()
        let large = Session.request + fields(("x", String(repeating: "v", count: 100)))
        XCTAssertEqual(
            session.connection.openStream(headers: large, endStream: true),
            .unavailable(.headerListTooLarge(limit: 250)))
    }

    func testRequestHeadersLargerThanAFrame() {
        let session = Session()
        let large = Session.request + [HeaderField("x", String(repeating: "\\", count: 40_000))]
        XCTAssertEqual(session.connection.openStream(headers: large, endStream: true), .opened(id))
        XCTAssertEqual(session.sent(), [.headers(1, large, end: true)])
    }
}
