import XCTest

import FlagdHTTP2

/// Items 46 to 54: GOAWAY, PING, RST_STREAM; and the ends of a connection.
final class GoAwayAndPingTests: XCTestCase {
    private func id(_ number: UInt32) -> HTTP2StreamID { HTTP2StreamID(number) }

    func testItem46StreamsAboveTheLastIDAreRetryable() {
        let session = Session()
        for _ in 0..<3 { session.open() }
        _ = session.sent()
        XCTAssertEqual(
            session.feed(ServerFrames.goAway(1)),
            [
                .goAway(lastStreamID: id(1), code: .noError, debugData: ""),
                .streamReset(id(3), .notProcessed(.noError)), .streamReset(id(5), .notProcessed(.noError)),
            ])
        XCTAssertTrue(HTTP2StreamFailure.notProcessed(.noError).isSafeToRetry)
        XCTAssertTrue(session.connection.isDraining)
        XCTAssertFalse(session.connection.isClosed)
        XCTAssertEqual(
            session.connection.openStream(headers: Session.request, endStream: true), .unavailable(.draining))
        XCTAssertEqual(
            session.feed(session.headers(Session.response), ServerFrames.data("x", stream: 1)),
            [.headers(id(1), Session.response, endStream: false), .data(id(1), Array("x".utf8), endStream: false)])
    }

    func testItem46QueuedRequestsAreRetryable() {
        let session = Session()
        session.feed(ServerFrames.settings((3, 1)))
        session.open()
        let queued = session.open()
        session.feed(ServerFrames.goAway(0x7fff_ffff))
        XCTAssertEqual(session.events.last, .streamReset(queued, .notProcessed(.noError)))
        XCTAssertEqual(session.connection.openStreamCount, 1)
    }

    func testItem47TwoStepGoAway() {
        let session = Session()
        for _ in 0..<2 { session.open() }
        XCTAssertEqual(
            session.feed(ServerFrames.goAway(0x7fff_ffff)),
            [.goAway(lastStreamID: id(0x7fff_ffff), code: .noError, debugData: "")])
        XCTAssertEqual(
            session.feed(ServerFrames.goAway(1)),
            [
                .goAway(lastStreamID: id(1), code: .noError, debugData: ""),
                .streamReset(id(3), .notProcessed(.noError)),
            ])
        session.feed(session.headers(Session.response), session.headers(Session.trailers, end: true))
        XCTAssertEqual(session.events.last, .finished)
    }

    func testItem47RepeatedAndIncreasingIDs() {
        let session = Session()
        for _ in 0..<2 { session.open() }
        for last in [5, 3, 3, 0x7fff_ffff, 4] as [UInt32] {
            session.feed(ServerFrames.goAway(last, UInt32.max))
            XCTAssertEqual(session.connection.openStreamCount, 2)
        }
        XCTAssertEqual(
            session.events.last,
            .goAway(lastStreamID: id(3), code: HTTP2ErrorCode(.max), debugData: ""), "the lowest id counts")
        session.feed(ServerFrames.goAway(0))
        XCTAssertEqual(session.events.last, .finished)
    }

    func testItem48DrainedConnectionIsClosedByUs() {
        let session = Session()
        session.open()
        session.feed(ServerFrames.goAway(1))
        _ = session.sent()
        session.feed(session.headers(Session.response))
        XCTAssertFalse(session.connection.isClosed)
        session.feed(session.headers(Session.trailers, end: true))
        XCTAssertEqual(session.events.suffix(2), [.trailers(id(1), Session.trailers), .finished])
        XCTAssertEqual(session.sent(), [.goAway(.noError)])
        session.connection.receivedEndOfFile()
        XCTAssertEqual(session.drain(), [])
    }

    func testItem48OwnResetOfTheLastStreamDrains() {
        let session = Session()
        let stream = session.open()
        session.feed(ServerFrames.goAway(1))
        _ = session.sent()
        session.connection.reset(stream, code: .cancel)
        XCTAssertEqual(session.drain(), [.finished])
        XCTAssertEqual(session.sent(), [.reset(1, .cancel), .goAway(.noError)])
    }

    func testItem49GoAwayBeforeAnyRequest() {
        let session = Session()
        XCTAssertEqual(
            session.feed(ServerFrames.goAway(0)),
            [.goAway(lastStreamID: .connection, code: .noError, debugData: ""), .finished])
        XCTAssertEqual(
            session.connection.openStream(headers: Session.request, endStream: true), .unavailable(.closed))
    }

    func testItem50DebugDataIsBoundedAndEscaped() {
        let session = Session()
        session.open()
        let debug = [0, 0x0a, 0x1b] + Array("too_many_pings".utf8) + [UInt8](repeating: 0xff, count: 16_300)
        session.feed(ServerFrames.goAway(1, 11, debug: debug))
        guard case .goAway(_, .enhanceYourCalm, let text)? = session.events.last else { return XCTFail("no event") }
        XCTAssertTrue(text.hasPrefix("\\x00\\x0a\\x1btoo_many_pings\\xff"))
        XCTAssertTrue(text.hasSuffix("…"))
        XCTAssertLessThanOrEqual(text.utf8.count, 4 * 256 + 3)
    }

    func testItem51PingIsAnsweredBeforeOtherOutput() {
        let session = Session()
        session.connection.send([1, 2, 3], on: session.open(end: false), endStream: true)
        session.feed(ServerFrames.ping(.max), ServerFrames.settings(), ServerFrames.ping(0x0102_0304_0506_0708))
        XCTAssertEqual(
            session.sent(),
            [
                .pong(.max), .pong(0x0102_0304_0506_0708), .headers(1, Session.request, end: false),
                .settingsAcknowledgement, .data(1, [1, 2, 3], end: true),
            ])
    }

    func testItem52UnsolicitedPong() {
        let session = Session()
        XCTAssertEqual(session.feed(ServerFrames.ping(1, isAcknowledgement: true)), [])
        session.connection.ping(2)
        XCTAssertEqual(session.sent(), [.ping(2)])
        XCTAssertEqual(session.feed(ServerFrames.ping(1, isAcknowledgement: true)), [])
        XCTAssertEqual(session.feed(ServerFrames.ping(2, isAcknowledgement: true)), [.pong(2)])
        XCTAssertEqual(session.feed(ServerFrames.ping(2, isAcknowledgement: true)), [])
        XCTAssertEqual(session.sent(), [])
    }

    func testUnansweredPingsAreBounded() {
        let session = Session()
        for opaque in 0..<17 { session.connection.ping(UInt64(opaque)) }
        XCTAssertEqual(session.feed(ServerFrames.ping(0, isAcknowledgement: true)), [], "the oldest is forgotten")
        XCTAssertEqual(session.feed(ServerFrames.ping(1, isAcknowledgement: true)), [.pong(1)])
        XCTAssertEqual(session.feed(ServerFrames.ping(16, isAcknowledgement: true)), [.pong(16)])
    }

    func testItem53RefusedStreamIsRetryable() {
        let session = Session()
        let stream = session.open()
        let failure = HTTP2StreamFailure.resetByPeer(.refusedStream)
        XCTAssertEqual(session.feed(ServerFrames.reset(7, stream: 1)), [.streamReset(stream, failure)])
        XCTAssertTrue(failure.isSafeToRetry)
        for code in [0, 1, 2, 8, 11, 99] as [UInt32] {
            XCTAssertFalse(HTTP2StreamFailure.resetByPeer(HTTP2ErrorCode(code)).isSafeToRetry)
        }
    }

    func testItem54CancelSendsReset() {
        let session = Session()
        let stream = session.open(end: false)
        session.connection.send([UInt8](repeating: 1, count: 100_000), on: stream, endStream: true)
        _ = session.sent(upTo: 1)
        session.connection.receive(session.headers(Session.response) + ServerFrames.data("x", stream: 1), now: 0)
        session.connection.reset(stream, code: .cancel)
        XCTAssertEqual(session.drain(), [], "not even events that were waiting")
        XCTAssertEqual(session.sent(), [.reset(1, .cancel)], "the rest of the request is dropped")
        session.connection.reset(stream, code: .cancel)
        XCTAssertEqual(session.sent(), [])
    }

    func testItem54CancelBeforeTheHeadersWereWritten() {
        let session = Session()
        session.connection.reset(session.open(), code: .cancel)
        XCTAssertEqual(session.sent(), [.headers(1, Session.request, end: true), .reset(1, .cancel)])
    }

    // MARK: Other ends

    func testResponseThatEndsBeforeTheRequest() {
        let session = Session()
        let stream = session.open(end: false)
        session.connection.send([1], on: stream, endStream: false)
        _ = session.sent()
        session.feed(session.headers(Session.trailersOnly, end: true))
        XCTAssertEqual(session.sent(), [.reset(1, .noError)])
        XCTAssertEqual(session.events.last, .headers(stream, Session.trailersOnly, endStream: true))
        XCTAssertEqual(session.connection.openStreamCount, 0)
        session.connection.send([2], on: stream, endStream: true)
        XCTAssertFalse(session.connection.hasOutput)
        session.feed(ServerFrames.data("late", stream: 1))
        XCTAssertFalse(session.connection.hasOutput, "it was reset already")
    }

    func testCloseEndsEachStream() {
        let session = Session()
        let first = session.open()
        let second = session.open()
        _ = session.sent()
        session.connection.close()
        XCTAssertEqual(
            session.drain(),
            [.streamReset(first, .connectionClosed), .streamReset(second, .connectionClosed), .finished])
        XCTAssertEqual(session.connection.openStreamCount, 0)
        XCTAssertEqual(session.connection.queuedStreamCount, 0)
        XCTAssertEqual(session.sent(), [.goAway(.noError)])
        session.connection.close()
        XCTAssertEqual(session.drain(), [])
        XCTAssertEqual(session.feed(ServerFrames.ping(1)), [])
        XCTAssertFalse(session.connection.hasOutput)
    }

    func testCloseBeforeAnyByteStillSendsThePrefaceFirst() {
        let session = Session(started: false)
        session.connection.close(code: .internalError)
        let sent = session.sent()
        XCTAssertEqual(sent.first, .preface)
        XCTAssertEqual(sent.last, .goAway(.internalError))
    }

    func testItem107EndOfFileAtEachPlace() {
        let places: [(String, (Session) -> Void)] = [
            ("idle", { _ in }),
            ("inside a frame", { $0.feed(Array(ServerFrames.ping(1).prefix(10))) }),
            (
                "inside a header block",
                { $0.feed(ServerFrames.headers(block: hex("88"), stream: 1, endHeaders: false)) }
            ),
            ("inside a message", { $0.feed($0.headers(Session.response), ServerFrames.data("x", stream: 1)) }),
            ("after GOAWAY", { $0.feed(ServerFrames.goAway(1)) }),
        ]
        for (name, arrange) in places {
            let session = Session()
            let stream = session.open()
            arrange(session)
            session.connection.receivedEndOfFile()
            let events = session.drain()
            guard case .connectionFailed(let failure)? = events.last else { return XCTFail(name) }
            XCTAssertEqual(failure.kind, .endOfFile, name)
            XCTAssertEqual(events.first, .streamReset(stream, .connectionFailed(failure)), name)
            XCTAssertEqual(events.count, 2, name)
            XCTAssertFalse(session.connection.hasOutput, name)
            XCTAssertEqual(failure.message.contains("inside a frame"), name == "inside a frame")
        }
    }
}
