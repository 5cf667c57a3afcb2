import Flagd
import FlagdGRPC
import FlagdTestSupport
import Synchronization
import XCTest

@testable import FlagdTransport

/// Keeps what a provider logs.
private final class LineLog: FlagdLogger {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func log(_ level: FlagdLogLevel, _ message: String) { lines.withLock { $0.append(message) } }
}

/// Servers that freeze, die, dribble, and come back.
final class ServerFaultTests: XCTestCase {
    private func provider(_ port: Int, _ change: (inout FlagdOptions) -> Void = { _ in }) throws -> FlagdProvider {
        var options = FlagdOptions(host: "127.0.0.1", port: port)
        options.deadline = .seconds(10)
        options.retryBackoff = .milliseconds(50)
        options.retryBackoffMax = .milliseconds(200)
        change(&options)
        return try FlagdProvider(options, environment: [:])
    }

    func testItem109FrozenServerIsNoFailure() async throws {
        let server = try await SyncServer.start()
        try await server.push(Flags.set([("a", "on")]))
        let provider = try provider(server.port)
        let log = EventLog(provider)
        try await provider.initialize()
        server.process.freeze()
        try await Task.sleep(for: .milliseconds(800))
        expectEqual(log.all, [.ready])
        server.process.thaw()
        try await server.push(Flags.set([("a", "off")]))
        expectEqual(try await log.wait(count: 2), [.ready, .configurationChanged(flagsChanged: ["a"])])
        let streams = try await server.calls().filter { $0.method.hasSuffix("/SyncFlags") }.count
        XCTAssertEqual(streams, 1)
        await provider.shutdown()
        await server.terminate()
    }

    /// The kernel accepts for a frozen server; the attempt ends at its deadline all the same, and later ones succeed.
    func testItem109ConnectingToAFrozenServer() async throws {
        let server = try await SyncServer.start()
        try await server.push(Flags.set([("a", "on")]))
        server.process.freeze()
        let provider = try provider(server.port) { $0.deadline = .milliseconds(300) }
        let log = EventLog(provider)
        do {
            try await withDeadline(.seconds(10), "initialize") { try await provider.initialize() }
            XCTFail("initialized by a frozen server")
        } catch let error as FlagdError {
            XCTAssertEqual(error.code, .notReady)
        }
        server.process.thaw()
        try await waitUntil("ready") { log.all.contains(.ready) }
        XCTAssertTrue(provider.booleanValue("a", default: false))
        await provider.shutdown()
        await server.terminate()
    }

    /// Nor for a pause between attempts; nothing is told afterwards.
    func testItem137ShutdownInThePauseBetweenAttempts() async throws {
        let server = try await SyncServer.start()
        let provider = try provider(server.port) { options in
            options.deadline = .milliseconds(100)
            options.retryBackoff = .seconds(60)
            options.retryBackoffMax = .seconds(60)
        }
        await server.terminate()
        do {
            try await provider.initialize()
            XCTFail("initialized without a server")
        } catch is FlagdError {}
        let log = EventLog(provider)
        let start = ContinuousClock.now
        await provider.shutdown()
        XCTAssertLessThan(ContinuousClock.now - start, .seconds(1))
        let told = log.all.count
        try await Task.sleep(for: .milliseconds(200))
        XCTAssertEqual(log.all.count, told)
    }

    /// Shutting down does not wait for a server that does not move.
    func testItem137ShutdownWithAFrozenServer() async throws {
        let server = try await SyncServer.start()
        let provider = try provider(server.port)
        try await provider.initialize()
        server.process.freeze()
        try await withDeadline(.seconds(5), "shutdown") { await provider.shutdown() }
        server.process.thaw()
        await server.terminate()
    }

    func testItem36OneByteAtATime() async throws {
        let server = try await SyncServer.start()
        let relay = try await Proxy.start(.bytes, backend: server.port)
        let flags = (0..<40).map { (key: "flag-\($0)", variant: "on") }
        try await server.push(Flags.set(flags))
        let provider = try provider(relay.port)
        let log = EventLog(provider)
        try await provider.initialize()
        XCTAssertTrue(provider.booleanValue("flag-39", default: false))
        try await server.push(Flags.set(flags.dropLast() + [("flag-39", "off")]))
        expectEqual(try await log.wait(count: 2).last, .configurationChanged(flagsChanged: ["flag-39"]))
        await provider.shutdown()
        await relay.kill()
        await server.terminate()
    }

    /// Whatever comes between, the last set is what counts, and no earlier one appears behind it.
    func testItem94LastOfManyPushesWins() async throws {
        let server = try await SyncServer.start()
        let provider = try provider(server.port)
        let log = EventLog(provider)
        try await provider.initialize()
        for number in 0..<150 { try await server.push(Flags.set([("flag-\(number)", "on"), ("last", "on")])) }
        try await server.push(Flags.set([("end", "on"), ("last", "off")]))
        try await waitUntil("the last set") { provider.booleanValue("end", default: false) }
        XCTAssertFalse(provider.booleanValue("last", default: true))
        try await Task.sleep(for: .milliseconds(50))
        XCTAssertTrue(provider.booleanValue("end", default: false))
        guard case .configurationChanged(let keys)? = log.all.last else { return XCTFail("\(log.all)") }
        XCTAssertTrue(keys.contains("end"))
        await provider.shutdown()
        await server.terminate()
    }

    func testItem93BadPayloadKeepsTheSetAndTheStream() async throws {
        let server = try await SyncServer.start()
        try await server.push(Flags.set([("a", "on")]))
        let lines = LineLog()
        let provider = try provider(server.port) { $0.logger = lines }
        let log = EventLog(provider)
        try await provider.initialize()
        for bad in ["{", "[]", "null", "\u{1}", #"{"flags":7}"#] { try await server.push(bad) }
        try await waitUntil("a diagnostic") { lines.all.contains { $0.contains("a payload cannot be used: ") } }
        XCTAssertTrue(provider.booleanValue("a", default: false))
        try await server.push(Flags.set([("a", "off")]))
        expectEqual(try await log.wait(count: 2), [.ready, .configurationChanged(flagsChanged: ["a"])])
        let streams = try await server.calls().filter { $0.method.hasSuffix("/SyncFlags") }.count
        XCTAssertEqual(streams, 1)
        await provider.shutdown()
        await server.terminate()
    }

    /// A server that is back is found within the longest pause, however long it was away.
    func testItem104ServerIsBack() async throws {
        let server = try await SyncServer.start()
        try await server.push(Flags.set([("a", "on")]))
        let provider = try provider(server.port) { $0.retryGracePeriod = .milliseconds(100) }
        let log = EventLog(provider)
        try await provider.initialize()
        try await server.command(#"{"cmd":"stop"}"#)
        _ = try await log.wait(count: 3)
        // Long enough for the pauses to have reached their cap.
        try await Task.sleep(for: .milliseconds(800))
        try await server.command(#"{"cmd":"start"}"#)
        // The cap with its jitter is 240 ms; the rest is for a busy machine.
        try await waitUntil("ready", within: .seconds(10)) { log.all.last == .ready || log.all.count > 3 }
        XCTAssertEqual(provider.status, .ready)
        await provider.shutdown()
        await server.terminate()
    }

    /// The server's socket is not there yet when the provider starts.
    func testItem133SocketFileAppearsLater() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("late.sock")
        let provider = try provider(0) { options in
            options.port = nil
            options.socketPath = path
            options.deadline = .milliseconds(200)
        }
        do {
            try await provider.initialize()
            XCTFail("initialized without a server")
        } catch let error as FlagdError {
            XCTAssertTrue(error.message.contains(path), error.message)
        }
        let log = EventLog(provider)
        let server = try await SyncServer.start(["--unix", path])
        try await server.push(Flags.set([("a", "on")]))
        try await waitUntil("the flags") { provider.booleanValue("a", default: false) }
        try await waitUntil("its event") { log.all.contains(.ready) }
        await provider.shutdown()
        await server.terminate()
    }

    /// The stream's own deadline: the next stream delivers before the old one ends, and nobody is told.
    func testItem91StreamsAreRecycledQuietly() async throws {
        let server = try await SyncServer.start()
        try await server.push(Flags.set([("a", "on")]))
        let provider = try provider(server.port) { $0.streamDeadline = .milliseconds(300) }
        let log = EventLog(provider)
        try await provider.initialize()
        try await waitUntil("four streams") {
            // There is a stream at each moment.
            let open = try await server.openStreams()
            XCTAssertGreaterThanOrEqual(open, 1)
            return try await server.calls().count { $0.method.hasSuffix("/SyncFlags") } >= 4
        }
        expectEqual(log.all, [.ready])
        try await server.push(Flags.set([("a", "off")]))
        expectEqual(try await log.wait(count: 2), [.ready, .configurationChanged(flagsChanged: ["a"])])
        await provider.shutdown()
        await server.terminate()
    }

    /// A server that limits the age of connections (`max_connection_age`) says GOAWAY and then ends the streams; nobody is told.
    func testItem46ConnectionsOfLimitedAge() async throws {
        let server = try await SyncServer.start([
            "--option", "grpc.max_connection_age_ms=500", "--option", "grpc.max_connection_age_grace_ms=500",
        ])
        try await server.push(Flags.set([("a", "on")]))
        let provider = try provider(server.port)
        let log = EventLog(provider)
        try await provider.initialize()
        try await waitUntil("four streams") {
            try await server.calls().count { $0.method.hasSuffix("/SyncFlags") } >= 4
        }
        expectEqual(log.all, [.ready])
        await provider.shutdown()
        await server.terminate()
    }

    /// grpcio forbids pings at this rate; the connection says so, and the next one is to ping less often.
    func testItem98TooManyPings() async throws {
        let server = try await SyncServer.start()
        var configuration = TransportConfiguration()
        configuration.keepAlive = KeepAliveConfiguration(time: .milliseconds(50), timeout: .seconds(10))
        configuration.keepAlive.floor = .zero
        let channel = try await GRPCChannel.connect(
            to: .hostPort(host: "127.0.0.1", port: server.port), configuration: configuration)
        var messages = try await FlagSyncClient(channel: channel).syncFlags(SyncFlagsRequest()).makeAsyncIterator()
        _ = try await messages.next()
        guard case .draining(let cause) = await channel.waitForEnd() else { return XCTFail("\(channel.end)") }
        XCTAssertEqual(cause.kind, .tooManyPings, "\(cause)")
        XCTAssertEqual(configuration.keepAlive.doubled().time, .milliseconds(100))
        await channel.shutdown()
        await server.terminate()
    }
}
