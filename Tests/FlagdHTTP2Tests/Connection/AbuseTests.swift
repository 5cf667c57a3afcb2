import XCTest

import FlagdHTTP2

/// Items 121 to 130: floods end the connection or cost constant memory.
final class AbuseTests: XCTestCase {
    private func session(_ configuration: HTTP2Configuration = HTTP2Configuration()) -> Session {
        let session = Session(configuration)
        session.open()
        _ = session.sent()
        return session
    }

    // MARK: Header blocks

    func testItem121ContinuationFlood() {
        let session = session()
        session.feed(ServerFrames.headers(block: [], stream: 1, endHeaders: false))
        for _ in 0..<16 { session.feed(ServerFrames.continuation([], stream: 1, endHeaders: false)) }
        XCTAssertFalse(session.connection.isClosed, "the limit itself is allowed")
        session.feed(Array(ServerFrames.continuation(hex("88"), stream: 1, endHeaders: false).prefix(9)))
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem121EachBlockHasItsOwnCount() {
        let session = session()
        for _ in 0..<4 {
            let interim = session.block(fields((":status", "103")))
            session.feed(ServerFrames.headers(block: interim, stream: 1, endHeaders: false))
            for place in 1...16 { session.feed(ServerFrames.continuation([], stream: 1, endHeaders: place == 16)) }
        }
        session.assertAlive()
    }

    func testItem121BlockBytes() {
        let session = session()
        let part = [UInt8](repeating: 0x88, count: 16_384)
        session.feed(ServerFrames.headers(block: part, stream: 1, endHeaders: false))
        for _ in 0..<3 { session.feed(ServerFrames.continuation(part, stream: 1, endHeaders: false)) }
        XCTAssertFalse(session.connection.isClosed)
        session.feed(Array(ServerFrames.continuation([0x88], stream: 1, endHeaders: true).prefix(9)))
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem121FloodOnACancelledStream() {
        let session = session()
        session.connection.reset(HTTP2StreamID(1), code: .cancel)
        session.feed(ServerFrames.headers(block: [], stream: 1, endHeaders: false))
        for _ in 0..<17 { session.feed(ServerFrames.continuation([], stream: 1, endHeaders: false)) }
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem122HPACKBomb() {
        let session = session()
        let entry = hex("40 0161 7fa11e") + [UInt8](repeating: 0x62, count: 4000)
        session.feed(ServerFrames.headers(block: hex("88") + entry + [0xbe, 0xbe], stream: 1))
        XCTAssertEqual(session.events.count, 1, "three copies are below the limit")
        session.feed(ServerFrames.headers(block: [UInt8](repeating: 0xbe, count: 10_000), stream: 1, end: true))
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem127EmptyNames() {
        let session = session()
        session.feed(ServerFrames.headers(block: (0..<600).flatMap { _ in hex("00 00 00") }, stream: 1))
        XCTAssertEqual(session.events, [.streamReset(HTTP2StreamID(1), .headerListTooLarge(limit: 16 << 10))])
        let other = self.session()
        other.feed(ServerFrames.headers(block: (0..<3000).flatMap { _ in hex("00 00 00") }, stream: 1))
        other.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    // MARK: Control frames

    func testItem123SettingsFloodWithoutAReader() {
        let session = session()
        for _ in 0..<1000 { session.feed(ServerFrames.settings()) }
        XCTAssertFalse(session.connection.isClosed)
        session.feed(ServerFrames.settings())
        guard case .connectionFailed(let failure)? = session.events.last else { return XCTFail("alive") }
        XCTAssertEqual(failure.code, .enhanceYourCalm)
    }

    func testItem123SettingsFloodWithAReader() {
        let session = session()
        for _ in 0..<5000 {
            session.feed(ServerFrames.settings())
            XCTAssertEqual(session.sent(), [.settingsAcknowledgement])
        }
        session.assertAlive()
    }

    func testItem123SettingsOf2730Entries() {
        let session = session()
        var payload: [UInt8] = []
        for entry in 0..<2730 { payload += hex("0004") + ServerFrames.bigEndian(UInt32(entry)) }
        session.feed(ServerFrames.raw(4, payload))
        XCTAssertEqual(session.sent(), [.settingsAcknowledgement])
        session.assertAlive("one is obeyed")
        for _ in 0..<200 where !session.connection.isClosed {
            session.feed(ServerFrames.raw(4, payload))
            _ = session.connection.takeOutput(upTo: .max)
        }
        XCTAssertTrue(session.connection.isClosed, "many are a misbehaviour")
        // 64 entries are none.
        let modest = self.session()
        for _ in 0..<500 {
            modest.feed(ServerFrames.raw(4, Array(payload.prefix(64 * 6))))
            _ = modest.sent()
        }
        modest.assertAlive()
    }

    func testItem123WindowFlapping() {
        let session = Session()
        for _ in 0..<100 { session.connection.send([1], on: session.open(end: false), endStream: false) }
        for round in 0..<2000 {
            session.feed(ServerFrames.settings((4, round % 2 == 0 ? 0 : 0x7fff_0000)))
            _ = session.sent()
        }
        session.assertAlive()
    }

    func testItem124PingFloodWithoutAReader() {
        let session = session()
        session.feed((0..<1001).flatMap { ServerFrames.ping($0) })
        guard case .connectionFailed(let failure)? = session.events.last else { return XCTFail("alive") }
        XCTAssertEqual(failure.code, .enhanceYourCalm)
        XCTAssertEqual(failure.kind, .limitExceeded)
        XCTAssertLessThan(session.connection.takeOutput(upTo: .max).count, 20_000)
    }

    func testItem124PingFloodWithAReader() {
        let session = session()
        for round in 0..<20 {
            session.feed((0..<900).flatMap { ServerFrames.ping(UInt64(round * 1000 + $0)) })
            XCTAssertEqual(session.sent().count, 900)
        }
        session.assertAlive()
    }

    func testItem126FloodsThatAreIgnored() {
        let session = session()
        session.feed(session.headers(Session.trailersOnly, end: true))
        session.open()
        _ = session.sent()
        let count = session.events.count
        let flood =
            ServerFrames.raw(2, stream: 99, hex("80000001ff")) + ServerFrames.raw(0x55, stream: 77, [1, 2, 3])
            + ServerFrames.reset(8, stream: 1) + ServerFrames.windowUpdate(1, stream: 1)
            + ServerFrames.ping(3, isAcknowledgement: true)
        for _ in 0..<5000 { session.feed(flood) }
        XCTAssertEqual(session.events.count, count)
        XCTAssertEqual(session.sent(), [])
        session.assertAlive()
    }

    func testItem126GoAwayFlood() {
        let session = session()
        for _ in 0..<5000 {
            session.feed(ServerFrames.goAway(1, 0, debug: [UInt8](repeating: 0x41, count: 1000)))
            XCTAssertEqual(session.connection.openStreamCount, 1)
        }
        XCTAssertFalse(session.connection.hasOutput)
        session.assertAlive()
    }

    func testUnsolicitedAcknowledgementsAreCounted() {
        let session = session()
        for _ in 0..<200 { session.feed(ServerFrames.settingsAcknowledgement) }
        XCTAssertFalse(session.connection.isClosed)
        session.feed(ServerFrames.settingsAcknowledgement)
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    // MARK: DATA

    func testItem125EmptyDataFlood() {
        let frames = [
            ServerFrames.data([], stream: 1), ServerFrames.paddedData([], padding: 0, stream: 1),
            ServerFrames.paddedData([], padding: 255, stream: 1),
        ]
        for frame in frames {
            let session = session()
            session.feed(session.headers(Session.response))
            for _ in 0..<100 { session.feed(frame) }
            XCTAssertFalse(session.connection.isClosed)
            session.feed(ServerFrames.data([1], stream: 1))
            for _ in 0..<100 { session.feed(frame) }
            XCTAssertFalse(session.connection.isClosed, "a byte of data starts the count again")
            _ = session.sent()
            session.feed(frame)
            session.assertFailed(.enhanceYourCalm, .limitExceeded)
        }
    }

    func testItem125EmptyDataFloodOnACancelledStream() {
        let session = session()
        session.connection.reset(HTTP2StreamID(1), code: .cancel)
        for _ in 0..<101 { session.feed(ServerFrames.data([], stream: 1)) }
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem125SmallFramesThatNobodyReads() {
        let session = session()
        session.feed(session.headers(Session.response))
        for _ in 0..<25_600 { session.feed(ServerFrames.data([1], stream: 1)) }
        XCTAssertFalse(session.connection.isClosed)
        session.feed(ServerFrames.data([1], stream: 1))
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem125SmallFramesThatAreRead() {
        var configuration = HTTP2Configuration()
        configuration.maximumUnreadSmallDataFrames = 10
        let session = session(configuration)
        session.feed(session.headers(Session.response))
        for _ in 0..<1000 {
            for _ in 0..<10 { session.feed(ServerFrames.data([1, 2], stream: 1)) }
            session.connection.consumed(3, on: HTTP2StreamID(1))
            session.connection.consumed(17, on: HTTP2StreamID(1))
        }
        session.assertAlive()
        for _ in 0..<10 { session.feed(ServerFrames.data([1, 2], stream: 1)) }
        session.connection.consumed(10, on: HTTP2StreamID(1))
        for _ in 0..<5 { session.feed(ServerFrames.data([1, 2], stream: 1)) }
        session.assertAlive("half was read")
        session.feed(ServerFrames.data([1, 2], stream: 1))
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem125BudgetComesBackWithTheStream() {
        var configuration = HTTP2Configuration()
        configuration.maximumUnreadSmallDataFrames = 10
        let session = session(configuration)
        for stream in stride(from: UInt32(1), to: 200, by: 2) {
            session.feed(session.headers(Session.response, stream: stream))
            for _ in 0..<10 { session.feed(ServerFrames.data([1], stream: stream)) }
            session.feed(ServerFrames.data([1], stream: stream, end: true))
            session.open()
        }
        session.assertAlive()
        // Larger frames are not counted.
        session.feed(session.headers(Session.response, stream: 201))
        for _ in 0..<100 { session.feed(ServerFrames.data([UInt8](repeating: 1, count: 256), stream: 201)) }
        session.assertAlive()
    }

    // MARK: Misbehaviour that adds up

    func testItem128MalformedResponsesAreCounted() {
        let session = Session()
        for stream in stride(from: UInt32(1), through: 399, by: 2) {
            session.open()
            session.feed(session.headers(fields((":status", "x")), stream: stream))
            _ = session.sent()
        }
        session.assertAlive("200 are tolerated")
        session.open()
        session.feed(session.headers(fields((":status", "x")), stream: 401))
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem128MisbehaviourIsForgivenWithTime() {
        let session = Session()
        for stream in stride(from: UInt32(1), through: 1999, by: 2) {
            session.open()
            session.now += 150_000_000
            session.feed(session.headers(fields((":status", "x")), stream: stream))
            _ = session.sent()
        }
        session.assertAlive()
    }

    func testItem128FramesOnEndedStreamsAreCounted() {
        let session = session()
        session.feed(session.headers(Session.trailersOnly, end: true))
        _ = session.sent()
        for _ in 0..<200 { session.feed(ServerFrames.data([1], stream: 1)) }
        XCTAssertEqual(session.sent(), [.reset(1, .streamClosed)])
        session.feed(ServerFrames.data([1], stream: 1))
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem128FramesBehindTheEndOfACancelledStreamAreCounted() {
        let session = session()
        session.connection.reset(HTTP2StreamID(1), code: .cancel)
        _ = session.sent()
        session.feed(ServerFrames.data([1], stream: 1, end: true))
        for _ in 0..<200 { session.feed(ServerFrames.data([1], stream: 1)) }
        XCTAssertEqual(session.sent(), [], "a second RST_STREAM would be of no use")
        session.feed(ServerFrames.data([1], stream: 1))
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem128FramesOnAStreamThatGoAwayExcludedAreCounted() {
        let session = session()
        session.open()
        session.feed(ServerFrames.goAway(1))
        _ = session.sent()
        for _ in 0..<200 { session.feed(ServerFrames.data([1], stream: 3)) }
        XCTAssertEqual(session.sent(), [.reset(3, .streamClosed)])
        session.feed(ServerFrames.data([1], stream: 3))
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem126ResetsThatThePeerProvokesCountAsReplies() {
        var configuration = HTTP2Configuration()
        configuration.maximumGlitches = .max
        configuration.maximumQueuedReplies = 10
        let session = session(configuration)
        for stream in stride(from: UInt32(1), through: 19, by: 2) {
            session.feed(session.headers(fields((":status", "x")), stream: stream))
            session.open()
        }
        XCTAssertFalse(session.connection.isClosed)
        session.feed(session.headers(fields((":status", "x")), stream: 21))
        session.assertFailed(.enhanceYourCalm, .limitExceeded)
    }

    func testItem128ZeroIncrementsAreCounted() {
        let session = Session()
        for stream in stride(from: UInt32(1), through: 401, by: 2) {
            session.open()
            session.feed(ServerFrames.windowUpdate(0, stream: stream))
            _ = session.sent()
        }
        XCTAssertTrue(session.connection.isClosed)
    }
}
