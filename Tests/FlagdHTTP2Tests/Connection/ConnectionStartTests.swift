import XCTest

import FlagdHTTP2

/// Items 1 to 15: connection start and SETTINGS.
final class ConnectionStartTests: XCTestCase {
    func testItem1PrefaceAndSettingsComeFirst() {
        let session = Session(started: false)
        let bytes = session.connection.takeOutput(upTo: .max)
        XCTAssertTrue(bytes.starts(with: FrameWriter.preface))
        XCTAssertEqual(bytes[FrameWriter.preface.count + 3], 4, "SETTINGS is the first frame")
        XCTAssertFalse(session.connection.hasOutput)
    }

    func testItem1PrefaceComesBeforeTheAnswerToAnEarlyPing() {
        let session = Session(started: false)
        session.feed(ServerFrames.settings(), ServerFrames.ping(7))
        let sent = session.sent()
        XCTAssertEqual(sent.first, .preface)
        XCTAssertTrue(sent.contains(.pong(7)))
    }

    func testItem2ContentsOfOurSettings() {
        let session = Session(started: false)
        XCTAssertEqual(
            session.sent(),
            [
                .preface,
                .settings([
                    HTTP2Setting(.enablePush, 0), HTTP2Setting(.initialWindowSize, 1 << 20),
                    HTTP2Setting(.maximumHeaderListSize, 16 << 10),
                ]),
                .windowUpdate(0, (2 << 20) - 65_535),
            ])
    }

    func testItem2OtherLimitsAreAnnounced() {
        var configuration = HTTP2Configuration()
        configuration.headerTableSize = 0
        configuration.maximumFrameSize = 1 << 20
        configuration.connectionWindow = 1000
        let session = Session(configuration, started: false)
        XCTAssertEqual(
            session.sent(),
            [
                .preface,
                .settings([
                    HTTP2Setting(.enablePush, 0), HTTP2Setting(.headerTableSize, 0),
                    HTTP2Setting(.initialWindowSize, 1 << 20), HTTP2Setting(.maximumFrameSize, 1 << 20),
                    HTTP2Setting(.maximumHeaderListSize, 16 << 10),
                ]),
            ], "the connection's window cannot be below 65 535")
    }

    func testIllegalLimitsBecomeLegal() {
        var configuration = HTTP2Configuration()
        configuration.initialStreamWindow = .max
        configuration.maximumStreamWindow = .max
        configuration.connectionWindow = .max
        configuration.maximumConnectionWindow = .min
        configuration.maximumFrameSize = .max
        configuration.headerTableSize = -1
        configuration.maximumEncoderTableSize = .min
        configuration.maximumHeaderListSize = .max
        configuration.hardMaximumHeaderListSize = 0
        configuration.maximumOutstandingPings = 0
        let session = Session(configuration, started: false)
        let largest: UInt32 = 0x7fff_ffff
        XCTAssertEqual(
            session.sent().dropFirst(),
            [
                .settings([
                    HTTP2Setting(.enablePush, 0), HTTP2Setting(.headerTableSize, 0),
                    HTTP2Setting(.initialWindowSize, largest), HTTP2Setting(.maximumFrameSize, 0xff_ffff),
                    HTTP2Setting(.maximumHeaderListSize, largest),
                ]),
                .windowUpdate(0, Int(largest) - 65_535),
            ])
        session.connection.ping(1)
        XCTAssertEqual(session.sent(), [.ping(1)])
    }

    func testItem3FirstFrameMustBeSettings() {
        let frames = [
            ServerFrames.ping(1), ServerFrames.settingsAcknowledgement, ServerFrames.goAway(0),
            ServerFrames.windowUpdate(1), ServerFrames.raw(0x55), ServerFrames.headers(block: hex("88"), stream: 1),
        ]
        for frame in frames {
            let session = Session(started: false)
            session.feed(frame)
            session.assertFailed(.protocolError)
        }
    }

    func testItem3AcknowledgementIsNamed() {
        let session = Session(started: false)
        session.feed(ServerFrames.settingsAcknowledgement)
        guard case .connectionFailed(let failure)? = session.events.last else { return XCTFail("alive") }
        XCTAssertEqual(failure.message, "the first frame is an acknowledgement of SETTINGS, not SETTINGS")
    }

    func testItem3IsDecidedOnTheHeader() {
        let session = Session(started: false)
        session.feed(Array(ServerFrames.ping(1).prefix(9)))
        session.assertFailed(.protocolError)
    }

    func testItem4ForeignProtocols() {
        let answers: [([UInt8], String)] = [
            (Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8), "HTTP/1"),
            (Array("SSH-2.0-OpenSSH_9.2\r\n".utf8), "SSH"), (hex("15030300020228"), "TLS"),
            (Array("random text".utf8), "is not HTTP/2"), ([0xff, 0xfe], "is not HTTP/2"),
        ]
        for (answer, text) in answers {
            let session = Session(started: false)
            let id = session.open()
            session.feed(answer)
            guard case .connectionFailed(let failure)? = session.events.last else { return XCTFail(text) }
            XCTAssertEqual(failure.kind, .notHTTP2)
            XCTAssertTrue(failure.message.contains(text), failure.message)
            XCTAssertEqual(session.events.first, .streamReset(id, .connectionFailed(failure)))
            XCTAssertTrue(session.connection.isClosed)
            XCTAssertFalse(session.connection.hasOutput, "nothing more is sent to a foreign peer")
        }
    }

    func testItem4EndOfFileBeforeSettings() {
        for (bytes, kind) in [("", .endOfFile), ("48545450", .notHTTP2), ("0000", .endOfFile)]
            as [(String, HTTP2ConnectionFailure.Kind)]
        {
            let session = Session(started: false)
            session.feed(hex(bytes))
            XCTAssertEqual(session.events, [])
            XCTAssertEqual(session.connection.foreignAnswer?.kind, kind == .notHTTP2 ? kind : nil)
            session.connection.receivedEndOfFile()
            guard case .connectionFailed(let failure)? = session.drain().last else { return XCTFail(bytes) }
            XCTAssertEqual(failure.kind, kind)
        }
    }

    func testItem6RequestBeforeTheServersSettings() {
        let session = Session(started: false)
        let id = session.open()
        XCTAssertEqual(session.sent().last, .headers(id.rawValue, Session.request, end: true))
        XCTAssertFalse(session.connection.hasReceivedSettings)
        XCTAssertEqual(session.feed(ServerFrames.settings()), [.settingsReceived])
        XCTAssertTrue(session.connection.hasReceivedSettings)
        XCTAssertEqual(
            session.feed(session.headers(Session.response)), [.headers(id, Session.response, endStream: false)])
    }

    func testItem7EachSettingsIsAcknowledgedInOrder() {
        let session = Session()
        session.feed(ServerFrames.settings((3, 5)), ServerFrames.settings(), ServerFrames.settings((4, 1)))
        XCTAssertEqual(
            session.sent(), [.settingsAcknowledgement, .settingsAcknowledgement, .settingsAcknowledgement])
        session.feed(ServerFrames.settingsAcknowledgement)
        XCTAssertEqual(session.sent(), [], "an acknowledgement is not acknowledged")
        XCTAssertEqual(session.events, [], "only the first SETTINGS is an event")
    }

    func testItem8AcknowledgementComesBehindBlocksEncodedBefore() {
        let session = Session()
        let id = session.open()
        session.feed(ServerFrames.settings((1, 0)))
        XCTAssertEqual(
            session.sent(), [.headers(id.rawValue, Session.request, end: true), .settingsAcknowledgement])
    }

    func testItem9UnknownSettingsAndSettingsInsideAMessage() {
        let session = Session()
        let id = session.open()
        session.feed(session.headers(Session.response), ServerFrames.settings((8, 1), (9, 1), (0xf0f0, .max)))
        XCTAssertEqual(
            session.feed(ServerFrames.data("x", stream: 1)), [.data(id, Array("x".utf8), endStream: false)])
        session.assertAlive()
    }

    func testItem10SettingsWithWrongStreamOrLength() {
        let cases: [([UInt8], HTTP2ErrorCode)] = [
            (ServerFrames.raw(4, stream: 1), .protocolError), (ServerFrames.raw(4, [1, 2, 3]), .frameSizeError),
            (ServerFrames.raw(4, flags: 1, [0, 0, 0, 0, 0, 0]), .frameSizeError),
            (ServerFrames.raw(4, flags: 1, stream: 1), .protocolError),
        ]
        for (frame, code) in cases {
            let session = Session()
            session.feed(frame)
            session.assertFailed(code)
        }
    }

    func testItem11PushFromAServer() {
        let session = Session()
        session.feed(ServerFrames.settings((2, 0)))
        session.assertAlive()
        session.feed(ServerFrames.settings((2, 1)))
        session.assertFailed(.protocolError)
    }

    func testItem12ValuesOutOfRange() {
        for (setting, code) in [((4, 0x8000_0000), .flowControlError), ((5, 0), .protocolError)]
            as [((UInt16, UInt32), HTTP2ErrorCode)]
        {
            let session = Session()
            session.feed(ServerFrames.settings(setting))
            session.assertFailed(code)
        }
    }

    func testItem12MaximumFrameSizeOfThePeerIsKept() {
        let session = Session()
        let id = session.open(end: false)
        session.connection.send([UInt8](repeating: 1, count: 40_000), on: id, endStream: true)
        let sizes = session.sent().compactMap { frame -> Int? in
            if case .data(_, let bytes, _) = frame { bytes.count } else { nil }
        }
        XCTAssertEqual(sizes, [16_384, 16_384, 7232])
    }

    func testItem13HeaderTableOfThePeer() {
        let session = Session()
        session.open()
        session.feed(ServerFrames.settings((1, 0)))
        _ = session.sent()
        // The server's decoder accepts nothing but what it announced.
        session.decoder.tableSizeLimitAcknowledged(0)
        let id = session.open()
        XCTAssertEqual(session.sent(), [.headers(id.rawValue, Session.request, end: true)])
        XCTAssertEqual(session.decoder.dynamicTable.maximumSize, 0)
        session.feed(ServerFrames.settings((1, .max)))
        session.decoder.tableSizeLimitAcknowledged(Int(UInt32.max))
        session.open()
        _ = session.sent()
        XCTAssertEqual(session.decoder.dynamicTable.maximumSize, 4096, "what is used is capped")
    }

    func testItem13SmallestOfSeveralValuesIsSignalled() {
        let session = Session()
        session.open()
        _ = session.sent()
        session.feed(ServerFrames.settings((1, 4096), (1, 10), (1, 4096)))
        _ = session.sent()
        session.open()
        let block = session.connection.takeOutput(upTo: .max).dropFirst(FrameHeader.byteCount)
        XCTAssertTrue(block.starts(with: hex("2a 3fe11f 83")), "10, then 4096, then :method POST")
    }

    func testItem14InitialWindowAdjustsOpenStreams() {
        let session = Session()
        let id = session.open(end: false)
        session.connection.send([UInt8](repeating: 1, count: 65_535), on: id, endStream: false)
        _ = session.sent()
        session.feed(ServerFrames.windowUpdate(1_000_000), ServerFrames.settings((4, 100)))
        session.connection.send([2], on: id, endStream: true)
        XCTAssertEqual(session.sent(), [.settingsAcknowledgement], "the stream's window is negative")
        session.feed(ServerFrames.windowUpdate(65_435, stream: 1))
        XCTAssertEqual(session.sent(), [], "it is zero")
        session.feed(ServerFrames.settings((4, 101)))
        XCTAssertEqual(session.sent(), [.settingsAcknowledgement, .data(1, [2], end: true)])
    }

    func testItem14InitialWindowThatOverflowsAStream() {
        let session = Session()
        session.open(end: false)
        session.feed(ServerFrames.windowUpdate(0x7fff_ffff - 65_535, stream: 1))
        session.assertAlive()
        session.feed(ServerFrames.settings((4, 65_536)))
        session.assertFailed(.flowControlError)
    }

    func testItem15SettingsThatAreNeverAcknowledged() {
        var configuration = HTTP2Configuration()
        configuration.initialStreamWindow = 10
        configuration.maximumStreamWindow = 10
        configuration.headerTableSize = 0
        let session = Session(configuration, started: false)
        session.feed(ServerFrames.settings())
        let id = session.open()
        _ = session.sent()
        // The server still uses the initial table and the initial window of 65 535 bytes.
        let bytes = [UInt8](repeating: 1, count: 16_000)
        session.feed(session.headers(Session.response), session.headers(fields(("a", "b")), end: true))
        XCTAssertEqual(session.events.last, .trailers(id, fields(("a", "b"))))
        session.open()
        session.feed(session.headers(Session.response, stream: 3))
        for _ in 0..<4 { session.feed(ServerFrames.data(bytes, stream: 3)) }
        session.assertAlive("64 000 bytes are within the initial window")
        session.feed(ServerFrames.data(bytes, stream: 3))
        XCTAssertEqual(session.events.last, .streamReset(HTTP2StreamID(3), .protocolViolation(.flowControlError)))
    }

    func testItem15AcknowledgedSettingsAreEnforced() {
        var configuration = HTTP2Configuration()
        configuration.initialStreamWindow = 10
        configuration.maximumStreamWindow = 10
        configuration.headerTableSize = 0
        let session = Session(configuration)
        let id = session.open()
        session.encoder.tableSizeOffered(0)
        session.feed(session.headers(Session.response), ServerFrames.data("0123456789", stream: 1))
        session.assertAlive()
        session.feed(ServerFrames.data("0", stream: 1))
        XCTAssertEqual(session.events.last, .streamReset(id, .protocolViolation(.flowControlError)))
        session.encoder = HPACKEncoder()
        session.open()
        let other = Session(configuration)
        other.open()
        other.feed(other.headers(Session.response))
        other.assertFailed(.compressionError, "the table was not shrunk")
    }
}

extension Session {
    fileprivate func assertFailed(_ code: HTTP2ErrorCode, _ message: String) {
        assertFailed(code, .protocolViolation, message)
    }
}
