import FlagdGRPC
import FlagdTestSupport
import FlagdTransport
import XCTest

/// Reads a stream, and counts the turns that something else gets meanwhile.
private actor Turns {
    private var count = 0
    private var isRead = false

    func run() async {
        while !isRead {
            count += 1
            await Task.yield()
        }
    }

    func read(_ stream: GRPCMessageStream) async throws -> (messages: Int, turns: Int) {
        defer { isRead = true }
        while count == 0 { await Task.yield() }
        let first = count
        var messages = 0
        for try await _ in stream { messages += 1 }
        return (messages, count - first)
    }
}

final class GRPCMessageStreamTests: XCTestCase {
    private typealias Step = ScriptedServer.Step

    private let method = GRPCMethod(service: "test.Service", name: "Stream")

    func testMessagesAndMetadata() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message, #"{"data":"0000000000"}"#, Step.okay]])
        let channel = try await server.connect()
        let stream = try await channel.serverStreaming(method, message: [])
        let result = await drain(stream)
        XCTAssertEqual(result.messages, [[1, 2], []])
        XCTAssertNil(result.end)
        XCTAssertEqual(stream.initialMetadata?.firstText(named: "x-head"), "1")
        XCTAssertEqual(stream.trailingMetadata?.firstText(named: "x-trail"), "2")
        let again = await drain(stream)
        XCTAssertEqual(again.messages, [])
        await channel.shutdown()
    }

    /// Item 129: messages that are all there already do not keep a thread of the pool.
    func testItem129ReadingLetsOthersRun() async throws {
        let messages = #"{"data":"\#(String(repeating: "0000000000", count: 1000))"}"#
        let server = try await ScriptedServer.start([[Step.head, messages, Step.okay]])
        let channel = try await server.connect()
        let stream = try await channel.serverStreaming(method, message: [])
        try await waitUntil("the end") { stream.trailingMetadata != nil }
        let turns = Turns()
        async let others: Void = turns.run()
        let result = try await turns.read(stream)
        await others
        XCTAssertEqual(result.messages, 1000)
        // How many it is, is up to the scheduler.
        XCTAssertGreaterThan(result.turns, 0)
        await channel.shutdown()
    }

    func testItem95EndWithAnError() async throws {
        let trailers = #"{"headers":[["grpc-status","14"],["grpc-message","going%20away"]],"end":true}"#
        let server = try await ScriptedServer.start([[Step.head, Step.message, trailers]])
        let channel = try await server.connect()
        let stream = try await channel.serverStreaming(method, message: [])
        for messages in [[[1, 2]], []] as [[[UInt8]]] {
            let result = await drain(stream)
            XCTAssertEqual(result.messages, messages)
            XCTAssertEqual(result.end, GRPCStatus(.unavailable, "going away", origin: .server))
        }
        await channel.shutdown()
    }

    func testItem54CancelMethod() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message]])
        let channel = try await server.connect()
        let stream = try await channel.serverStreaming(method, message: [])
        var iterator = stream.makeAsyncIterator()
        let first = try await iterator.next()
        XCTAssertEqual(first, [1, 2])
        stream.cancel()
        stream.cancel()
        let result = await drain(stream)
        XCTAssertEqual(result.end?.code, .cancelled)
        let code = try await server.resetCode()
        XCTAssertEqual(code, "00000008")
        await channel.shutdown()
    }

    func testItem54CancelledReader() async throws {
        let server = try await ScriptedServer.start([[Step.head]])
        let channel = try await server.connect()
        let stream = try await channel.serverStreaming(method, message: [])
        let reader = Task { await drain(stream).end }
        try await waitUntil("the response") { stream.initialMetadata != nil }
        reader.cancel()
        let end = await reader.value
        XCTAssertEqual(end?.code, .cancelled)
        let code = try await server.resetCode()
        XCTAssertEqual(code, "00000008")
        await channel.shutdown()
    }

    func testItem54DroppedStream() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message]])
        let channel = try await server.connect()
        var stream: GRPCMessageStream? = try await channel.serverStreaming(method, message: [])
        var iterator = stream?.makeAsyncIterator()
        let first = try await iterator?.next()
        XCTAssertEqual(first, [1, 2])
        stream = nil
        // The iterator alone keeps the call.
        try await Task.sleep(for: .milliseconds(50))
        let frames = try await server.seen().frames ?? []
        XCTAssertFalse(frames.contains { $0.type == "RST_STREAM" })
        iterator = nil
        let code = try await server.resetCode()
        XCTAssertEqual(code, "00000008")
        await channel.shutdown()
    }

    func testItem90StreamDeadline() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message]])
        let channel = try await server.connect()
        let options = GRPCCallOptions(timeout: .milliseconds(200))
        let result = await drain(try await channel.serverStreaming(method, message: [], options: options))
        XCTAssertEqual(result.messages, [[1, 2]])
        XCTAssertEqual(result.end?.code, .deadlineExceeded)
        let code = try await server.resetCode()
        XCTAssertEqual(code, "00000008")
        await channel.shutdown()
    }

    func testItem44SlowReaderSlowsTheServerDown() async throws {
        let count = 40
        let message = #"{"message":200000}"#
        let server = try await ScriptedServer.start([
            [Step.head] + Array(repeating: message, count: count) + [Step.okay]
        ])
        let channel = try await server.connect()
        let stream = try await channel.serverStreaming(method, message: [])
        try await waitUntil("a message") { stream.initialMetadata != nil }
        // Without a reader the server gets no further than the windows allow.
        var sent = -1
        try await waitUntil("the server to be stopped by flow control") {
            let before = sent
            try await Task.sleep(for: .milliseconds(100))
            sent = try await server.seen().sent ?? 0
            return sent > 0 && sent == before
        }
        XCTAssertLessThan(sent, 3 << 20)
        let result = await drain(stream)
        XCTAssertEqual(result.messages.count, count)
        XCTAssertTrue(result.messages.allSatisfy { $0.count == 200_000 })
        XCTAssertNil(result.end)
        await channel.shutdown()
    }

    func testItem38MessageLongerThanAllWindows() async throws {
        let server = try await ScriptedServer.start([[Step.head, #"{"message":20000000}"#, Step.okay]])
        let channel = try await server.connect()
        let stream = try await channel.serverStreaming(method, message: [])
        let result = await drain(stream)
        XCTAssertEqual(result.messages.map(\.count), [20_000_000])
        XCTAssertNil(result.end)
        await channel.shutdown()
    }

    func testItem40AnUnreadStreamDoesNotBlockOtherCalls() async throws {
        let endless = [Step.head] + Array(repeating: #"{"message":200000}"#, count: 40)
        let server = try await ScriptedServer.start([endless, [Step.head, Step.message, Step.okay]])
        let channel = try await server.connect()
        let stream = try await channel.serverStreaming(method, message: [])
        try await waitUntil("a message") { stream.initialMetadata != nil }
        try await Task.sleep(for: .milliseconds(100))
        let response = try await channel.unary(method, message: [], options: GRPCCallOptions(timeout: .seconds(20)))
        XCTAssertEqual(response.message, [1, 2])
        stream.cancel()
        // What the cancelled stream held is given back: a long message still gets through.
        try await server.play([[Step.head, #"{"message":10000000}"#, Step.okay]])
        let long = try await channel.unary(method, message: [], options: GRPCCallOptions(timeout: .seconds(20)))
        XCTAssertEqual(long.message.count, 10_000_000)
        await channel.shutdown()
    }

    func testTwoReadersAtOnce() async throws {
        let server = try await ScriptedServer.start([[Step.head]])
        let channel = try await server.connect()
        let stream = try await channel.serverStreaming(method, message: [])
        let first = Task { await drain(stream).end }
        let second = Task { await drain(stream).end }
        try await waitUntil("one of them to be refused") { [first, second] in
            try await withDeadline(.seconds(20), "a refusal") {
                await withTaskGroup(of: GRPCStatus?.self) { group in
                    group.addTask { await first.value }
                    group.addTask { await second.value }
                    let status = await group.next() ?? nil
                    stream.cancel()
                    return status?.code == .failedPrecondition
                }
            }
        }
        await channel.shutdown()
    }

    func testLostConnection() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message]])
        let channel = try await server.connect()
        let stream = try await channel.serverStreaming(method, message: [])
        var iterator = stream.makeAsyncIterator()
        _ = try await iterator.next()
        server.process.kill()
        let result = await drain(stream)
        XCTAssertEqual(result.end?.code, .unavailable)
        XCTAssertEqual(result.end?.origin, .transport)
        await channel.shutdown()
    }
}

/// Takes everything a stream has, and how it ended.
private func drain(_ stream: GRPCMessageStream) async -> (messages: [[UInt8]], end: GRPCStatus?) {
    var messages: [[UInt8]] = []
    do throws(GRPCStatus) {
        var iterator = stream.makeAsyncIterator()
        while let message = try await iterator.next() { messages.append(message) }
        return (messages, nil)
    } catch {
        return (messages, error)
    }
}
