import XCTest

import FlagdHTTP2

/// Items 37 to 45: flow control of the connection.
final class FlowControlTests: XCTestCase {
    private func dataSizes(_ frames: [ClientFrame]) -> [UInt32: Int] {
        frames.reduce(into: [:]) { sizes, frame in
            if case .data(let id, let bytes, _) = frame { sizes[id, default: 0] += bytes.count }
        }
    }

    private func credit(_ frames: [ClientFrame]) -> [UInt32: Int] {
        frames.reduce(into: [:]) { credit, frame in
            if case .windowUpdate(let id, let increment) = frame { credit[id, default: 0] += increment }
        }
    }

    // MARK: Sending

    func testItem37NeverMoreThanEitherWindow() {
        let session = Session()
        let first = session.open(end: false)
        let second = session.open(end: false)
        let body = [UInt8](repeating: 1, count: 100_000)
        session.connection.send(body, on: first, endStream: true)
        session.connection.send(body, on: second, endStream: true)
        XCTAssertEqual(dataSizes(session.sent()).values.reduce(0, +), 65_535, "the connection's window")
        XCTAssertFalse(session.connection.hasOutput)
        XCTAssertEqual(
            session.connection.unsentByteCount(on: first) + session.connection.unsentByteCount(on: second),
            200_000 - 65_535)
        session.feed(ServerFrames.windowUpdate(1_000_000))
        let more = dataSizes(session.sent())
        XCTAssertEqual(more.values.reduce(0, +), 65_535, "what is left of the streams' windows")
        session.feed(ServerFrames.windowUpdate(50_000, stream: 1), ServerFrames.windowUpdate(34_465, stream: 3))
        let rest = session.sent()
        XCTAssertEqual(dataSizes(rest), [1: 34_465, 3: 34_465])
        XCTAssertEqual(rest.filter { if case .data(_, _, true) = $0 { true } else { false } }.count, 2)
        XCTAssertEqual(session.connection.unsentByteCount(on: first), 0)
    }

    func testItem37HeadersAndEmptyDataNeedNoWindow() {
        let session = Session()
        let id = session.open(end: false)
        session.connection.send([UInt8](repeating: 1, count: 65_535), on: id, endStream: false)
        XCTAssertEqual(dataSizes(session.sent())[1], 65_535)
        let next = session.open(end: false)
        session.connection.send([], on: next, endStream: true)
        XCTAssertEqual(
            session.sent(), [.headers(next.rawValue, Session.request, end: false), .data(next.rawValue, [], end: true)])
    }

    func testStreamsTakeTurns() {
        let session = Session()
        // Also with a server that takes longer frames.
        session.feed(ServerFrames.settings((5, 1 << 20)), ServerFrames.windowUpdate(1_000_000))
        _ = session.sent()
        let body = [UInt8](repeating: 1, count: 60_000)
        for _ in 0..<3 { session.connection.send(body, on: session.open(end: false), endStream: true) }
        let order = session.sent().compactMap { frame -> UInt32? in
            if case .data(let id, _, _) = frame { id } else { nil }
        }
        XCTAssertEqual(order, [1, 3, 5, 1, 3, 5, 1, 3, 5, 1, 3, 5])
    }

    func testOutputIsTakenInBoundedPieces() {
        let session = Session()
        session.feed(ServerFrames.windowUpdate(1_000_000), ServerFrames.settings((4, 1_000_000)))
        let id = session.open(end: false)
        session.connection.send([UInt8](repeating: 1, count: 500_000), on: id, endStream: true)
        var sizes: [Int] = []
        while session.connection.hasOutput { sizes.append(session.connection.takeOutput(upTo: 32_000).count) }
        XCTAssertEqual(sizes.count, 16)
        XCTAssertLessThanOrEqual(sizes.max() ?? 0, 32_000 + 16_384 + 9)
        XCTAssertEqual(session.connection.takeOutput(upTo: 32_000), [])
    }

    func testItem41ZeroIncrement() {
        let session = Session()
        let id = session.open()
        XCTAssertEqual(
            session.feed(ServerFrames.windowUpdate(0, stream: 1)),
            [.streamReset(id, .protocolViolation(.protocolError))])
        XCTAssertEqual(session.sent().last, .reset(1, .protocolError))
        session.assertAlive()
        session.feed(ServerFrames.windowUpdate(0))
        session.assertFailed(.protocolError)
    }

    func testItem41LargestWindowAndOneMore() {
        let session = Session()
        let id = session.open()
        session.feed(
            ServerFrames.windowUpdate(0x7fff_ffff - 65_535, stream: 1), ServerFrames.windowUpdate(0x7fff_ffff - 65_535))
        session.assertAlive()
        XCTAssertEqual(
            session.feed(ServerFrames.windowUpdate(1, stream: 1)),
            [.streamReset(id, .protocolViolation(.flowControlError))])
        XCTAssertEqual(session.sent(), [.reset(1, .flowControlError)])
        session.feed(ServerFrames.windowUpdate(1))
        session.assertFailed(.flowControlError)
    }

    func testItem43LargestIncrementsInARow() {
        let session = Session()
        session.open()
        for _ in 0..<10 { session.feed(ServerFrames.windowUpdate(0x7fff_ffff, stream: 1)) }
        session.assertAlive()
        session.feed(ServerFrames.windowUpdate(0x7fff_ffff))
        session.assertFailed(.flowControlError)
    }

    // MARK: Receiving

    /// Streams `total` bytes from a server that keeps to its windows; each is consumed at once.
    private func stream(_ total: Int, frame size: Int, padding: UInt8 = 0, _ configuration: HTTP2Configuration)
        -> Session
    {
        let session = Session(configuration)
        let id = session.open()
        session.feed(session.headers(Session.response))
        var streamWindow = configuration.initialStreamWindow
        var connectionWindow = configuration.connectionWindow
        var received = 0
        var frames = 0
        var updates = 0
        while received < total {
            let count = min(size, total - received)
            let cost = padding > 0 ? count + 1 + Int(padding) : count
            guard cost <= min(streamWindow, connectionWindow) else {
                XCTFail("stalled at \(received)")
                return session
            }
            let bytes = [UInt8](repeating: 1, count: count)
            session.feed(
                padding > 0
                    ? ServerFrames.paddedData(bytes, padding: padding, stream: 1) : ServerFrames.data(bytes, stream: 1))
            streamWindow -= cost
            connectionWindow -= cost
            received += count
            frames += 1
            session.connection.consumed(count, on: id)
            for (stream, increment) in credit(session.sent()) {
                updates += 1
                if stream == 0 { connectionWindow += increment } else { streamWindow += increment }
            }
        }
        XCTAssertLessThan(updates, frames / 2 + 10, "item 45: no update for each frame")
        session.assertAlive()
        return session
    }

    func testItem38TwentyMegabytesWithSmallWindows() {
        var configuration = HTTP2Configuration()
        configuration.initialStreamWindow = 65_535
        configuration.connectionWindow = 65_535
        _ = stream(20 << 20, frame: 16_384, configuration)
    }

    func testItem39PaddingDebt() {
        // Five bytes of data and 256 of padding in each frame: more than 16 MB of padding.
        _ = stream(5 * 66_000, frame: 5, padding: 255, HTTP2Configuration())
    }

    func testItem39PaddingIsCreditedWithoutTheApplication() {
        var configuration = HTTP2Configuration()
        configuration.initialStreamWindow = 1000
        configuration.maximumStreamWindow = 1000
        let session = Session(configuration)
        session.open()
        session.feed(session.headers(Session.response))
        for _ in 0..<2 { session.feed(ServerFrames.paddedData([1], padding: 255, stream: 1)) }
        XCTAssertEqual(credit(session.sent()), [1: 512])
    }

    func testItem40DataOfEndedStreamsIsCreditedToTheConnection() {
        var configuration = HTTP2Configuration()
        configuration.connectionWindow = 100_000
        configuration.maximumConnectionWindow = 100_000
        let endings: [(Session) -> Void] = [
            { $0.connection.reset(HTTP2StreamID(1), code: .cancel) },
            { $0.feed(ServerFrames.reset(8, stream: 1)) },
            { $0.feed(ServerFrames.data([], stream: 1, end: true)) },
            { $0.feed($0.headers(Session.trailers, end: true)) },
            { $0.feed($0.headers([HeaderField("BAD", "")], end: true)) },
        ]
        for (number, end) in endings.enumerated() {
            let session = Session(configuration)
            session.open()
            session.feed(session.headers(Session.response))
            for _ in 0..<6 { session.feed(ServerFrames.data([UInt8](repeating: 1, count: 10_000), stream: 1)) }
            XCTAssertEqual(credit(session.sent()), [:], "nothing was consumed")
            end(session)
            XCTAssertEqual(credit(session.sent()), [0: 60_000], "ending \(number)")
            session.connection.consumed(60_000, on: HTTP2StreamID(1))
            XCTAssertEqual(session.sent(), [], "no credit is given twice")
        }
    }

    func testItem42StreamWindowOverrun() {
        var configuration = HTTP2Configuration()
        configuration.initialStreamWindow = 70_000
        let session = Session(configuration)
        let id = session.open()
        session.feed(session.headers(Session.response))
        for _ in 0..<7 { session.feed(ServerFrames.data([UInt8](repeating: 1, count: 10_000), stream: 1)) }
        session.assertAlive()
        XCTAssertEqual(
            session.feed(ServerFrames.data([1], stream: 1)), [.streamReset(id, .protocolViolation(.flowControlError))])
        XCTAssertTrue(session.sent().contains(.reset(1, .flowControlError)))
        session.assertAlive()
    }

    func testItem42OverrunIsCreditedToTheConnection() {
        var configuration = HTTP2Configuration()
        configuration.initialStreamWindow = 20_000
        configuration.connectionWindow = 65_535
        configuration.maximumConnectionWindow = 65_535
        let session = Session(configuration)
        session.open()
        session.feed(session.headers(Session.response))
        for _ in 0..<3 { session.feed(ServerFrames.data([UInt8](repeating: 1, count: 15_000), stream: 1)) }
        // 15 000 bytes were within the window, two frames were not.
        XCTAssertEqual(credit(session.sent()), [0: 45_000])
    }

    func testItem42ConnectionWindowOverrun() {
        var configuration = HTTP2Configuration()
        configuration.connectionWindow = 70_000
        let session = Session(configuration)
        session.open()
        session.feed(session.headers(Session.response))
        for _ in 0..<7 { session.feed(ServerFrames.data([UInt8](repeating: 1, count: 10_000), stream: 1)) }
        session.assertAlive()
        session.feed(ServerFrames.data([1], stream: 1))
        session.assertFailed(.flowControlError)
    }

    func testItem44SlowConsumerGivesBackPressure() {
        let session = Session()
        let id = session.open()
        session.feed(session.headers(Session.response))
        for _ in 0..<64 { session.feed(ServerFrames.data([UInt8](repeating: 1, count: 16_384), stream: 1)) }
        XCTAssertEqual(credit(session.sent()), [:], "the window is used up and no credit given")
        session.connection.consumed(1000, on: id)
        XCTAssertEqual(session.sent(), [])
        session.connection.consumed(.max, on: id)
        XCTAssertGreaterThanOrEqual(credit(session.sent())[1] ?? 0, 1 << 20)
    }

    func testItem44ConsumingNonsenseIsHarmless() {
        let session = Session()
        let id = session.open()
        _ = session.sent()
        session.feed(session.headers(Session.response), ServerFrames.data([1, 2], stream: 1))
        session.connection.consumed(-1, on: id)
        session.connection.consumed(0, on: id)
        session.connection.consumed(.min, on: id)
        session.connection.consumed(.max, on: HTTP2StreamID(77))
        XCTAssertEqual(session.sent(), [])
        session.connection.consumed(2, on: id)
        session.connection.consumed(2, on: id)
        session.assertAlive()
    }

    func testItem45UpdatesAreBatched() {
        let session = Session()
        let id = session.open()
        _ = session.sent()
        session.feed(session.headers(Session.response))
        var updates = 0
        for _ in 0..<10_000 {
            session.feed(ServerFrames.data([UInt8](repeating: 1, count: 100), stream: 1))
            session.connection.consumed(100, on: id)
            updates += session.sent().count
        }
        XCTAssertEqual(updates, 1, "a megabyte in small frames is half a window of the stream, less of the connection")
    }
}
