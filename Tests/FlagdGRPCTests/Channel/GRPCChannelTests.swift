import FlagdGRPC
import FlagdTestSupport
import FlagdTransport
import XCTest

final class GRPCChannelTests: XCTestCase {
    private typealias Step = ScriptedServer.Step

    private let method = GRPCMethod(service: "test.Service", name: "Method")

    private func status(
        _ channel: GRPCChannel, _ options: GRPCCallOptions = GRPCCallOptions(), line: UInt = #line
    ) async -> GRPCStatus? {
        do {
            let response = try await channel.unary(method, message: [], options: options)
            XCTFail("answered \(response)", line: line)
            return nil
        } catch {
            return error
        }
    }

    func testUnaryCall() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message, Step.okay]])
        let channel = try await server.connect()
        let response = try await channel.unary(method, message: [7, 8, 9])
        XCTAssertEqual(response.message, [1, 2])
        XCTAssertEqual(response.initialMetadata.firstText(named: "x-head"), "1")
        XCTAssertEqual(response.trailingMetadata.firstText(named: "x-trail"), "2")
        let frames = try await server.seen().frames ?? []
        XCTAssertEqual(frames.filter { $0.type == "DATA" }.map(\.payload), ["0000000003070809"])
        XCTAssertTrue(channel.isUsable)
        await channel.shutdown()
        XCTAssertFalse(channel.isUsable)
    }

    func testItem77BytesOneByOneAndMessagesAcrossFrames() async throws {
        let bytes = #"{"data":"00000000020102","chunk":1}"#
        let server = try await ScriptedServer.start([[Step.head, bytes, #"{"data":""}"#, Step.okay]])
        let channel = try await server.connect()
        let response = try await channel.unary(method, message: [])
        XCTAssertEqual(response.message, [1, 2])
        await channel.shutdown()
    }

    func testItem79EndStreamWithoutTrailers() async throws {
        let server = try await ScriptedServer.start([
            [Step.head, Step.message, #"{"data":"","end":true}"#], [#"{"headers":[[":status","200"]],"end":true}"#],
            [Step.head, #"{"headers":[["x","y"]],"end":true}"#],
        ])
        let channel = try await server.connect()
        let endOnData = await status(channel)
        XCTAssertEqual(endOnData?.code, .internalError)
        let bare = await status(channel)
        XCTAssertEqual(bare?.code, .unknown)
        let withoutStatus = await status(channel)
        XCTAssertEqual(withoutStatus?.code, .unknown)
        XCTAssertTrue(channel.isUsable)
        await channel.shutdown()
    }

    func testItem80And81WebPages() async throws {
        let server = try await ScriptedServer.start([
            [#"{"headers":[[":status","502"],["content-type","text/html"]]}"#, #"{"data":"3c68746d6c3e","end":true}"#],
            [#"{"headers":[[":status","200"],["content-type","text/html"]]}"#, Step.message, Step.okay],
        ])
        let channel = try await server.connect()
        let gateway = await status(channel)
        XCTAssertEqual(gateway?.code, .unavailable)
        XCTAssertEqual(gateway?.origin, .http)
        let page = await status(channel)
        XCTAssertEqual(page?.code, .unknown)
        await channel.shutdown()
    }

    func testItem83Resets() async throws {
        let codes: [(Int, GRPCStatusCode)] = [
            (0, .internalError), (1, .internalError), (2, .internalError), (7, .unavailable), (8, .cancelled),
            (0xb, .resourceExhausted), (0xc, .permissionDenied), (0x7fff_ffff, .internalError),
        ]
        let server = try await ScriptedServer.start(codes.map { [Step.head, #"{"rst":\#($0.0)}"#] })
        let channel = try await server.connect()
        for (number, code) in codes {
            let status = await status(channel)
            XCTAssertEqual(status?.code, code, "\(number)")
        }
        await channel.shutdown()
    }

    func testItem84And107ConnectionEndsInsideAMessage() async throws {
        for step in [#"{"close":true}"#, #"{"reset":true}"#] {
            let server = try await ScriptedServer.start([[Step.head, #"{"data":"000000000901"}"#, step]])
            let channel = try await server.connect()
            let lost = await status(channel)
            XCTAssertEqual(lost?.code, .unavailable)
            XCTAssertEqual(lost?.origin, .transport)
            guard case .closed = await channel.waitForEnd() else { return XCTFail("still open") }
            XCTAssertFalse(channel.isUsable)
            let afterwards = await status(channel)
            XCTAssertEqual(afterwards?.code, .unavailable)
            await channel.shutdown()
        }
    }

    func testItem87MessageAboveTheLimit() async throws {
        let server = try await ScriptedServer.start([
            [Step.head, #"{"message":100}"#, Step.okay], [Step.head, #"{"message":101}"#, Step.okay],
        ])
        let channel = try await server.connect()
        let options = GRPCCallOptions(maximumMessageSize: 100)
        let response = try await channel.unary(method, message: [], options: options)
        XCTAssertEqual(response.message.count, 100)
        let tooLong = await status(channel, options)
        XCTAssertEqual(tooLong?.code, .resourceExhausted)
        await channel.shutdown()
    }

    func testItem89TwoMessages() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message, Step.message, Step.okay]])
        let channel = try await server.connect()
        let status = await status(channel)
        XCTAssertEqual(status?.code, .internalError)
        await channel.shutdown()
    }

    func testItem90DeadlineWithASilentServer() async throws {
        let server = try await ScriptedServer.start([[]])
        let channel = try await server.connect()
        let start = MonotonicTime.now
        let status = await status(channel, GRPCCallOptions(timeout: .milliseconds(200)))
        let elapsed = MonotonicTime.now.elapsed(since: start)
        XCTAssertEqual(status?.code, .deadlineExceeded)
        XCTAssertGreaterThanOrEqual(elapsed, .milliseconds(200))
        XCTAssertLessThan(elapsed, .seconds(5), "a hang, whatever the machine's load")
        let code = try await server.resetCode()
        XCTAssertEqual(code, "00000008")
        XCTAssertTrue(channel.isUsable)
        await channel.shutdown()
    }

    func testItem90DeadlineWhileBytesDrip() async throws {
        let drip = #"{"message":1000,"chunk":1,"interval":0.02}"#
        let server = try await ScriptedServer.start([[Step.head, drip]])
        let channel = try await server.connect()
        let status = await status(channel, GRPCCallOptions(timeout: .milliseconds(200)))
        XCTAssertEqual(status?.code, .deadlineExceeded)
        let code = try await server.resetCode()
        XCTAssertEqual(code, "00000008")
        await channel.shutdown()
    }

    func testItem90NoTimeLeftMeansNoRequest() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message, Step.okay]])
        let channel = try await server.connect()
        for timeout in [Duration.zero, .seconds(-1)] {
            let status = await status(channel, GRPCCallOptions(timeout: timeout))
            XCTAssertEqual(status?.code, .deadlineExceeded)
        }
        let requests = try await server.seen().requests
        XCTAssertEqual(requests, 0)
        await channel.shutdown()
    }

    func testItem54CancelledTask() async throws {
        let server = try await ScriptedServer.start([[Step.head]])
        let channel = try await server.connect()
        let method = method
        let call = Task { try await channel.unary(method, message: []) }
        try await waitUntil("the request") { try await server.seen().requests == 1 }
        call.cancel()
        do {
            _ = try await call.value
            XCTFail("answered")
        } catch {
            XCTAssertEqual((error as? GRPCStatus)?.code, .cancelled)
        }
        let code = try await server.resetCode()
        XCTAssertEqual(code, "00000008")
        await channel.shutdown()
    }

    func testCallOfACancelledTaskIsNotSent() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message, Step.okay]])
        let channel = try await server.connect()
        let method = method
        let call = Task {
            // Returns at once when the task is cancelled.
            try? await Task.sleep(for: .seconds(60))
            return try await channel.unary(method, message: [])
        }
        call.cancel()
        do {
            _ = try await call.value
            XCTFail("answered")
        } catch {
            XCTAssertEqual((error as? GRPCStatus)?.code, .cancelled)
        }
        let requests = try await server.seen().requests
        XCTAssertEqual(requests, 0)
        await channel.shutdown()
    }

    func testItem46GoAwayLetsOpenStreamsEnd() async throws {
        let server = try await ScriptedServer.start([
            [Step.head, #"{"goaway":[1,0,"moving"]}"#, #"{"sleep":0.3}"#, Step.message, Step.okay]
        ])
        let channel = try await server.connect()
        let method = method
        async let response = channel.unary(method, message: [])
        let end = await channel.waitForEnd()
        guard case .draining(let cause) = end else { return XCTFail("\(end)") }
        XCTAssertEqual(cause.kind, .goAway)
        XCTAssertTrue(cause.description.contains("moving"), cause.description)
        XCTAssertFalse(channel.isUsable)
        let refused = await status(channel)
        XCTAssertEqual(refused?.code, .unavailable)
        let message = try await response.message
        XCTAssertEqual(message, [1, 2])
        try await waitUntil("the drained connection to close") {
            if case .closed = channel.end { true } else { false }
        }
        await channel.shutdown()
    }

    func testItem46StreamsAboveTheLastOneAreSafeToRetry() async throws {
        let server = try await ScriptedServer.start([[#"{"goaway":[0,0,""]}"#]])
        let channel = try await server.connect()
        let status = await status(channel)
        XCTAssertEqual(status?.code, .unavailable)
        XCTAssertEqual(status?.origin, .reset(processed: false))
        await channel.shutdown()
    }

    func testNobodyListens() async throws {
        let server = try await ScriptedServer.start([[]])
        server.process.kill()
        do {
            _ = try await server.connect()
            XCTFail("connected")
        } catch let status as GRPCStatus {
            XCTAssertEqual(status.code, .unavailable)
            XCTAssertEqual(status.origin, .transport)
            XCTAssertTrue(status.message.contains(server.endpoint.description), status.message)
        }
    }

    func testInvalidTarget() async throws {
        do {
            _ = try await GRPCChannel.connect(to: .hostPort(host: "localhost", port: 99_999))
            XCTFail("connected")
        } catch {
            XCTAssertEqual(error.code, .invalidArgument)
        }
    }

    func testShutdownEndsCallsAndWaits() async throws {
        let server = try await ScriptedServer.start([[]])
        let channel = try await server.connect()
        let method = method
        let call = Task { try await channel.unary(method, message: []) }
        let waiting = Task { await channel.waitForEnd() }
        try await waitUntil("the request") { try await server.seen().requests == 1 }
        await channel.shutdown()
        await channel.shutdown()
        do {
            _ = try await call.value
            XCTFail("answered")
        } catch {
            XCTAssertEqual((error as? GRPCStatus)?.code, .cancelled)
        }
        let end = await waiting.value
        guard case .closed(let cause) = end else { return XCTFail("\(end)") }
        XCTAssertEqual(cause.kind, .shutdown)
    }

    func testCancelledWaitForTheEnd() async throws {
        let server = try await ScriptedServer.start([[]])
        let channel = try await server.connect()
        let waiting = Task { await channel.waitForEnd() }
        waiting.cancel()
        let end = await waiting.value
        XCTAssertEqual(end, .stillOpen)
        await channel.shutdown()
    }

    func testLastReferenceClosesTheConnection() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message, Step.okay]])
        var channel: GRPCChannel? = try await server.connect()
        _ = try await channel?.unary(method, message: [])
        channel = nil
        try await waitUntil("GOAWAY") {
            try await server.seen().frames?.contains { $0.type == "GOAWAY" } ?? false
        }
    }

    func testManyCallsAtOnce() async throws {
        let server = try await ScriptedServer.start([[Step.head, Step.message, Step.okay]])
        let channel = try await server.connect()
        let method = method
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<50 { group.addTask { try await channel.unary(method, message: [1]).message } }
            for try await message in group { XCTAssertEqual(message, [1, 2]) }
        }
        await channel.shutdown()
    }
}
