import Flagd
import FlagdTestSupport
import XCTest

/// The provider against a real gRPC server: the flags arrive, and changes arrive.
final class SyncTests: XCTestCase {
    /// Starts a server with a flag set and a provider on it.
    private func connect(
        _ flags: String, server arguments: [String] = [], options: FlagdOptions = FlagdOptions(),
        _ body: (SyncServer, FlagdProvider, EventLog) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(flags.utf8, to: "flags.json")
        let server = try await SyncServer.start(["--payload", file] + arguments)
        var options = options
        if options.socketPath == nil { options.port = server.port }
        options.host = "127.0.0.1"
        options.deadline = options.deadline ?? .seconds(60)
        let provider = try FlagdProvider(options, environment: [:])
        let log = EventLog(provider)
        try await withDeadline(.seconds(90), "initialize") { try await provider.initialize() }
        try await body(server, provider, log)
        await provider.shutdown()
        await server.terminate()
    }

    func testReadyThenExactlyTheChangedKeys() async throws {
        let before = Flags.set([("a", "on"), ("b", "on"), ("c", "off")])
        try await connect(before) { server, provider, log in
            expectEqual(try await log.wait(count: 1), [.ready])
            XCTAssertEqual(provider.status, .ready)
            XCTAssertTrue(provider.booleanValue("a", default: false))

            try await server.push(Flags.set([("a", "off"), ("c", "off"), ("d", "on")]))
            let events = try await log.wait(count: 2)
            XCTAssertEqual(events.last, .configurationChanged(flagsChanged: ["a", "b", "d"]))
            XCTAssertFalse(provider.booleanValue("a", default: true))
            XCTAssertEqual(provider.resolveBoolean("b", default: true, context: nil).errorCode, .flagNotFound)
        }
    }

    func testTheSameSetAgainIsNoEvent() async throws {
        let flags = Flags.set([("a", "on"), ("b", "off")])
        try await connect(flags) { server, _, log in
            try await server.push(flags)
            try await server.push(Flags.set([("b", "off"), ("a", "on")]))
            try await server.push(Flags.set([("a", "off"), ("b", "off")]))
            expectEqual(try await log.wait(count: 2), [.ready, .configurationChanged(flagsChanged: ["a"])])
        }
    }

    func testAMalformedPayloadKeepsTheLastSet() async throws {
        try await connect(Flags.set([("a", "on")])) { server, provider, log in
            try await server.push(#"{"flags":{"a":"#)
            try await server.push("[]")
            try await server.push(Flags.set([("a", "on"), ("b", "on")]))
            expectEqual(try await log.wait(count: 2), [.ready, .configurationChanged(flagsChanged: ["b"])])
            XCTAssertTrue(provider.booleanValue("a", default: false))
        }
    }

    func testOneUnusableFlagDoesNotCostTheOthers() async throws {
        try await connect(#"{"flags":{"bad":{"state":7},\#(Flags.flag("good", "on"))}}"#) { _, provider, _ in
            XCTAssertTrue(provider.booleanValue("good", default: false))
            XCTAssertEqual(provider.resolveBoolean("bad", default: true, context: nil).errorCode, .parseError)
            XCTAssertTrue(provider.diagnostics.contains { $0.flagKey == "bad" })
        }
    }

    func testAUnixSocket() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("sync.sock")
        var options = FlagdOptions()
        options.socketPath = path
        try await connect(Flags.set([("a", "on")]), server: ["--unix", path], options: options) {
            server, provider, log in
            XCTAssertTrue(provider.booleanValue("a", default: false))
            try await server.push(Flags.set([("a", "off")]))
            expectEqual(try await log.wait(count: 2).last, .configurationChanged(flagsChanged: ["a"]))
        }
    }

    func testATenMegabytePayload() async throws {
        let large = Flags.large(bytes: 10_000_000)
        XCTAssertGreaterThanOrEqual(large.utf8.count, 10_000_000)
        try await connect(large) { server, provider, log in
            XCTAssertTrue(provider.booleanValue("flag-000000", default: false))
            let folder = try TemporaryFolder()
            let changed = large.replacingOccurrences(
                of: Flags.flag("flag-000007", "on"), with: Flags.flag("flag-000007", "off"))
            let file = try folder.write(changed.utf8, to: "flags.json")
            try await server.command(#"{"cmd":"push","file":"\#(file)"}"#)
            expectEqual(
                try await log.wait(count: 2, within: .seconds(120)).last,
                .configurationChanged(flagsChanged: ["flag-000007"]))
        }
    }

    func testTheServersContextIsPartOfEveryEvaluation() async throws {
        try await connect(Flags.contextual, server: ["--context", #"{"region":"eu"}"#]) { server, provider, _ in
            XCTAssertEqual(provider.stringValue("region", default: "?"), "Europe")
            XCTAssertEqual(
                provider.stringValue("region", default: "?", context: ["region": "us"]), "Europe",
                "the server's context wins over the caller's")
            let calls = try await server.calls()
            XCTAssertFalse(calls.contains { $0.method.hasSuffix("/GetMetadata") })
        }
    }

    func testGetMetadataStandsInForTheContext() async throws {
        try await connect(Flags.contextual, server: ["--metadata", #"{"region":"eu"}"#]) { server, provider, _ in
            XCTAssertEqual(provider.stringValue("region", default: "?"), "Europe")
            let calls = try await server.calls()
            XCTAssertEqual(calls.filter { $0.method.hasSuffix("/GetMetadata") }.count, 1)
        }
    }

    func testSelectorAndProviderIDReachTheServer() async throws {
        var options = FlagdOptions()
        options.selector = "flags/one"
        options.providerID = "tests"
        try await connect(Flags.set([("a", "on")]), options: options) { server, provider, _ in
            let calls = try await server.calls()
            let call = try XCTUnwrap(calls.first { $0.method == "/flagd.sync.v1.FlagSyncService/SyncFlags" })
            XCTAssertEqual(call.selector, "flags/one")
            XCTAssertEqual(call.metadata(named: "flagd-selector"), "flags/one")
            XCTAssertEqual(call.providerId, "tests")
            XCTAssertEqual(provider.resolveBoolean("a", default: true, context: nil).errorCode, .flagNotFound)
        }
    }

    func testFetchAllFlags() async throws {
        let flags = Flags.set([("a", "on")])
        try await connect(flags) { server, provider, _ in
            let payload = try await provider.fetchAllFlags()
            XCTAssertEqual(String(decoding: payload, as: UTF8.self), flags)
            let calls = try await server.calls()
            XCTAssertTrue(calls.contains { $0.method == "/flagd.sync.v1.FlagSyncService/FetchAllFlags" })
        }
    }
}
