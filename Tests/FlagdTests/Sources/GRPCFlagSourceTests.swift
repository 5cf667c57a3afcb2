import FlagdTestSupport
import XCTest

@testable import Flagd

/// The gRPC source under a provider, against a real server.
final class GRPCFlagSourceTests: XCTestCase {
    private let recorder = Recorder()

    private func provider(
        _ server: SyncServer, _ change: (inout FlagdOptions) -> Void = { _ in }
    ) throws -> FlagdProvider {
        var options = FlagdOptions(
            host: "127.0.0.1", port: server.port, deadline: .seconds(20), retryBackoff: .milliseconds(50),
            retryBackoffMax: .milliseconds(200))
        options.logger = recorder
        options.observers = [recorder]
        change(&options)
        return try FlagdProvider(options, environment: [:])
    }

    private func serve(_ payload: String, _ arguments: [String] = []) async throws -> SyncServer {
        let server = try await SyncServer.start(arguments)
        try await server.push(payload)
        return server
    }

    private let rule =
        #"{"flags":{"a":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","#
        + #""targeting":{"if":[{"==":[{"var":"who"},"me"]},"on","off"]}}}}"#

    // MARK: Syncing

    func testSyncsAndFollowsChanges() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        let provider = try provider(server) { $0.providerID = "me" }
        let events = provider.events
        try await provider.initialize()
        XCTAssertTrue(provider.booleanValue("a", default: false))
        try await server.push(FlagSetText.booleans(["a": false]))
        var iterator = events.makeAsyncIterator()
        expectEqual(await iterator.next(), .ready)
        expectEqual(await iterator.next(), .configurationChanged(flagsChanged: ["a"]))
        XCTAssertFalse(provider.booleanValue("a", default: true))
        let calls = try await server.calls()
        XCTAssertEqual(calls.first?.method, "/flagd.sync.v1.FlagSyncService/SyncFlags")
        XCTAssertEqual(calls.first?.providerId, "me")
        // The stream has no deadline of its own on the wire; grpcio tells that by a time without end.
        XCTAssertGreaterThan(calls.first?.timeRemaining ?? .infinity, 1e9)
        await provider.shutdown()
        try await waitUntil("the stream is gone") { try await server.openStreams() == 0 }
    }

    func testSelectorHeadersAndTokenTravelWithTheCall() async throws {
        let server = try await serve("{}")
        try await server.push(FlagSetText.booleans(["a": true]), selector: "team=a")
        let provider = try provider(server) { options in
            options.selector = "team=a"
            options.headers = ["x-tenant": "t1"]
            options.bearerToken = { "token-1" }
            options.allowsPlaintextBearerToken = true
        }
        try await provider.initialize()
        let details = provider.resolveBoolean("a", default: false)
        XCTAssertTrue(details.value)
        XCTAssertEqual(details.flagMetadata["scope"], .string("team=a"))
        let call = try await server.calls().first
        XCTAssertEqual(call?.selector, "team=a")
        XCTAssertEqual(call?.metadata(named: "flagd-selector"), "team=a")
        XCTAssertEqual(call?.metadata(named: "x-tenant"), "t1")
        XCTAssertEqual(call?.metadata(named: "authorization"), "Bearer token-1")
        await provider.shutdown()
        XCTAssertFalse(recorder.lines.contains { $0.contains("token-1") || $0.contains("t1") })
    }

    func testTokenThatCannotBeHadFailsTheAttempt() async throws {
        struct Unavailable: Error {}
        let server = try await serve("{}")
        let provider = try provider(server) { options in
            options.bearerToken = { throw Unavailable() }
            options.allowsPlaintextBearerToken = true
            options.fatalStatusCodes = ["UNAUTHENTICATED"]
        }
        do {
            try await provider.initialize()
            XCTFail("there is no token")
        } catch let error as FlagdError {
            XCTAssertEqual(error.code, .fatal)
            XCTAssertTrue(error.message.contains("bearer token"), error.message)
        }
        await provider.shutdown()
    }

    // MARK: Context

    func testContextComesWithTheMessages() async throws {
        let server = try await serve(rule, ["--context", #"{"who":"me"}"#])
        let provider = try provider(server)
        try await provider.initialize()
        XCTAssertTrue(provider.booleanValue("a", default: false))
        try await server.command(#"{"cmd":"context","values":{"who":"you"}}"#)
        try await server.push(rule)
        try await waitUntil("the context is replaced") { !provider.booleanValue("a", default: true) }
        expectEqual(try await server.calls().count, 1)
        await provider.shutdown()
    }

    func testContextIsAskedForWhenTheFirstMessageHasNone() async throws {
        let server = try await serve(rule, ["--metadata", #"{"who":"me"}"#])
        let provider = try provider(server)
        try await provider.initialize()
        XCTAssertTrue(provider.booleanValue("a", default: false))
        await provider.shutdown()
    }

    func testSlowMetadataIsNotWaitedForBeyondHalfTheDeadline() async throws {
        let server = try await serve(rule, ["--metadata", #"{"who":"me"}"#])
        let provider = try provider(server) { $0.deadline = .seconds(4) }
        try await server.command(#"{"cmd":"mode","metadataDelayMs":60000}"#)
        let start = ContinuousClock.now
        try await provider.initialize()
        XCTAssertGreaterThan(ContinuousClock.now - start, .milliseconds(1900))
        XCTAssertFalse(provider.booleanValue("a", default: true))
        await provider.shutdown()
    }

    func testFailedQuestionForTheContextIsRepeated() async throws {
        let server = try await serve(rule, ["--metadata", #"{"who":"me"}"#])
        try await server.command(#"{"cmd":"mode","silent":true}"#)
        let provider = try provider(server)
        let initialization = Task { try await provider.initialize() }
        try await waitUntil("the stream is open") { try await server.openStreams() == 1 }
        try await server.command(#"{"cmd":"mode","fail":{"code":"UNAVAILABLE","message":"not yet","count":1}}"#)
        try await server.push(rule)
        try await initialization.value
        XCTAssertTrue(provider.booleanValue("a", default: false))
        await provider.shutdown()
    }

    func testContextOutlivesAServerThatCannotTellItAgain() async throws {
        let arguments = [
            "--metadata", #"{"who":"me"}"#, "--option", "grpc.max_connection_age_ms=1000", "--option",
            "grpc.max_connection_age_grace_ms=30000",
        ]
        let server = try await serve(rule, arguments)
        let provider = try provider(server) { $0.deadline = .seconds(4) }
        try await provider.initialize()
        try await server.command(#"{"cmd":"mode","metadataDelayMs":60000}"#)
        try await waitUntil("a replacement is in use") {
            recorder.reports.contains { $0.hasSuffix("is the last one") }
        }
        XCTAssertTrue(provider.booleanValue("a", default: false))
        await provider.shutdown()
    }

    func testServerWithoutMetadataIsFine() async throws {
        let server = try await serve(rule)
        let provider = try provider(server)
        try await provider.initialize()
        XCTAssertFalse(provider.booleanValue("a", default: true))
        await provider.shutdown()
    }

    // MARK: Failures

    func testKilledServerGoesStaleThenReady() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        let provider = try provider(server) { $0.retryBackoffMax = .seconds(60) }
        let events = provider.events
        try await provider.initialize()
        server.process.kill()
        var iterator = events.makeAsyncIterator()
        expectEqual(await iterator.next(), .ready)
        guard case .stale(let message) = await iterator.next() else { return XCTFail("not stale") }
        XCTAssertTrue(message.contains("127.0.0.1:\(server.port)"), message)
        XCTAssertTrue(provider.booleanValue("a", default: false))

        let next = try await SyncServer.start(["--port", "\(server.port)"])
        try await next.push(FlagSetText.booleans(["a": true, "b": true]))
        expectEqual(await iterator.next(), .ready)
        guard case .configurationChanged = await iterator.next() else { return XCTFail("no change") }
        try await waitUntil("the flags are there") { provider.flagCount == 2 }
        await provider.shutdown()
    }

    func testUnreachableServerFailsTheInitializationByName() async throws {
        let server = try await SyncServer.start()
        server.process.kill()
        let provider = try provider(server) { $0.deadline = .milliseconds(200) }
        do {
            try await provider.initialize()
            XCTFail("nobody listens")
        } catch let error as FlagdError {
            XCTAssertEqual(error.code, .notReady)
            for part in ["127.0.0.1:\(server.port)", "UNAVAILABLE", "attempt"] {
                XCTAssertTrue(error.message.contains(part), error.message)
            }
        }
        XCTAssertTrue(recorder.reports.contains { $0.hasPrefix("attempt 1 127.0.0.1:\(server.port) UNAVAILABLE") })
        await provider.shutdown()
    }

    func testForbiddenServerIsFatalWhenToldSo() async throws {
        let server = try await serve("{}")
        try await server.command(#"{"cmd":"mode","permissionDenied":true}"#)
        let provider = try provider(server) { $0.fatalStatusCodes = ["permission_denied"] }
        do {
            try await provider.initialize()
            XCTFail("the server forbids it")
        } catch let error as FlagdError {
            XCTAssertEqual(error.code, .fatal)
        }
        XCTAssertEqual(provider.status, .fatal)
        await provider.shutdown()
    }

    func testUnknownSelectorIsAnEmptySetAndAnInvalidOneAFailure() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        try await server.command(#"{"cmd":"mode","invalidSelectors":["="]}"#)
        let unknown = try provider(server) { $0.selector = "team=nobody" }
        try await unknown.initialize()
        XCTAssertEqual(unknown.status, .ready)
        XCTAssertEqual(unknown.flagCount, 0)
        await unknown.shutdown()
        let invalid = try provider(server) { options in
            options.selector = "="
            options.deadline = .milliseconds(500)
        }
        do {
            try await invalid.initialize()
            XCTFail("the selector is invalid")
        } catch let error as FlagdError {
            XCTAssertEqual(error.code, .notReady)
            XCTAssertTrue(error.message.contains("INVALID_ARGUMENT"), error.message)
        }
        await invalid.shutdown()
    }

    func testMessageAboveTheLimitIsAFailure() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        let provider = try provider(server) { options in
            options.maxMessageSize = 20
            options.fatalStatusCodes = ["RESOURCE_EXHAUSTED"]
        }
        do {
            try await provider.initialize()
            XCTFail("the message is too long")
        } catch let error as FlagdError {
            XCTAssertEqual(error.code, .fatal)
        }
        await provider.shutdown()
    }

    // MARK: Quiet recycling

    /// Waits until the server has seen so many streams, and says what the provider told since it was ready.
    private func recycled(_ server: SyncServer, _ provider: FlagdProvider, streams: Int) async throws -> [String] {
        try await waitUntil("the stream is replaced") {
            try await server.calls().filter { $0.method.hasSuffix("SyncFlags") }.count >= streams
        }
        try await waitUntil("old streams are gone") { try await server.openStreams() <= 1 }
        XCTAssertEqual(provider.status, .ready)
        XCTAssertTrue(provider.booleanValue("a", default: false))
        return recorder.reports.filter { !$0.hasPrefix("payload") && !$0.hasPrefix("anew") }
    }

    func testStreamDeadlineRecyclesQuietly() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        let provider = try provider(server) { $0.streamDeadline = .milliseconds(300) }
        try await provider.initialize()
        expectEqual(try await recycled(server, provider, streams: 4), ["NOT_READY > READY"])
        await provider.shutdown()
        XCTAssertFalse(recorder.lines.contains { $0.hasPrefix("warning") })
    }

    func testDrainedConnectionIsReplacedQuietly() async throws {
        let arguments = [
            "--option", "grpc.max_connection_age_ms=1000", "--option", "grpc.max_connection_age_grace_ms=30000",
        ]
        let server = try await serve(FlagSetText.booleans(["a": true]), arguments)
        let provider = try provider(server)
        try await provider.initialize()
        expectEqual(try await recycled(server, provider, streams: 2), ["NOT_READY > READY"])
        await provider.shutdown()
    }

    func testEndOfALongLivedStreamIsQuiet() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        let provider = try provider(server)
        try await provider.initialize()
        for (number, end) in [#"{"cmd":"end"}"#, #"{"cmd":"end","code":"DEADLINE_EXCEEDED"}"#].enumerated() {
            try await Task.sleep(for: .milliseconds(250))
            try await server.command(end)
            expectEqual(try await recycled(server, provider, streams: number + 2), ["NOT_READY > READY"])
        }
        await provider.shutdown()
    }

    func testReplacementThatWaitsForItsContextDoesNotBringAnOlderSet() async throws {
        let arguments = [
            "--option", "grpc.max_connection_age_ms=1000", "--option", "grpc.max_connection_age_grace_ms=30000",
        ]
        let server = try await serve(FlagSetText.booleans(["a": false]), arguments)
        let provider = try provider(server)
        try await provider.initialize()
        // The next stream delivers its set, and the question for the context takes a while.
        try await server.command(#"{"cmd":"mode","delayMs":300}"#)
        try await waitUntil("the replacement to ask for the context") {
            try await server.calls().filter { $0.method.hasSuffix("/GetMetadata") }.count == 2
        }
        try await server.push(FlagSetText.booleans(["a": true]))
        try await waitUntil("the replacement is in use") {
            recorder.reports.contains { $0.hasSuffix("is the last one") }
        }
        expectEqual(try await recycled(server, provider, streams: 2), ["NOT_READY > READY"])
        await provider.shutdown()
        let changes = recorder.reports.filter { $0.hasPrefix("payload") && $0.hasSuffix("1 flags changed") }
        XCTAssertEqual(changes.count, 1, "\(recorder.reports)")
    }

    func testEmptySetBeforeTheEndIsDropped() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        let provider = try provider(server) { $0.retryBackoffMax = .seconds(60) }
        try await provider.initialize()
        try await server.command(#"{"cmd":"push","payload":"{\"flags\":{}}","store":false}"#)
        try await server.command(#"{"cmd":"end"}"#)
        try await waitUntil("it is back") { recorder.reports.contains("STALE > READY") }
        XCTAssertTrue(provider.booleanValue("a", default: false))
        await provider.shutdown()
    }

    func testEmptySetThatTheServerConfirmsIsApplied() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        let provider = try provider(server)
        try await provider.initialize()
        try await server.push(FlagSetText.empty)
        try await waitUntil("it is applied") { provider.flagCount == 0 }
        let calls = try await server.calls()
        XCTAssertTrue(calls.contains { $0.method.hasSuffix("/FetchAllFlags") })
        await provider.shutdown()
    }

    // MARK: The older service

    func testOlderServiceIsUsedWhenTheNewOneIsMissing() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        try await server.command(#"{"cmd":"mode","sync":false,"legacy":true}"#)
        let provider = try provider(server)
        try await provider.initialize()
        XCTAssertTrue(provider.booleanValue("a", default: false))
        for (state, payload, count) in [
            ("ADD", FlagSetText.booleans(["b": true, "c": true]), 3), ("DELETE", FlagSetText.booleans(["c": true]), 2),
            ("UPDATE", FlagSetText.booleans(["b": false]), 2), ("PING", "", 2),
        ] {
            let text = payload.replacingOccurrences(of: "\"", with: "\\\"")
            try await server.command(#"{"cmd":"push","state":"\#(state)","payload":"\#(text)"}"#)
            try await waitUntil(state) { provider.flagCount == count }
        }
        try await waitUntil("the update") { !provider.booleanValue("b", default: true) }
        XCTAssertTrue(provider.booleanValue("a", default: false))
        await provider.shutdown()
    }

    func testEmptySetOfTheOlderServiceIsGuardedToo() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        try await server.command(#"{"cmd":"mode","sync":false,"legacy":true}"#)
        let provider = try provider(server) { $0.retryBackoffMax = .seconds(60) }
        try await provider.initialize()
        let empty = #"{"cmd":"push","payload":"{\"flags\":{}}","state":"ALL","store":false}"#
        try await server.command(empty)
        try await server.command(#"{"cmd":"end"}"#)
        try await waitUntil("it is back") { recorder.reports.contains("STALE > READY") }
        XCTAssertFalse(recorder.reports.contains { $0.hasSuffix("1 flags changed") }, "\(recorder.reports)")
        try await server.push(FlagSetText.empty)
        try await waitUntil("a confirmed one is applied") { provider.flagCount == 0 }
        await provider.shutdown()
    }

    func testFlagsThatTheOlderServiceAddsAreLimited() async throws {
        let first = FlagSetText.booleans(["a": true])
        let server = try await serve(first)
        try await server.command(#"{"cmd":"mode","sync":false,"legacy":true}"#)
        let provider = try provider(server) { $0.maxMessageSize = first.utf8.count + 40 }
        try await provider.initialize()
        let text = FlagSetText.booleans(["b": true]).replacingOccurrences(of: "\"", with: "\\\"")
        try await server.command(#"{"cmd":"push","state":"ADD","payload":"\#(text)"}"#)
        try await waitUntil("the failure") { self.recorder.reports.contains { $0.contains("RESOURCE_EXHAUSTED") } }
        await provider.shutdown()
    }

    func testOlderServiceIsSynchronizedUnlessItBeginsWithAll() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        try await server.command(#"{"cmd":"mode","sync":false,"legacy":true,"firstState":"PING"}"#)
        let provider = try provider(server)
        try await provider.initialize()
        XCTAssertTrue(provider.booleanValue("a", default: false))
        let methods = try await server.calls().map(\.method)
        XCTAssertTrue(methods.contains("/sync.v1.FlagSyncService/FetchAllFlags"), "\(methods)")
        await provider.shutdown()
    }

    func testServerWithNeitherServiceFails() async throws {
        let server = try await SyncServer.start()
        try await server.command(#"{"cmd":"mode","sync":false,"legacy":false}"#)
        let provider = try provider(server) { $0.fatalStatusCodes = ["UNIMPLEMENTED"] }
        do {
            try await provider.initialize()
            XCTFail("there is no service")
        } catch let error as FlagdError {
            XCTAssertEqual(error.code, .fatal)
        }
        await provider.shutdown()
    }

    // MARK: Fetching

    func testFetchesOnce() async throws {
        let flags = FlagSetText.booleans(["a": true])
        let server = try await serve(flags)
        let provider = try provider(server)
        expectEqual(String(decoding: try await provider.fetchAllFlags(), as: UTF8.self), flags)
        XCTAssertEqual(provider.status, .notReady)
        try await server.command(#"{"cmd":"mode","sync":false,"legacy":true}"#)
        expectEqual(String(decoding: try await provider.fetchAllFlags(), as: UTF8.self), flags)
        try await server.command(#"{"cmd":"mode","permissionDenied":true}"#)
        do {
            _ = try await provider.fetchAllFlags()
            XCTFail("the server forbids it")
        } catch {
            XCTAssertEqual(error.code, .notReady)
            XCTAssertTrue(error.message.contains("PERMISSION_DENIED"), error.message)
        }
    }

    func testFetchingIsTriedAgain() async throws {
        let server = try await serve(FlagSetText.booleans(["a": true]))
        try await server.command(#"{"cmd":"mode","fail":{"code":"UNAVAILABLE","message":"not yet","count":2}}"#)
        let provider = try provider(server)
        let bytes = try await provider.fetchAllFlags()
        XCTAssertFalse(bytes.isEmpty)
        expectEqual(try await server.calls().count, 3)
    }

    func testFetchingNeedsAServer() async throws {
        let provider = try FlagdProvider(FlagdOptions(sources: [InMemoryFlagSource()]), environment: [:])
        do {
            _ = try await provider.fetchAllFlags()
            XCTFail("there is no server")
        } catch {
            XCTAssertEqual(error.code, .configuration)
        }
    }

    // MARK: Beside other sources

    func testMergesOverDefaultsInCode() async throws {
        let server = try await serve(FlagSetText.booleans(["b": true]))
        let defaults = InMemoryFlagSource(FlagSetText.booleans(["a": true, "b": false]))
        let source = try GRPCFlagSource(FlagdOptions(host: "127.0.0.1", port: server.port), environment: [:])
        let provider = try FlagdProvider(
            FlagdOptions(deadline: .seconds(20), sources: [defaults, source]), environment: [:])
        try await provider.initialize()
        XCTAssertTrue(provider.booleanValue("a", default: false))
        XCTAssertTrue(provider.booleanValue("b", default: false))
        await provider.shutdown()
    }
}
