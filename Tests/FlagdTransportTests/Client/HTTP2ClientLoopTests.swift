import FlagdHTTP2
import Foundation
import XCTest

@testable import FlagdTransport

/// What happens to a connection that stood: it drains, breaks, falls silent, is shut down.
final class HTTP2ClientLoopTests: XCTestCase {
    /// A server that reads one request, does as told, and waits for the client to go.
    private func server(
        _ reaction: @escaping @Sendable (RawConnection, UInt32) throws -> Void
    ) throws -> RawServer {
        try RawServer { connection in
            try connection.handshake()
            let request = try connection.readFrame(type: 1)
            try reaction(connection, request.stream)
            connection.readToEnd()
        }
    }

    private func connectionFailure(_ record: RecordingHandler.Record) -> TransportError? {
        guard case .connection(let error) = record.failure else { return nil }
        return error
    }

    // MARK: - The peer ends the connection

    /// Item 107: FIN and RST at every point.
    func testItem107EndAtEveryPoint() async throws {
        let response =
            RawConnection.frame(1, flags: 4, stream: 1, [0x88]) + RawConnection.frame(0, stream: 1, [0, 0, 0, 0, 9, 1])
        for length in [0, 5, 9, 10, 14, 19, response.count] {
            for isReset in [false, true] {
                let server = try server { connection, _ in
                    try connection.write(Array(response.prefix(length)))
                    if isReset { connection.abort() } else { connection.close() }
                }
                let events = EventRecorder()
                let name = "after \(length) bytes, \(isReset ? "RST" : "FIN")"
                let client = try await HTTP2Client.connect(to: server.endpoint, onEvent: events.callback)
                let record = try await client.exchange()
                let kind = connectionFailure(record)?.kind
                XCTAssertTrue(kind == .closed || kind == .reset, "\(name): \(String(describing: record.failure))")
                let cause = await client.waitUntilClosed()
                XCTAssertEqual(cause.kind, kind, name)
                XCTAssertEqual(events.events, [.closed(cause)], name)
                XCTAssertEqual(record.closedCount, 1, name)
            }
        }
    }

    func testItem107HalfClose() async throws {
        let server = try server { connection, _ in connection.shutdownWrite() }
        let client = try await HTTP2Client.connect(to: server.endpoint)
        let record = try await client.exchange()
        XCTAssertEqual(connectionFailure(record)?.cause, "the server closed the connection")
        do {
            _ = try await client.exchange()
            XCTFail("a request was accepted")
        } catch let error as TransportError {
            XCTAssertEqual(error.kind, .closed)
        }
        await client.shutdown()
    }

    /// A complete response right before the end counts.
    func testItem107CompleteResponseThenFIN() async throws {
        let server = try server { connection, stream in
            try connection.respond(stream, [1, 2])
            connection.close()
        }
        let client = try await HTTP2Client.connect(to: server.endpoint)
        let record = try await client.exchange()
        XCTAssertNil(record.failure)
        XCTAssertEqual(record.body, [1, 2])
        _ = await client.waitUntilClosed()
    }

    func testItem35ProtocolErrorSendsGoAwayAndCloses() async throws {
        let goAway = Box<RawConnection.Frame>()
        let server = try server { connection, _ in
            try connection.writeFrame(6, [1, 2, 3])
            goAway.value = try connection.readFrame(type: 7)
        }
        let client = try await HTTP2Client.connect(to: server.endpoint)
        let record = try await client.exchange()
        XCTAssertEqual(connectionFailure(record)?.kind, .protocolError)
        let cause = await client.waitUntilClosed()
        XCTAssertEqual(cause.kind, .protocolError)
        await ProcessCounts.eventually("no GOAWAY") { goAway.value != nil }
        XCTAssertEqual(goAway.value?.payload.suffix(1), [6], "FRAME_SIZE_ERROR")
    }

    func testStreamFailureLeavesTheConnection() async throws {
        let server = try RawServer { connection in
            try connection.handshake()
            let first = try connection.readFrame(type: 1)
            try connection.writeFrame(3, stream: first.stream, [0, 0, 0, 7])
            let second = try connection.readFrame(type: 1)
            try connection.respond(second.stream, [5])
            connection.readToEnd()
        }
        try await withClient(server.endpoint) { client in
            let refused = try await client.exchange()
            XCTAssertEqual(refused.failure, .stream(.resetByPeer(.refusedStream)))
            let good = try await client.exchange()
            XCTAssertEqual(good.body, [5])
        }
    }

    // MARK: - The peer drains

    /// Items 46 and 48: streams go on after GOAWAY, new ones do not start, and the end of the last closes the connection.
    func testItem46GoAwayDrains() async throws {
        let mayRespond = DispatchSemaphore(value: 0)
        let server = try server { connection, stream in
            try connection.writeFrame(7, [0, 0, 0, 1, 0, 0, 0, 0] + Array("max_age".utf8))
            mayRespond.wait()
            try connection.respond(stream, [1])
        }
        let events = EventRecorder()
        let client = try await HTTP2Client.connect(to: server.endpoint, onEvent: events.callback)
        let handler = RecordingHandler()
        _ = try await client.post(handler: handler)
        await ProcessCounts.eventually("no event") { !events.events.isEmpty }
        guard case .draining(let cause) = events.events.first else { return XCTFail("\(events.events)") }
        XCTAssertEqual(cause.kind, .goAway)
        XCTAssertTrue(cause.cause.contains("max_age"), cause.cause)
        let isOpen = await client.isOpen
        XCTAssertFalse(isOpen)
        do {
            _ = try await client.post(handler: RecordingHandler())
            XCTFail("a draining connection took a request")
        } catch {
            XCTAssertEqual(error, cause)
        }
        mayRespond.signal()
        let record = await handler.ended()
        XCTAssertNil(record.failure)
        XCTAssertEqual(record.body, [1])
        let end = await client.waitUntilClosed()
        XCTAssertEqual(end, cause)
        XCTAssertEqual(events.events, [.draining(cause), .closed(cause)])
    }

    /// Item 49: GOAWAY before any request.
    func testItem49GoAwayAtOnce() async throws {
        let server = try RawServer { connection in
            _ = try connection.read(24)
            try connection.write(
                RawConnection.frame(4) + RawConnection.frame(7, [0, 0, 0, 0, 0, 0, 0, 0] + Array("full".utf8)))
            connection.readToEnd()
        }
        let events = EventRecorder()
        let client = try await HTTP2Client.connect(to: server.endpoint, onEvent: events.callback)
        let end = await client.waitUntilClosed()
        XCTAssertEqual(end.kind, .goAway)
        XCTAssertTrue(end.cause.contains("full"), end.cause)
        XCTAssertEqual(events.events, [.draining(end), .closed(end)])
    }

    /// Only NO_ERROR is a farewell; after a farewell an error is still told at the end.
    func testItem46GoAwayWithAnError() async throws {
        for codes in [[2], [0, 2], [11]] as [[UInt8]] {
            let server = try server { connection, _ in
                for code in codes { try connection.writeFrame(7, [0, 0, 0, 1, 0, 0, 0, code]) }
                connection.close()
            }
            let events = EventRecorder()
            let client = try await HTTP2Client.connect(to: server.endpoint, onEvent: events.callback)
            let record = try await client.exchange()
            XCTAssertEqual(connectionFailure(record)?.kind, .goAwayWithError)
            let end = await client.waitUntilClosed()
            XCTAssertEqual(end.kind, .goAwayWithError)
            guard case .draining(let first) = events.events.first else { return XCTFail("\(events.events)") }
            XCTAssertEqual(first.kind, codes[0] == 0 ? .goAway : .goAwayWithError)
        }
    }

    /// A client that has ended is released with all it holds.
    func testClientIsReleased() async throws {
        let server = try server { _, _ in }
        weak var released: HTTP2Client?
        weak var handler: RecordingHandler?
        do {
            let client = try await HTTP2Client.connect(to: server.endpoint)
            let recording = RecordingHandler()
            _ = try await client.post(handler: recording)
            _ = await client.schedule(after: .seconds(60)) { _ in _ = recording }
            released = client
            handler = recording
            await client.shutdown()
        }
        await ProcessCounts.eventually("the client is not released") { released == nil && handler == nil }
    }

    func testItem98TooManyPings() async throws {
        let server = try server { connection, _ in
            try connection.writeFrame(7, [0, 0, 0, 1, 0, 0, 0, 11] + Array("too_many_pings".utf8))
            connection.close()
        }
        let client = try await HTTP2Client.connect(to: server.endpoint)
        let record = try await client.exchange()
        XCTAssertEqual(connectionFailure(record)?.kind, .tooManyPings)
        let end = await client.waitUntilClosed()
        XCTAssertEqual(end.kind, .tooManyPings)
    }

    /// Items 7 and 51: SETTINGS and PING in the middle of a response are answered at once, in order.
    func testItem7SettingsAreAcknowledgedPromptly() async throws {
        let answers = Box<[RawConnection.Frame]>([])
        let took = Box<Duration>()
        let server = try server { connection, stream in
            try connection.writeFrame(1, flags: 4, stream: stream, [0x88])
            let start = ContinuousClock.now
            try connection.writeFrame(4, [0, 4, 0, 0, 0xFF, 0xFF])
            answers.append(try connection.readFrame(type: 4))
            try connection.writeFrame(6, [1, 2, 3, 4, 5, 6, 7, 8])
            answers.append(try connection.readFrame(type: 6))
            took.value = ContinuousClock.now - start
            try connection.writeFrame(1, flags: 5, stream: stream, RawConnection.trailers)
        }
        let record = try await withClient(server.endpoint) { try await $0.exchange() }
        XCTAssertNil(record.failure)
        XCTAssertEqual(answers.value?.map(\.flags), [1, 1])
        XCTAssertEqual(answers.value?.map(\.payload), [[], [1, 2, 3, 4, 5, 6, 7, 8]])
        XCTAssertLessThan(try XCTUnwrap(took.value), .seconds(1))
    }

    // MARK: - The peer falls silent

    private func keepAlive(_ time: Duration, _ timeout: Duration) -> TransportConfiguration {
        var keepAlive = KeepAliveConfiguration(time: time, timeout: timeout)
        keepAlive.floor = .zero
        return TransportConfiguration(keepAlive: keepAlive)
    }

    func testItem97DeadPeerIsFound() async throws {
        let server = try server { _, _ in Thread.sleep(forTimeInterval: 5) }
        let client = try await HTTP2Client.connect(
            to: server.endpoint, configuration: keepAlive(.milliseconds(60), .milliseconds(60)))
        let record = try await client.exchange()
        XCTAssertEqual(connectionFailure(record)?.kind, .keepAliveTimeout)
        let end = await client.waitUntilClosed()
        XCTAssertEqual(end.kind, .keepAliveTimeout)
    }

    /// Items 97 and 100: a peer that drips bytes without answering the ping lives.
    func testItem97DrippingPeerLives() async throws {
        let pings = Box(0)
        let server = try server { connection, stream in
            for byte in RawConnection.frame(1, flags: 4, stream: stream, [0x88]) {
                usleep(40_000)
                try connection.write([byte])
            }
            pings.value = 1
            try connection.writeFrame(1, flags: 5, stream: stream, RawConnection.trailers)
        }
        let configuration = keepAlive(.milliseconds(20), .milliseconds(200))
        let record = try await withClient(server.endpoint, configuration) { try await $0.exchange() }
        XCTAssertNil(record.failure)
        XCTAssertEqual(record.trailers, [HeaderField("grpc-status", "0")])
    }

    /// Item 100: a peer that stops inside a frame or a header block is found like one that stops between frames.
    func testItem100PeerThatStopsInsideAFrame() async throws {
        let head = RawConnection.frame(1, flags: 4, stream: 1, [0x88])
        let starts: [[UInt8]] = [
            [0, 0x40], head + [0, 0x40, 0, 0, 0, 0, 0, 0, 1, 7], RawConnection.frame(1, stream: 1, [0x88]),
        ]
        for start in starts {
            let server = try server { connection, _ in try connection.write(start) }
            let client = try await HTTP2Client.connect(
                to: server.endpoint, configuration: keepAlive(.milliseconds(60), .milliseconds(60)))
            let record = try await client.exchange()
            XCTAssertEqual(connectionFailure(record)?.kind, .keepAliveTimeout, "\(start)")
            _ = await client.waitUntilClosed()
        }
    }

    func testItem96PingsOnlyWithOpenStreams() async throws {
        let frames = Box<[UInt8]>([])
        let server = try RawServer { connection in
            try connection.handshake()
            while true {
                let frame = try connection.readFrame()
                frames.append(frame.type)
                if frame.type == 6 { try connection.writeFrame(6, flags: 1, frame.payload) }
            }
        }
        try await withClient(server.endpoint, keepAlive(.milliseconds(20), .seconds(5))) { client in
            try await Task.sleep(for: .milliseconds(120))
            XCTAssertFalse(frames.value?.contains(6) ?? true)
            _ = try await client.post(handler: RecordingHandler())
            await ProcessCounts.eventually("no pings") { (frames.value ?? []).count { $0 == 6 } >= 2 }
        }
    }

    func testItem96NoPingsByDefault() async throws {
        let frames = Box<[UInt8]>([])
        let server = try server { connection, _ in
            while true { frames.append(try connection.readFrame().type) }
        }
        try await withClient(server.endpoint) { client in
            _ = try await client.post(handler: RecordingHandler())
            try await Task.sleep(for: .milliseconds(150))
        }
        XCTAssertFalse(frames.value?.contains(6) ?? true)
    }

    /// Item 101: output for a peer that does not read is bounded, and timers still fire.
    func testItem101PeerThatDoesNotRead() async throws {
        let release = DispatchSemaphore(value: 0)
        let server = try RawServer { connection in
            connection.setReceiveBuffer(4096)
            try connection.handshake(settings: [0, 4, 0x7F, 0xFF, 0xFF, 0xFF])
            try connection.writeFrame(8, [0x7F, 0, 0, 0])
            release.wait()
        }
        defer { release.signal() }
        let configuration = TransportConfiguration(maximumQueuedOutput: 1_000_000)
        try await withClient(server.endpoint, configuration) { client in
            let body = [UInt8](repeating: 1, count: 300_000)
            var refusal: TransportError?
            for _ in 0..<200 where refusal == nil {
                do {
                    _ = try await client.post(body: body, handler: RecordingHandler())
                } catch {
                    refusal = error as? TransportError
                }
            }
            XCTAssertEqual(refusal?.kind, .outputQueueFull)
            let fired = Box(false)
            _ = await client.schedule(after: .milliseconds(10)) { _ in fired.value = true }
            await ProcessCounts.eventually("the timer does not fire") { fired.value == true }
        }
    }

    /// Item 108: a pause without keepalive does no harm.
    func testItem108PauseWithoutKeepalive() async throws {
        let server = try server { connection, stream in
            try connection.writeFrame(1, flags: 4, stream: stream, [0x88])
            usleep(400_000)
            try connection.writeFrame(0, stream: stream, [1])
            try connection.writeFrame(1, flags: 5, stream: stream, RawConnection.trailers)
        }
        let record = try await withClient(server.endpoint) { try await $0.exchange() }
        XCTAssertEqual(record.body, [1])
        XCTAssertNil(record.failure)
    }

    // MARK: - Shut down

    func testItem137ShutdownSendsGoAwayAndEndsStreams() async throws {
        let frames = Box<[UInt8]>([])
        let server = try server { connection, _ in
            while true { frames.append(try connection.readFrame().type) }
        }
        let events = EventRecorder()
        let client = try await HTTP2Client.connect(to: server.endpoint, onEvent: events.callback)
        let handler = RecordingHandler()
        _ = try await client.post(handler: handler)
        await client.shutdown()
        XCTAssertEqual(connectionFailure(handler.record)?.kind, .shutdown)
        XCTAssertEqual(handler.record.closedCount, 1)
        XCTAssertEqual(events.events.count, 1)
        await client.shutdown()
        await ProcessCounts.eventually("no GOAWAY") { frames.value?.last == 7 }
        let end = await client.waitUntilClosed()
        XCTAssertEqual(end.kind, .shutdown)
    }

    /// Blocked writes do not hold a shutdown up, and nothing is called back afterwards.
    func testItem137ShutdownWhileThePeerDoesNotRead() async throws {
        let release = DispatchSemaphore(value: 0)
        let server = try RawServer { connection in
            connection.setReceiveBuffer(4096)
            try connection.handshake(settings: [0, 4, 0x7F, 0xFF, 0xFF, 0xFF])
            try connection.writeFrame(8, [0x7F, 0, 0, 0])
            release.wait()
        }
        defer { release.signal() }
        let configuration = TransportConfiguration(maximumQueuedOutput: 64_000_000)
        let client = try await HTTP2Client.connect(to: server.endpoint, configuration: configuration)
        let handler = RecordingHandler()
        _ = try await client.post(body: [UInt8](repeating: 1, count: 30_000_000), handler: handler)
        let fired = Box(false)
        _ = await client.schedule(after: .seconds(1)) { _ in fired.value = true }
        let start = MonotonicTime.now
        await client.shutdown()
        XCTAssertLessThan(MonotonicTime.now.elapsed(since: start), .seconds(4))
        XCTAssertEqual(handler.record.closedCount, 1)
        try await Task.sleep(for: .milliseconds(100))
        XCTAssertEqual(handler.record.closedCount, 1)
        XCTAssertEqual(fired.value, false)
    }

    func testCallsAfterShutdownAreHarmless() async throws {
        let server = try server { _, _ in }
        let client = try await HTTP2Client.connect(to: server.endpoint)
        let id = try await client.post(handler: RecordingHandler())
        await client.shutdown()
        await client.cancel(id)
        await client.consumed(10, on: id)
        let timer = await client.schedule(after: .zero) { _ in XCTFail("fired") }
        await client.cancelTimer(timer)
        let performed = Box(false)
        client.perform { _ in performed.value = true }
        await ProcessCounts.eventually("late work does not run") { performed.value == true }
        do {
            try await client.send([1], on: id, endStream: true)
            XCTFail("sent")
        } catch {
            XCTAssertEqual(error.kind, .shutdown)
        }
    }

    /// Item 131: writing to a peer that has gone neither kills the process nor changes its signal handling.
    func testItem131NoSIGPIPE() async throws {
        var before = sigaction()
        sigaction(SIGPIPE, nil, &before)
        for _ in 0..<10 {
            let server = try RawServer { connection in
                try connection.handshake()
                connection.abort()
            }
            let client = try await HTTP2Client.connect(to: server.endpoint)
            for _ in 0..<20 {
                _ = try? await client.post(body: [UInt8](repeating: 0, count: 1000), handler: RecordingHandler())
            }
            await client.shutdown()
        }
        var after = sigaction()
        sigaction(SIGPIPE, nil, &after)
        XCTAssertEqual(
            unsafeBitCast(before.__sigaction_handler, to: Int.self),
            unsafeBitCast(after.__sigaction_handler, to: Int.self))
    }

    /// Item 109: a stopped and continued peer, and a burst after it, are no failure.
    func testLargeBurstIsReadInTurns() async throws {
        let count = 4_000
        let server = try server { connection, stream in
            try connection.writeFrame(1, flags: 4, stream: stream, [0x88])
            var bytes: [UInt8] = []
            for number in 0..<count {
                bytes += RawConnection.frame(
                    0, stream: stream, [UInt8(truncatingIfNeeded: number)] + [UInt8](repeating: 1, count: 99))
            }
            try connection.write(bytes)
            try connection.writeFrame(1, flags: 5, stream: stream, RawConnection.trailers)
        }
        let record = try await withClient(server.endpoint) { try await $0.exchange() }
        XCTAssertNil(record.failure)
        XCTAssertEqual(record.body.count, count * 100)
    }
}
