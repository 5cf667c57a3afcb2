import XCTest

import FlagdHTTP2

/// Items 16 to 36: frames, streams, state machine.
final class FrameSequenceTests: XCTestCase {
    private func session(open count: Int = 1) -> Session {
        let session = Session()
        for _ in 0..<count { session.open() }
        _ = session.sent()
        return session
    }

    func testItem16UnknownFrameTypes() {
        let session = session()
        for type in UInt8(0x0a)...0xff {
            for stream in [0, 1, 2, 99] as [UInt32] {
                session.feed(ServerFrames.raw(type, flags: 0xff, stream: stream, [1, 2, 3]))
            }
        }
        XCTAssertEqual(session.events, [])
        session.assertAlive()
    }

    func testItem17ReservedBitsAndUndefinedFlags() {
        let session = session()
        session.feed(ServerFrames.raw(8, flags: 0xff, hex("80000001")))
        session.feed(ServerFrames.raw(6, flags: 0xfe, hex("0000000000000009")))
        XCTAssertEqual(session.sent(), [.pong(9)])
        session.feed(hex("000000 00 08 80000063"))
        session.assertFailed(.protocolError)
    }

    func testItem18OversizedFrameIsRejectedOnItsHeader() {
        for type in [0, 1, 4, 6, 9, 0x77] as [UInt8] {
            let session = session()
            session.feed(ServerFrames.raw(type, stream: [4, 6].contains(type) ? 0 : 1, length: 16_385))
            session.assertFailed(.frameSizeError)
        }
    }

    func testItem18LargestFrameIsAccepted() {
        let session = session()
        let bytes = [UInt8](repeating: 1, count: 16_384)
        session.feed(session.headers(Session.response), ServerFrames.data(bytes, stream: 1))
        XCTAssertEqual(session.events.last, .data(HTTP2StreamID(1), bytes, endStream: false))
    }

    func testItem19WrongFixedSizes() {
        let frames = [
            ServerFrames.raw(6, [1]), ServerFrames.raw(3, stream: 1, [1]), ServerFrames.raw(8, [1]),
            ServerFrames.raw(7, [1]), ServerFrames.raw(2, stream: 1, [1]),
        ]
        for frame in frames {
            let session = session()
            session.feed(frame)
            session.assertFailed(.frameSizeError)
        }
    }

    func testItem20WrongStreams() {
        let frames = [
            ServerFrames.data("x", stream: 0), ServerFrames.headers(block: hex("88"), stream: 0),
            ServerFrames.reset(0, stream: 0), ServerFrames.continuation([], stream: 0, endHeaders: true),
            ServerFrames.raw(5, [0, 0, 0, 2]), ServerFrames.raw(6, stream: 1, hex("0000000000000000")),
            ServerFrames.raw(7, stream: 1, hex("0000000000000000")), ServerFrames.raw(2, hex("0000000000")),
        ]
        for frame in frames {
            let session = session()
            session.feed(frame)
            session.assertFailed(.protocolError)
        }
    }

    func testItem21PaddedFrames() {
        let session = session()
        let block = session.block(Session.response)
        let headers = ServerFrames.raw(1, flags: 0xc, stream: 1, [255] + block + [UInt8](repeating: 0, count: 255))
        XCTAssertEqual(session.feed(headers), [.headers(HTTP2StreamID(1), Session.response, endStream: false)])
        XCTAssertEqual(
            session.feed(ServerFrames.paddedData([1, 2], padding: 255, stream: 1)),
            [.data(HTTP2StreamID(1), [1, 2], endStream: false)])
        XCTAssertEqual(session.feed(ServerFrames.paddedData([], padding: 255, stream: 1)), [])
        XCTAssertEqual(
            session.feed(ServerFrames.paddedData([], padding: 0, stream: 1, end: true)),
            [.data(HTTP2StreamID(1), [], endStream: true)])
        session.assertAlive()
    }

    func testItem21PaddingBeyondTheFrame() {
        let session = session()
        session.feed(session.headers(Session.response), ServerFrames.raw(0, flags: 8, stream: 1, [4, 1, 2, 3]))
        session.assertFailed(.protocolError)
    }

    func testItem22PriorityIsIgnoredOnEachState() {
        let session = session(open: 2)
        session.feed(session.headers(Session.trailersOnly, end: true))
        for stream in [1, 2, 3, 4, 99] as [UInt32] {
            session.feed(ServerFrames.raw(2, stream: stream, hex("80000001ff")))
        }
        let block = session.block(Session.response)
        session.feed(ServerFrames.raw(1, flags: 0x24, stream: 3, hex("0000000310") + block))
        XCTAssertEqual(session.events.last, .headers(HTTP2StreamID(3), Session.response, endStream: false))
        session.assertAlive()
    }

    func testItem23StreamNumbersAreOddAndRise() {
        let session = Session()
        let ids = (0..<5).map { _ in session.open().rawValue }
        XCTAssertEqual(ids, [1, 3, 5, 7, 9])
        session.connection.reset(HTTP2StreamID(9), code: .cancel)
        XCTAssertEqual(session.open().rawValue, 11)
    }

    func testItem23ExhaustedNumbers() {
        let session = Session(firstStreamID: 0x7fff_fffd)
        XCTAssertEqual(session.open().rawValue, 0x7fff_fffd)
        XCTAssertFalse(session.connection.isDraining)
        XCTAssertEqual(session.open().rawValue, 0x7fff_ffff)
        XCTAssertTrue(session.connection.isDraining)
        XCTAssertEqual(
            session.connection.openStream(headers: Session.request, endStream: true), .unavailable(.exhausted))
        _ = session.sent()
        session.feed(session.headers(Session.trailersOnly, stream: 0x7fff_fffd, end: true))
        XCTAssertFalse(session.connection.isClosed)
        session.feed(session.headers(Session.trailersOnly, stream: 0x7fff_ffff, end: true))
        XCTAssertEqual(session.events.last, .finished, "the last stream of the connection has ended")
        XCTAssertEqual(session.sent(), [.goAway(.noError)])
    }

    func testItem24FramesOnIdleStreams() {
        let frames: [(UInt32) -> [UInt8]] = [
            { ServerFrames.data("x", stream: $0) }, { ServerFrames.reset(8, stream: $0) },
            { ServerFrames.windowUpdate(1, stream: $0) }, { ServerFrames.headers(block: hex("88"), stream: $0) },
        ]
        for frame in frames {
            for stream in [2, 3, 4, 0x7fff_ffff] as [UInt32] {
                let session = session()
                session.feed(frame(stream))
                session.assertFailed(.protocolError)
            }
        }
    }

    /// A server's streams, which do not exist, are idle below the client's last one too.
    func testItem24EvenStreamBelowTheLastOne() {
        for frame in [ServerFrames.data("x", stream: 2), ServerFrames.reset(8, stream: 2)] {
            let session = session(open: 2)
            session.feed(frame)
            session.assertFailed(.protocolError)
        }
    }

    func testItem24QueuedStreamIsIdle() {
        let session = Session()
        session.feed(ServerFrames.settings((3, 0)))
        session.open()
        _ = session.sent()
        session.feed(ServerFrames.headers(block: hex("88"), stream: 1))
        session.assertFailed(.protocolError)
    }

    func testItem25PushPromise() {
        let session = session()
        session.feed(Array(ServerFrames.raw(5, flags: 4, stream: 1, [0, 0, 0, 2]).prefix(9)))
        session.assertFailed(.protocolError)
    }

    func testItem26ContinuationInterrupted() {
        let session = session(open: 2)
        let block = session.block(Session.response)
        let start = ServerFrames.headers(block: Array(block.prefix(1)), stream: 1, endHeaders: false)
        let intruders = [
            ServerFrames.ping(1), ServerFrames.settings(), ServerFrames.data("x", stream: 1), ServerFrames.raw(0x55),
            ServerFrames.raw(0x55, stream: 1), ServerFrames.windowUpdate(1), ServerFrames.goAway(0),
            ServerFrames.headers(block: [], stream: 1), ServerFrames.reset(8, stream: 1),
            ServerFrames.continuation([], stream: 3, endHeaders: true),
            ServerFrames.raw(2, stream: 1, hex("0000000000")),
        ]
        for intruder in intruders {
            let session = self.session(open: 2)
            session.feed(start, intruder)
            session.assertFailed(.protocolError)
        }
    }

    func testItem26ContinuationWithoutHeaders() {
        let session = session()
        session.feed(ServerFrames.continuation(hex("88"), stream: 1, endHeaders: true))
        session.assertFailed(.protocolError)
        let other = self.session()
        other.feed(other.headers(Session.response), ServerFrames.continuation([], stream: 1, endHeaders: true))
        other.assertFailed(.protocolError)
    }

    func testItem27HeaderBlockInFragments() {
        for pieces in 1...17 {
            let session = session()
            let block = session.block(Session.response + fields(("x", "0123456789")))
            let parts = (0..<pieces).map { piece in
                Array(block[(block.count * piece / pieces)..<(block.count * (piece + 1) / pieces)])
            }
            session.feed(ServerFrames.headers(block: parts[0], stream: 1, endHeaders: pieces == 1))
            for piece in 1..<max(1, pieces) {
                session.feed(ServerFrames.continuation(parts[piece], stream: 1, endHeaders: piece == pieces - 1))
            }
            XCTAssertEqual(
                session.events,
                [.headers(HTTP2StreamID(1), Session.response + fields(("x", "0123456789")), endStream: false)])
        }
    }

    func testItem27EmptyFragments() {
        let session = session()
        let block = session.block(Session.trailersOnly)
        session.feed(ServerFrames.raw(1, flags: 1, stream: 1))
        for fragment in [[], block, []] {
            session.feed(ServerFrames.continuation(fragment, stream: 1, endHeaders: false))
        }
        XCTAssertEqual(session.events, [])
        session.feed(ServerFrames.continuation([], stream: 1, endHeaders: true))
        XCTAssertEqual(session.events, [.headers(HTTP2StreamID(1), Session.trailersOnly, endStream: true)])
    }

    func testItem28LateFramesBehindOurReset() {
        let session = session(open: 2)
        session.connection.reset(HTTP2StreamID(1), code: .cancel)
        XCTAssertEqual(session.sent(), [.reset(1, .cancel)])
        session.feed(session.headers(Session.response + fields(("x-new", "entry"))))
        for _ in 0..<100 { session.feed(ServerFrames.data([UInt8](repeating: 0, count: 16_384), stream: 1)) }
        session.feed(session.headers(Session.trailers, end: true))
        XCTAssertEqual(session.events, [])
        let credit = session.sent().map { frame in
            if case .windowUpdate(0, let increment) = frame { increment } else { -1 }
        }
        XCTAssertFalse(credit.contains(-1), "nothing but credit for the connection")
        XCTAssertGreaterThanOrEqual(credit.reduce(0, +), 1_000_000)
        // The block of the ended stream filled the table that this one refers to.
        let again = Session.response + fields(("x-new", "entry"))
        XCTAssertEqual(
            session.feed(session.headers(again, stream: 3)), [.headers(HTTP2StreamID(3), again, endStream: false)])
        session.assertAlive()
    }

    func testItem29ControlFramesOnAJustClosedStream() {
        let session = session(open: 2)
        session.feed(session.headers(Session.trailersOnly, end: true))
        let count = session.events.count
        session.feed(
            ServerFrames.windowUpdate(1, stream: 1), ServerFrames.windowUpdate(0, stream: 1),
            ServerFrames.reset(8, stream: 1), ServerFrames.reset(0, stream: 1),
            ServerFrames.raw(2, stream: 1, hex("0000000000")))
        XCTAssertEqual(session.events.count, count)
        XCTAssertEqual(session.sent(), [])
        session.assertAlive()
    }

    func testItem30FramesBehindTheEnd() {
        for late in [ServerFrames.data("x", stream: 1), ServerFrames.headers(block: hex("88"), stream: 1)] {
            let session = session()
            session.feed(session.headers(Session.trailersOnly, end: true))
            let count = session.events.count
            session.feed(late, late)
            XCTAssertEqual(session.events.count, count, "nothing is delivered")
            XCTAssertEqual(session.sent(), [.reset(1, .streamClosed)])
            session.assertAlive()
        }
    }

    func testItem31ResetWithoutErrorBehindTrailers() {
        let session = session()
        session.feed(session.headers(Session.response), session.headers(Session.trailers, end: true))
        XCTAssertEqual(session.feed(ServerFrames.reset(0, stream: 1)), [])
        XCTAssertEqual(session.events.last, .trailers(HTTP2StreamID(1), Session.trailers))
    }

    func testItem31ResetWithoutErrorBeforeTrailersIsAFailure() {
        let session = session()
        session.feed(session.headers(Session.response))
        XCTAssertEqual(
            session.feed(ServerFrames.reset(0, stream: 1)), [.streamReset(HTTP2StreamID(1), .resetByPeer(.noError))])
    }

    func testItem32UnknownErrorCodes() {
        let session = session(open: 2)
        let code = HTTP2ErrorCode(0xdead_beef)
        XCTAssertEqual(
            session.feed(ServerFrames.reset(0xdead_beef, stream: 1)),
            [.streamReset(HTTP2StreamID(1), .resetByPeer(code))])
        XCTAssertEqual(
            session.feed(ServerFrames.goAway(3, 0xdead_beef)),
            [.goAway(lastStreamID: HTTP2StreamID(3), code: code, debugData: "")])
        session.assertAlive()
    }

    func testItem33ConcurrencyLimitQueues() {
        let session = Session()
        session.feed(ServerFrames.settings((3, 2)))
        _ = session.sent()
        for _ in 0..<2 {
            guard case .opened = session.connection.openStream(headers: Session.request, endStream: true) else {
                return XCTFail("within the limit")
            }
        }
        XCTAssertEqual(
            session.connection.openStream(headers: Session.request, endStream: false), .queued(HTTP2StreamID(5)))
        session.connection.send([1], on: HTTP2StreamID(5), endStream: true)
        XCTAssertEqual(session.connection.openStreamCount, 2)
        XCTAssertEqual(session.connection.queuedStreamCount, 1)
        XCTAssertEqual(session.sent().count, 2)
        XCTAssertFalse(session.connection.hasOutput)
        session.feed(session.headers(Session.trailersOnly, stream: 1, end: true))
        XCTAssertEqual(session.sent(), [.headers(5, Session.request, end: false), .data(5, [1], end: true)])
    }

    func testItem33LimitOfZero() {
        let session = Session()
        session.feed(ServerFrames.settings((3, 0)))
        _ = session.sent()
        XCTAssertEqual(
            session.connection.openStream(headers: Session.request, endStream: true), .queued(HTTP2StreamID(1)))
        XCTAssertEqual(
            session.connection.openStream(headers: Session.request, endStream: true), .queued(HTTP2StreamID(3)))
        XCTAssertFalse(session.connection.hasOutput)
        session.connection.reset(HTTP2StreamID(1), code: .cancel)
        XCTAssertFalse(session.connection.hasOutput, "a request that was never sent needs no RST_STREAM")
        session.feed(ServerFrames.settings((3, 10)))
        XCTAssertEqual(session.sent(), [.settingsAcknowledgement, .headers(3, Session.request, end: true)])
        // The number that was given up counts as closed.
        session.feed(ServerFrames.data("x", stream: 1))
        session.assertAlive()
    }

    func testItem33QueueIsBounded() {
        var configuration = HTTP2Configuration()
        configuration.maximumQueuedStreams = 2
        let session = Session(configuration)
        session.feed(ServerFrames.settings((3, 1)))
        for _ in 0..<3 { session.open() }
        XCTAssertEqual(
            session.connection.openStream(headers: Session.request, endStream: true), .unavailable(.queueFull))
        configuration.maximumQueuedStreams = 0
        let strict = Session(configuration)
        strict.feed(ServerFrames.settings((3, 1)))
        XCTAssertEqual(
            strict.connection.openStream(headers: Session.request, endStream: true), .opened(HTTP2StreamID(1)))
        XCTAssertEqual(
            strict.connection.openStream(headers: Session.request, endStream: true), .unavailable(.queueFull))
    }

    func testItem34NothingIsParsedBehindAFatalError() {
        let session = session()
        let bad = ServerFrames.settings((2, 1))
        let events = session.feed(bad + session.headers(Session.response) + ServerFrames.ping(1))
        XCTAssertEqual(events.count, 2, "the stream's end and the connection's")
        session.assertFailed(.protocolError)
    }

    func testItem35ConnectionErrorSendsGoAwayAtOnce() {
        let session = session(open: 2)
        session.feed(ServerFrames.ping(5), ServerFrames.windowUpdate(0))
        XCTAssertEqual(session.sent(), [.pong(5), .goAway(.protocolError)])
        guard case .connectionFailed(let failure)? = session.events.last else { return XCTFail("alive") }
        XCTAssertEqual(
            session.events.dropLast(),
            [
                .streamReset(HTTP2StreamID(1), .connectionFailed(failure)),
                .streamReset(HTTP2StreamID(3), .connectionFailed(failure)),
            ])
        XCTAssertEqual(
            session.connection.openStream(headers: Session.request, endStream: true), .unavailable(.closed))
        session.connection.receivedEndOfFile()
        session.connection.close()
        session.connection.ping(1)
        session.connection.consumed(5, on: HTTP2StreamID(1))
        session.connection.send([1], on: HTTP2StreamID(1), endStream: true)
        session.connection.reset(HTTP2StreamID(1), code: .cancel)
        XCTAssertEqual(session.drain(), [])
        XCTAssertFalse(session.connection.hasOutput)
    }
}

extension Session {
    /// A response of one header section, as gRPC sends errors.
    static let trailersOnly = fields((":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "5"))
}
