import FlagdGRPC
import FlagdTestSupport
import FlagdTransport
import XCTest

/// Many calls that are cancelled, dropped and timed out at every moment of their lives.
final class GRPCChannelStressTests: XCTestCase {
    private typealias Step = ScriptedServer.Step

    private static let method = GRPCMethod(service: "test.Service", name: "Method")

    /// One call that goes wrong in one of many ways, or not at all.
    private static func useAndAbandon(_ channel: GRPCChannel, _ number: Int) async {
        let delay = Duration.microseconds(number * 37 % 3_000)
        switch number % 5 {
        case 0:
            let options = GRPCCallOptions(timeout: .microseconds(number * 41 % 4_000))
            _ = try? await channel.unary(method, message: [1], options: options)
        case 1:
            let call = Task { try await channel.unary(method, message: [1]) }
            try? await Task.sleep(for: delay)
            call.cancel()
            _ = try? await call.value
        case 2:
            // Dropped without having been read.
            _ = try? await channel.serverStreaming(method, message: [1])
        case 3:
            guard let stream = try? await channel.serverStreaming(method, message: [1]) else { return }
            var iterator = stream.makeAsyncIterator()
            _ = try? await iterator.next()
        default:
            guard let stream = try? await channel.serverStreaming(method, message: [1]) else { return }
            let reader = Task { await read(stream) }
            try? await Task.sleep(for: delay)
            stream.cancel()
            await reader.value
        }
    }

    /// Takes all messages.
    private static func read(_ stream: GRPCMessageStream) async {
        var iterator = stream.makeAsyncIterator()
        while let message = try? await iterator.next() { XCTAssertGreaterThan(message.count, 0) }
    }

    private static func openAndRead(_ channel: GRPCChannel, reads: Bool) async {
        let stream = try? await channel.serverStreaming(method, message: [])
        guard let stream, reads else { return }
        await read(stream)
    }

    func testItem40AbandonedCallsLeaveNothingBehind() async throws {
        let long = #"{"message":300000}"#
        let server = try await ScriptedServer.start([[Step.head, Step.message, long, long, long, Step.okay]])
        let channel = try await server.connect()
        try await withDeadline(.seconds(60), "the calls") {
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<300 { group.addTask { await Self.useAndAbandon(channel, number) } }
            }
        }
        XCTAssertTrue(channel.isUsable)
        // If windows had leaked, this would not get through.
        try await server.play([[Step.head, #"{"message":5000000}"#, Step.okay]])
        let options = GRPCCallOptions(timeout: .seconds(30))
        let response = try await channel.unary(Self.method, message: [], options: options)
        XCTAssertEqual(response.message.count, 5_000_000)
        await channel.shutdown()
    }

    private static func openManyAndShutDown(_ channel: GRPCChannel, after delay: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 { group.addTask { await openAndRead(channel, reads: number % 2 == 0) } }
            try? await Task.sleep(for: delay)
            await channel.shutdown()
        }
    }

    func testShutdownAmidCalls() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message]])
        for round in 0..<10 {
            let channel = try await server.connect()
            try await withDeadline(.seconds(30), "the end of all calls") {
                await Self.openManyAndShutDown(channel, after: .microseconds(round * 500))
            }
            XCTAssertFalse(channel.isUsable)
        }
    }
}
