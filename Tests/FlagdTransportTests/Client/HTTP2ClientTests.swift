import FlagdHTTP2
import Foundation
import XCTest

@testable import FlagdTransport

final class HTTP2ClientTests: XCTestCase {
    /// Answers every request with its own body.
    private static let echo: @Sendable (RawConnection) throws -> Void = { connection in
        try connection.handshake()
        var bodies: [UInt32: [UInt8]] = [:]
        while true {
            let frame = try connection.readFrame()
            guard frame.type == 0 else { continue }
            bodies[frame.stream, default: []] += frame.payload
            let count = UInt32(frame.payload.count)
            if count > 0 { try connection.writeFrame(8, [0, 0, UInt8(count >> 8 & 255), UInt8(count & 255)]) }
            if frame.flags & 1 != 0 { try connection.respond(frame.stream, bodies[frame.stream] ?? []) }
        }
    }

    private func assertEcho(_ endpoint: Endpoint, file: StaticString = #filePath, line: UInt = #line) async throws {
        let record = try await withClient(endpoint) { try await $0.exchange(body: [1, 2, 3]) }
        XCTAssertEqual(record.headers, [HeaderField(":status", "200")], file: file, line: line)
        XCTAssertEqual(record.body, [1, 2, 3], file: file, line: line)
        XCTAssertEqual(record.trailers, [HeaderField("grpc-status", "0")], file: file, line: line)
        XCTAssertNil(record.failure, file: file, line: line)
        XCTAssertEqual(record.closedCount, 1, file: file, line: line)
        XCTAssertFalse(record.isOutOfOrder, file: file, line: line)
    }

    func testIPv4() async throws {
        let server = try RawServer(script: Self.echo)
        try await assertEcho(server.endpoint)
    }

    func testIPv6() async throws {
        guard let server = try? RawServer(.ipv6, script: Self.echo) else { throw XCTSkip("no IPv6 on this machine") }
        try await assertEcho(.hostPort(host: "::1", port: server.port))
        try await assertEcho(.hostPort(host: "[::1]", port: server.port))
    }

    func testHostName() async throws {
        let server = try RawServer(script: Self.echo)
        try await assertEcho(.hostPort(host: "localhost", port: server.port))
    }

    func testItem133UnixSocket() async throws {
        let path = temporarySocketPath()
        defer { unlink(path) }
        // The file appears later: first an error, then a connection.
        let error = await connectError(.unixSocket(path: path))
        XCTAssertEqual(error?.kind, .connect)
        XCTAssertEqual(error?.description, "connect to unix:\(path): no such file")
        let server = try RawServer(.unix(path: path), script: Self.echo)
        try await assertEcho(.unixSocket(path: path))
        server.stop()
    }

    #if os(Linux)
    func testItem133AbstractSocket() async throws {
        let name = "@flagd-test-\(getpid())"
        let server = try RawServer(.unix(path: name), script: Self.echo)
        try await assertEcho(.unixSocket(path: name))
        server.stop()
    }
    #endif

    func testManyRequestsAtOnce() async throws {
        let server = try RawServer(script: Self.echo)
        try await withClient(server.endpoint) { client in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let body = [UInt8](repeating: UInt8(number), count: number * 100)
                        return try await client.exchange(body: body).body == body
                    }
                }
                for try await isSame in group { XCTAssertTrue(isSame) }
            }
        }
    }

    /// Item 132: short writes; and item 38 from the client's side: as much flows as the peer allows.
    func testItem132LargeBodiesInBothDirections() async throws {
        let streamWindow = Int(HTTP2Configuration().initialStreamWindow)
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let server = try RawServer { connection in
            connection.setReceiveBuffer(65_536)
            try connection.handshake(settings: [0, 4, 0, 0x7F, 0xFF, 0xFF])
            try connection.writeFrame(8, [0, 0x7F, 0xFF, 0xFF])
            var received: [UInt8] = []
            var stream: UInt32 = 0
            var window = 65_535
            while received.count < body.count {
                let frame = try connection.readFrame()
                if frame.type == 8 { window += frame.payload.reduce(0) { $0 << 8 | Int($1) } }
                if frame.type == 0 { received += frame.payload }
                stream = max(stream, frame.stream)
            }
            try connection.writeFrame(1, flags: 4, stream: stream, [0x88])
            // As a well-behaved server does, within the windows that the client opens.
            var rest = received[...]
            var streamWindow = streamWindow
            while !rest.isEmpty {
                while min(window, streamWindow) < 16_384 {
                    let frame = try connection.readFrame()
                    guard frame.type == 8 else { continue }
                    let increment = frame.payload.reduce(0) { $0 << 8 | Int($1) }
                    if frame.stream == 0 { window += increment } else { streamWindow += increment }
                }
                let piece = Array(rest.prefix(16_384))
                rest = rest.dropFirst(piece.count)
                window -= piece.count
                streamWindow -= piece.count
                try connection.writeFrame(0, stream: stream, piece)
            }
            try connection.writeFrame(1, flags: 5, stream: stream, RawConnection.trailers)
            connection.readToEnd()
        }
        let record = try await withClient(server.endpoint) { try await $0.exchange(body: body) }
        XCTAssertNil(record.failure)
        XCTAssertTrue(record.body == body, "\(record.body.count) bytes")
    }

    func testContentInPieces() async throws {
        let server = try RawServer(script: Self.echo)
        try await withClient(server.endpoint) { client in
            let handler = RecordingHandler()
            let id = try await client.post(body: [1], endStream: false, handler: handler)
            try await client.send([2, 3], on: id, endStream: false)
            try await client.send([], on: id, endStream: true)
            let record = await handler.ended()
            XCTAssertEqual(record.body, [1, 2, 3])
            // The stream has ended: ignored.
            try await client.send([4], on: id, endStream: true)
            await client.consumed(1, on: id)
        }
    }

    func testItem101ContentBeyondTheQueueIsRefused() async throws {
        let server = try RawServer(script: Self.echo)
        let configuration = TransportConfiguration(maximumQueuedOutput: 100_000)
        try await withClient(server.endpoint, configuration) { client in
            let id = try await client.post(body: [1], endStream: false, handler: RecordingHandler())
            do {
                try await client.send([UInt8](repeating: 1, count: 100_001), on: id, endStream: true)
                XCTFail("taken")
            } catch {
                XCTAssertEqual((error as? TransportError)?.kind, .outputQueueFull)
            }
        }
    }

    /// Item 6: late SETTINGS are fine.
    func testItem6LateSettings() async throws {
        let server = try RawServer { connection in
            _ = try connection.read(24)
            usleep(1_500_000)
            try connection.writeFrame(4)
            connection.readToEnd()
        }
        try await withClient(server.endpoint) { client in
            let isOpen = await client.isOpen
            XCTAssertTrue(isOpen)
        }
    }

    /// Item 36: a server whose bytes come one by one.
    func testItem36ByteWiseServer() async throws {
        let server = try RawServer { connection in
            try connection.handshake()
            let request = try connection.readFrame(type: 1)
            let response =
                RawConnection.frame(1, flags: 4, stream: request.stream, [0x88])
                + RawConnection.frame(0, stream: request.stream, [7, 8])
                + RawConnection.frame(1, flags: 5, stream: request.stream, RawConnection.trailers)
            for byte in response { try connection.write([byte]) }
            connection.readToEnd()
        }
        let record = try await withClient(server.endpoint) { try await $0.exchange() }
        XCTAssertEqual(record.body, [7, 8])
        XCTAssertNil(record.failure)
    }

    /// Item 54: RST_STREAM(CANCEL) goes out, and the handler hears nothing more.
    func testItem54CancelResetsTheStream() async throws {
        let reset = Box<RawConnection.Frame>()
        let server = try RawServer { connection in
            try connection.handshake()
            let request = try connection.readFrame(type: 1)
            try connection.writeFrame(1, flags: 4, stream: request.stream, [0x88])
            reset.value = try connection.readFrame(type: 3)
            try connection.writeFrame(0, flags: 1, stream: request.stream, [1])
            connection.readToEnd()
        }
        try await withClient(server.endpoint) { client in
            let handler = RecordingHandler()
            let id = try await client.post(handler: handler)
            await ProcessCounts.eventually("no headers") { handler.record.headers != nil }
            await client.cancel(id)
            await client.cancel(id)
            await ProcessCounts.eventually("no RST_STREAM") { reset.value != nil }
            XCTAssertEqual(reset.value?.payload, [0, 0, 0, 8])
            XCTAssertEqual(reset.value?.stream, id.rawValue)
            XCTAssertEqual(handler.record.closedCount, 0)
            XCTAssertEqual(handler.record.body, [])
        }
    }

    /// A handler may start the next request, cancel itself and set timers without `await`.
    func testCallbacksMayUseTheClient() async throws {
        let server = try RawServer(script: Self.echo)
        try await withClient(server.endpoint) { client in
            let second = RecordingHandler()
            let first = RecordingHandler { _, client in
                _ = client.schedule(after: .milliseconds(1)) { client in
                    _ = try? client.post(body: [9], handler: second)
                }
            }
            _ = try await client.post(body: [1], handler: first)
            let record = await second.ended()
            XCTAssertEqual(record.body, [9])
        }
    }

    func testTimersFireInOrderAndCanBeCancelled() async throws {
        let server = try RawServer(script: Self.echo)
        try await withClient(server.endpoint) { client in
            let fired = Box<[Int]>([])
            let start = MonotonicTime.now
            _ = await client.schedule(at: start.advanced(by: .milliseconds(30))) { _ in fired.append(2) }
            _ = await client.schedule(at: start.advanced(by: .milliseconds(10))) { _ in fired.append(1) }
            let cancelled = await client.schedule(at: start.advanced(by: .milliseconds(20))) { _ in fired.append(0) }
            await client.cancelTimer(cancelled)
            await ProcessCounts.eventually("no timer") { fired.value?.count == 2 }
            XCTAssertEqual(fired.value, [1, 2])
            XCTAssertGreaterThanOrEqual(MonotonicTime.now.elapsed(since: start), .milliseconds(30))
        }
    }

    func testAuthorityAndScheme() async throws {
        let server = try RawServer(script: Self.echo)
        try await withClient(server.endpoint) { client in
            XCTAssertEqual(client.authority, "127.0.0.1:\(server.port)")
            XCTAssertEqual(client.scheme, "http")
        }
        try await withClient(server.endpoint, TransportConfiguration(authority: "other")) { client in
            XCTAssertEqual(client.authority, "other")
        }
    }

    func testMalformedRequestIsRefused() async throws {
        let server = try RawServer(script: Self.echo)
        try await withClient(server.endpoint) { client in
            do {
                let headers = [HeaderField(":method", "POST"), HeaderField("Upper", "x")]
                _ = try await client.startRequest(
                    headers: headers, body: nil, endStream: true, handler: RecordingHandler())
                XCTFail("accepted")
            } catch {
                XCTAssertEqual((error as? TransportError)?.kind, .invalidRequest)
            }
            let record = try await client.exchange(body: [1])
            XCTAssertEqual(record.body, [1])
        }
    }
}
