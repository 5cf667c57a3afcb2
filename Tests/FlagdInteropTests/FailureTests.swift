import Flagd
import Foundation
import FlagdTestSupport
import XCTest

/// The provider when its server is gone, wrong or silent: clear errors, and the last flags stay.
final class FailureTests: XCTestCase {
    private func provider(port: Int, _ change: (inout FlagdOptions) -> Void = { _ in }) throws -> FlagdProvider {
        var options = FlagdOptions(host: "127.0.0.1", port: port)
        options.retryBackoff = .milliseconds(50)
        options.retryBackoffMax = .milliseconds(200)
        change(&options)
        return try FlagdProvider(options, environment: [:])
    }

    /// The provider was initialized where it must not be.
    private struct InitializedAnyway: Error {}

    private func initializationError(_ provider: FlagdProvider) async throws -> FlagdError {
        do {
            try await withDeadline(.seconds(90), "initialize") { try await provider.initialize() }
        } catch let error as FlagdError {
            return error
        }
        throw InitializedAnyway()
    }

    func testStaleWhenTheServerDiesAndReadyWhenItIsBack() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Flags.set([("a", "on"), ("b", "on")]).utf8, to: "flags.json")
        let server = try await SyncServer.start(["--payload", file])
        let provider = try provider(port: server.port) { $0.deadline = .seconds(60) }
        let log = EventLog(provider)
        try await provider.initialize()
        try await log.wait(count: 1)

        server.process.kill()
        guard case .stale(let message) = try await log.wait(count: 2).last else {
            return XCTFail("no stale event: \(log.all)")
        }
        XCTAssertTrue(message.contains("127.0.0.1:\(server.port)"), message)
        XCTAssertEqual(provider.status, .stale)
        XCTAssertTrue(provider.booleanValue("a", default: false), "evaluation goes on from the last set")

        try folder.write(Flags.set([("a", "on"), ("b", "off")]).utf8, to: "flags.json")
        let successor = try await SyncServer.start(["--payload", file, "--port", String(server.port)])
        expectEqual(
            Array(try await log.wait(count: 4).suffix(2)), [.ready, .configurationChanged(flagsChanged: ["b"])])
        XCTAssertEqual(provider.status, .ready)
        await provider.shutdown()
        await successor.terminate()
    }

    func testNobodyListens() async throws {
        let server = try await SyncServer.start()
        await server.terminate()
        let provider = try provider(port: server.port) {
            $0.deadline = .seconds(60)
            $0.maxSyncRetries = 1
        }
        let error = try await initializationError(provider)
        XCTAssertEqual(error.code, .notReady)
        XCTAssertTrue(error.message.contains("127.0.0.1:\(server.port)"), error.message)
        XCTAssertTrue(error.message.contains("UNAVAILABLE"), error.message)
        XCTAssertTrue(error.message.lowercased().contains("refused"), error.message)
        XCTAssertEqual(provider.status, .error)
        XCTAssertEqual(provider.resolveBoolean("a", default: true, context: nil).errorCode, .providerNotReady)
        await provider.shutdown()
    }

    func testTheServerComesAfterTheDeadline() async throws {
        let server = try await SyncServer.start()
        await server.terminate()
        let provider = try provider(port: server.port) { $0.deadline = .milliseconds(200) }
        _ = try await initializationError(provider)
        let log = EventLog(provider)
        let folder = try TemporaryFolder()
        let file = try folder.write(Flags.set([("a", "on")]).utf8, to: "flags.json")
        let successor = try await SyncServer.start(["--payload", file, "--port", String(server.port)])
        try await waitUntil("ready") { log.all.contains(.ready) }
        XCTAssertTrue(provider.booleanValue("a", default: false))
        await provider.shutdown()
        await successor.terminate()
    }

    func testASilentServerEndsTheInitializationAtTheDeadline() async throws {
        let server = try await SyncServer.start()
        try await server.command(#"{"cmd":"mode","silent":true}"#)
        let provider = try provider(port: server.port) { $0.deadline = .milliseconds(500) }
        let start = ContinuousClock.now
        let error = try await initializationError(provider)
        XCTAssertGreaterThanOrEqual(ContinuousClock.now - start, .milliseconds(500))
        XCTAssertEqual(error.code, .notReady)
        XCTAssertTrue(error.message.contains("127.0.0.1:\(server.port)"), error.message)
        await provider.shutdown()
        await server.terminate()
    }

    func testAFatalStatusEndsTrying() async throws {
        let server = try await SyncServer.start()
        try await server.command(#"{"cmd":"mode","permissionDenied":true}"#)
        let provider = try provider(port: server.port) {
            $0.fatalStatusCodes = ["permission_denied"]
            $0.deadline = .seconds(60)
        }
        let log = EventLog(provider)
        let error = try await initializationError(provider)
        XCTAssertEqual(error.code, .fatal)
        XCTAssertTrue(error.message.contains("PERMISSION_DENIED"), error.message)
        XCTAssertEqual(provider.status, .fatal)
        XCTAssertEqual(provider.resolveBoolean("a", default: true, context: nil).errorCode, .providerFatal)
        guard case .error(.providerFatal, _) = try await log.wait(count: 1).first else {
            return XCTFail("no fatal event: \(log.all)")
        }
        await provider.shutdown()
        await server.terminate()
    }

    func testAServerThatSpeaksHTTP1() async throws {
        let script = """
            import http.server, sys, threading
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def log_message(self, *arguments): pass
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            print(server.server_address[1], flush=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            sys.stdin.read()
            """
        let process = try ChildProcess(Tool.pythonWithGRPC(), arguments: ["-c", script])
        let line = try await process.line()
        let port = try XCTUnwrap(Int(line))
        let provider = try provider(port: port) {
            $0.deadline = .seconds(60)
            $0.maxSyncRetries = 1
        }
        let error = try await initializationError(provider)
        XCTAssertEqual(error.code, .notReady)
        XCTAssertTrue(error.message.contains("127.0.0.1:\(port)"), error.message)
        XCTAssertTrue(error.message.contains("HTTP/2") || error.message.contains("HTTP/1"), error.message)
        await provider.shutdown()
        process.kill()
    }

    func testShutdownEndsEveryStream() async throws {
        let server = try await SyncServer.start()
        let provider = try provider(port: server.port) { $0.deadline = .seconds(60) }
        try await provider.initialize()
        let open = try await server.openStreams()
        XCTAssertEqual(open, 1)
        try await withDeadline(.seconds(5), "shutdown") { await provider.shutdown() }
        try await waitUntil("no open stream") { try await server.openStreams() == 0 }
        XCTAssertEqual(provider.status, .notReady)
        await server.terminate()
    }
}
