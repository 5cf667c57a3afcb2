import FlagdGRPC
import FlagdTestSupport
import FlagdTransport
import XCTest

/// The client against a real gRPC server.
final class FlagSyncClientTests: XCTestCase {
    private func connect(_ server: SyncServer) async throws -> (client: FlagSyncClient, channel: GRPCChannel) {
        let channel = try await GRPCChannel.connect(to: .hostPort(host: "127.0.0.1", port: server.port))
        return (FlagSyncClient(channel: channel), channel)
    }

    private func text(_ bytes: ArraySlice<UInt8>?) -> String? {
        bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    private func code(_ call: () async throws(GRPCStatus) -> some Sendable) async -> GRPCStatusCode? {
        do throws(GRPCStatus) {
            _ = try await call()
            return nil
        } catch {
            return error.code
        }
    }

    func testSyncFlags() async throws {
        let server = try await SyncServer.start(["--context", #"{"a":[1,"ä",null,{"b":true}]}"#])
        try await server.push(#"{"flags":{"ä":1}}"#)
        let (client, channel) = try await connect(server)
        let request = SyncFlagsRequest(providerID: "me")
        let stream = try await client.syncFlags(request)
        var iterator = stream.makeAsyncIterator()
        let first = try await iterator.next()
        XCTAssertEqual(text(first?.flagConfiguration), #"{"flags":{"ä":1}}"#)
        XCTAssertEqual(
            first?.syncContext, ["a": .list([.number(1), .string("ä"), .null, .structure(["b": .bool(true)])])])

        try await server.command(#"{"cmd":"context","values":null}"#)
        let reached = try await server.push("{}")
        XCTAssertEqual(reached, 1)
        let second = try await iterator.next()
        XCTAssertEqual(second, SyncFlagsResponse(flagConfiguration: [0x7b, 0x7d]))

        try await server.command(#"{"cmd":"end","code":"UNAVAILABLE","message":"bye, ü"}"#)
        do {
            _ = try await iterator.next()
            XCTFail("no end")
        } catch {
            XCTAssertEqual(error, GRPCStatus(.unavailable, "bye, ü", origin: .server))
        }
        await channel.shutdown()
    }

    func testItem64RequestAsTheServerSeesIt() async throws {
        let server = try await SyncServer.start()
        let (client, channel) = try await connect(server)
        var options = GRPCCallOptions(timeout: .seconds(90))
        try options.metadata.append(name: "x-user", text: "a b")
        try options.metadata.append(name: "x-bytes-bin", binary: [0, 1, 0xff, 0xfe])
        _ = try await client.fetchAllFlags(
            FetchAllFlagsRequest(providerID: "provider", selector: "source=a,b"), options: options)
        let call = try await server.calls().last
        XCTAssertEqual(call?.method, "/flagd.sync.v1.FlagSyncService/FetchAllFlags")
        XCTAssertEqual(call?.providerId, "provider")
        XCTAssertEqual(call?.selector, "source=a,b")
        XCTAssertEqual(call?.metadata(named: FlagSyncClient.selectorHeader), "source=a,b")
        XCTAssertEqual(call?.metadata(named: "x-user"), "a b")
        XCTAssertEqual(call?.metadata(named: "x-bytes-bin"), "0001fffe")
        XCTAssertEqual(call?.metadata(named: "user-agent"), LibraryVersion.userAgent)
        let remaining = try XCTUnwrap(call?.timeRemaining)
        XCTAssertTrue((60...90.1).contains(remaining), "\(remaining)")
        await channel.shutdown()
    }

    func testSelectorThatIsNoHeaderTravelsInTheBody() async throws {
        let server = try await SyncServer.start()
        let (client, channel) = try await connect(server)
        for selector in ["größe=ä", "a\r\nb", " padded "] {
            _ = try await client.fetchAllFlags(FetchAllFlagsRequest(selector: selector))
            let call = try await server.calls().last
            XCTAssertEqual(call?.selector, selector)
            XCTAssertNil(call?.metadata(named: FlagSyncClient.selectorHeader))
        }
        _ = try await client.fetchAllFlags(FetchAllFlagsRequest())
        let call = try await server.calls().last
        XCTAssertNil(call?.metadata(named: FlagSyncClient.selectorHeader))
        await channel.shutdown()
    }

    func testSelectors() async throws {
        let server = try await SyncServer.start()
        try await server.push(#"{"flags":{"a":1}}"#, selector: "one")
        try await server.command(#"{"cmd":"mode","invalidSelectors":["bad"]}"#)
        let (client, channel) = try await connect(server)
        let one = try await client.fetchAllFlags(FetchAllFlagsRequest(selector: "one"))
        XCTAssertEqual(text(one.flagConfiguration), #"{"flags":{"a":1}}"#)
        let other = try await client.fetchAllFlags(FetchAllFlagsRequest(selector: "unheard"))
        XCTAssertEqual(text(other.flagConfiguration), #"{"flags":{}}"#)
        let code = await code { () throws(GRPCStatus) in
            try await client.fetchAllFlags(FetchAllFlagsRequest(selector: "bad"))
        }
        XCTAssertEqual(code, .invalidArgument)
        await channel.shutdown()
    }

    func testGetMetadata() async throws {
        let server = try await SyncServer.start(["--metadata", #"{"injectedmetadata":"set"}"#])
        let (client, channel) = try await connect(server)
        let metadata = try await client.getMetadata().metadata
        XCTAssertEqual(metadata, ["injectedmetadata": .string("set")])
        try await server.command(#"{"cmd":"metadata","unimplemented":true}"#)
        let code = await code { () throws(GRPCStatus) in try await client.getMetadata() }
        XCTAssertEqual(code, .unimplemented)
        await channel.shutdown()
    }

    func testLegacyService() async throws {
        let server = try await SyncServer.start()
        try await server.push(#"{"flags":{"a":1}}"#)
        try await server.command(#"{"cmd":"mode","sync":false,"legacy":true}"#)
        let (client, channel) = try await connect(server)
        let newer = try await client.syncFlags(SyncFlagsRequest())
        let code = await code { () throws(GRPCStatus) in
            var iterator = newer.makeAsyncIterator()
            return try await iterator.next()
        }
        XCTAssertEqual(code, .unimplemented)

        let stream = try await client.syncFlagsV1(SyncFlagsRequest(providerID: "old", selector: ""))
        var iterator = stream.makeAsyncIterator()
        let first = try await iterator.next()
        XCTAssertEqual(first?.state, .all)
        XCTAssertEqual(text(first?.flagConfiguration), #"{"flags":{"a":1}}"#)
        let states: [(String, LegacySyncState)] = [
            ("ADD", .add), ("UPDATE", .update), ("DELETE", .delete), ("PING", .ping), ("UNSPECIFIED", .unspecified),
        ]
        for (name, state) in states {
            try await server.command(#"{"cmd":"push","payload":"{}","state":"\#(name)"}"#)
            let message = try await iterator.next()
            XCTAssertEqual(message, LegacySyncFlagsResponse(flagConfiguration: [0x7b, 0x7d], state: state))
        }
        let all = try await client.fetchAllFlagsV1(FetchAllFlagsRequest())
        XCTAssertEqual(text(all.flagConfiguration), #"{"flags":{"a":1}}"#)
        let call = try await server.calls().last
        XCTAssertEqual(call?.method, "/sync.v1.FlagSyncService/FetchAllFlags")
        await channel.shutdown()
    }

    func testPermissionDenied() async throws {
        let server = try await SyncServer.start()
        try await server.command(#"{"cmd":"mode","permissionDenied":true}"#)
        let (client, channel) = try await connect(server)
        let code = await code { () throws(GRPCStatus) in try await client.fetchAllFlags(FetchAllFlagsRequest()) }
        XCTAssertEqual(code, .permissionDenied)
        await channel.shutdown()
    }

    func testUnaryCallsAreRetried() async throws {
        let server = try await SyncServer.start()
        let (client, channel) = try await connect(server)
        let policy = GRPCRetryPolicy(initialBackoff: .milliseconds(1))
        try await server.command(#"{"cmd":"mode","fail":{"code":"UNAVAILABLE","count":3}}"#)
        let response = try await client.fetchAllFlags(FetchAllFlagsRequest(), retry: policy)
        XCTAssertEqual(text(response.flagConfiguration), #"{"flags":{}}"#)
        var calls = try await server.calls()
        XCTAssertEqual(calls.map(\.state), ["failed", "failed", "failed", "ended"])

        try await server.command(#"{"cmd":"mode","fail":{"code":"UNAVAILABLE","count":9}}"#)
        let code = await code { () throws(GRPCStatus) in
            try await client.fetchAllFlags(FetchAllFlagsRequest(), retry: policy)
        }
        XCTAssertEqual(code, .unavailable)
        calls = try await server.calls()
        XCTAssertEqual(calls.count, 8)
        await channel.shutdown()
    }

    func testItem62MetadataOfResponses() async throws {
        let server = try await SyncServer.start()
        try await server.command(
            #"{"cmd":"mode","initialMetadata":[["x-head","1"],["x-head","2"]],"trailingMetadata":[["x-bytes-bin","00ff"]]}"#
        )
        let (client, channel) = try await connect(server)
        let stream = try await client.syncFlags(SyncFlagsRequest())
        var iterator = stream.makeAsyncIterator()
        _ = try await iterator.next()
        XCTAssertEqual(stream.initialMetadata?.texts(named: "x-head"), ["1", "2"])
        XCTAssertNil(stream.trailingMetadata)
        try await server.command(#"{"cmd":"end"}"#)
        let last = try await iterator.next()
        XCTAssertNil(last)
        XCTAssertEqual(stream.trailingMetadata?.binaries(named: "x-bytes-bin"), [[0, 0xff]])
        await channel.shutdown()
    }

    func testItem90DeadlineOfARealServer() async throws {
        let server = try await SyncServer.start()
        try await server.command(#"{"cmd":"mode","silent":true}"#)
        let (client, channel) = try await connect(server)
        let options = GRPCCallOptions(timeout: .milliseconds(200))
        let stream = try await client.syncFlags(SyncFlagsRequest(), options: options)
        let code = await code { () throws(GRPCStatus) in
            var iterator = stream.makeAsyncIterator()
            return try await iterator.next()
        }
        XCTAssertEqual(code, .deadlineExceeded)
        try await waitUntil("the stream to be gone at the server") { try await server.openStreams() == 0 }
        await channel.shutdown()
    }

    func testItem90And109DeadlineWhileTheServerIsFrozen() async throws {
        let server = try await SyncServer.start()
        let (client, channel) = try await connect(server)
        let options = GRPCCallOptions(timeout: .milliseconds(200))
        server.process.freeze()
        let code = await code { () throws(GRPCStatus) in
            try await client.fetchAllFlags(FetchAllFlagsRequest(), options: options)
        }
        XCTAssertEqual(code, .deadlineExceeded)
        server.process.thaw()
        let response = try await client.fetchAllFlags(FetchAllFlagsRequest())
        XCTAssertEqual(text(response.flagConfiguration), #"{"flags":{}}"#)
        await channel.shutdown()
    }

    func testItem54DroppedStreamIsGoneAtTheServer() async throws {
        let server = try await SyncServer.start()
        let (client, channel) = try await connect(server)
        var stream: FlagSyncStream<SyncFlagsResponse>? = try await client.syncFlags(SyncFlagsRequest())
        var iterator = stream?.makeAsyncIterator()
        _ = try await iterator?.next()
        let open = try await server.openStreams()
        XCTAssertEqual(open, 1)
        stream = nil
        iterator = nil
        try await waitUntil("the stream to be gone at the server") { try await server.openStreams() == 0 }
        XCTAssertTrue(channel.isUsable)
        await channel.shutdown()
    }

    func testItem87LimitAndLargeMessages() async throws {
        let server = try await SyncServer.start()
        let folder = try TemporaryFolder()
        let size = 12_000_000
        let file = try folder.write(Array(repeating: 0x61 as UInt8, count: size), to: "large")
        try await server.command(#"{"cmd":"push","file":"\#(file)"}"#)
        let (client, channel) = try await connect(server)
        let stream = try await client.syncFlags(SyncFlagsRequest())
        var iterator = stream.makeAsyncIterator()
        let large = try await iterator.next()
        XCTAssertEqual(large?.flagConfiguration.count, size)
        XCTAssertTrue(large?.flagConfiguration.allSatisfy { $0 == 0x61 } ?? false)

        // The tag and a length of four bytes stand before the text.
        let exact = GRPCCallOptions(maximumMessageSize: size + 5)
        let all = try await client.fetchAllFlags(FetchAllFlagsRequest(), options: exact)
        XCTAssertEqual(all.flagConfiguration.count, size)
        let short = GRPCCallOptions(maximumMessageSize: size + 4)
        let code = await code { () throws(GRPCStatus) in
            try await client.fetchAllFlags(FetchAllFlagsRequest(), options: short)
        }
        XCTAssertEqual(code, .resourceExhausted)
        await channel.shutdown()
    }

    func testMessageThatIsNoProtobuf() async throws {
        let okay = ScriptedServer.Step.okay
        let broken = #"{"data":"000000000308ffff"}"#
        let server = try await ScriptedServer.start([[ScriptedServer.Step.head, broken, broken, okay]])
        let channel = try await server.connect()
        let client = FlagSyncClient(channel: channel)
        let stream = try await client.syncFlags(SyncFlagsRequest())
        let code = await code { () throws(GRPCStatus) in
            var iterator = stream.makeAsyncIterator()
            return try await iterator.next()
        }
        XCTAssertEqual(code, .internalError)
        await channel.shutdown()
    }

    func testItem91ServersGoAwayIsSeenBeforeTheStreamEnds() async throws {
        let server = try await SyncServer.start([
            "--option", "grpc.max_connection_age_ms=300", "--option", "grpc.max_connection_age_grace_ms=60000",
        ])
        let (client, channel) = try await connect(server)
        let stream = try await client.syncFlags(SyncFlagsRequest())
        var iterator = stream.makeAsyncIterator()
        _ = try await iterator.next()
        guard case .draining(let cause) = await channel.waitForEnd() else { return XCTFail("not draining") }
        XCTAssertEqual(cause.kind, .goAway)

        // Make before break: the next connection first, then the old stream, which still works.
        let (next, nextChannel) = try await connect(server)
        var nextIterator = try await next.syncFlags(SyncFlagsRequest()).makeAsyncIterator()
        _ = try await nextIterator.next()
        try await server.push("{}")
        let onOld = try await iterator.next()
        XCTAssertEqual(text(onOld?.flagConfiguration), "{}")
        let onNew = try await nextIterator.next()
        XCTAssertEqual(text(onNew?.flagConfiguration), "{}")
        await channel.shutdown()
        await nextChannel.shutdown()
    }
}
