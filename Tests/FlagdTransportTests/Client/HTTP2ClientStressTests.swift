import Foundation
import XCTest

@testable import FlagdTransport

/// Calls that race with each other; most useful under ThreadSanitizer.
final class HTTP2ClientStressTests: XCTestCase {
    private static let answer: @Sendable (RawConnection) throws -> Void = { connection in
        try connection.handshake()
        while true {
            let request = try connection.readFrame(type: 1)
            try connection.respond(request.stream, [1])
        }
    }

    private func assertNothingIsLeft(_ descriptors: Int, _ threads: Int) async {
        await ProcessCounts.eventually("descriptors are left") { ProcessCounts.descriptors <= descriptors }
        await ProcessCounts.eventually("threads are left") {
            ProcessCounts.threads <= threads + ProcessCounts.poolSlack
        }
    }

    /// Item 137: whenever the cancellation comes, the attempt ends as cancelled or with a usable client.
    func testItem137CancellationAtAnyMoment() async throws {
        let server = try RawServer(script: Self.answer)
        // The runtime opens descriptors of its own when a task first sleeps.
        try await Task.sleep(for: .milliseconds(1))
        let endpoints: [Endpoint] = [server.endpoint, .hostPort(host: "localhost", port: server.port)]
        let descriptors = ProcessCounts.descriptors
        let threads = ProcessCounts.threads
        let outcomes = await withTaskGroup(of: TransportError.Kind?.self) { group in
            for number in 0..<120 {
                group.addTask {
                    let task = Task { () async -> TransportError.Kind? in
                        do throws(TransportError) {
                            let client = try await HTTP2Client.connect(to: endpoints[number % 2])
                            await client.shutdown()
                            return nil
                        } catch {
                            return error.kind
                        }
                    }
                    try? await Task.sleep(for: .microseconds(number * 25))
                    task.cancel()
                    return await task.value
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let allowed: Set<TransportError.Kind?> = [nil, .cancelled, .resources]
        XCTAssertTrue(allowed.isSuperset(of: outcomes), "\(Set(outcomes))")
        await assertNothingIsLeft(descriptors, threads)
    }

    /// Requests, cancellations, timers and two shutdowns at once: every handler hears of its end exactly once or was cancelled.
    func testRequestsRaceWithShutdown() async throws {
        let server = try RawServer(script: Self.answer)
        try await Task.sleep(for: .milliseconds(1))
        let descriptors = ProcessCounts.descriptors
        let threads = ProcessCounts.threads
        for round in 0..<10 {
            let client = try await HTTP2Client.connect(to: server.endpoint)
            let handlers = Box<[RecordingHandler]>([])
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        for _ in 0..<20 {
                            let handler = RecordingHandler()
                            guard let id = try? await client.post(body: [1], handler: handler) else { return }
                            if number == 0 { return client.perform { $0.cancel(id) } }
                            handlers.append(handler)
                        }
                    }
                }
                for _ in 0..<2 {
                    group.addTask {
                        try? await Task.sleep(for: .microseconds(round * 300))
                        await client.shutdown()
                    }
                }
            }
            for handler in handlers.value ?? [] {
                let record = await handler.ended()
                XCTAssertEqual(record.closedCount, 1)
                XCTAssertFalse(record.isOutOfOrder)
            }
        }
        await assertNothingIsLeft(descriptors, threads)
    }

    /// The server goes away at any moment of a busy connection.
    func testServerVanishesUnderLoad() async throws {
        for delay in [0, 200, 1_000, 3_000] {
            let server = try RawServer { connection in
                try connection.handshake()
                let end = MonotonicTime.now.advanced(by: .microseconds(delay))
                while MonotonicTime.now < end {
                    let request = try connection.readFrame(type: 1)
                    try connection.respond(request.stream, [1])
                }
                connection.abort()
            }
            let events = EventRecorder()
            let client = try await HTTP2Client.connect(to: server.endpoint, onEvent: events.callback)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        while let record = try? await client.exchange(body: [UInt8](repeating: 1, count: 2_000)) {
                            XCTAssertEqual(record.closedCount, 1)
                            if record.failure != nil { return }
                        }
                    }
                }
            }
            let end = await client.waitUntilClosed()
            XCTAssertTrue([.reset, .closed].contains(end.kind), "\(end)")
            XCTAssertEqual(events.events, [.closed(end)])
        }
    }
}
