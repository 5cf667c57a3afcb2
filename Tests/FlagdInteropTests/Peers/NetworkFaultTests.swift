import Flagd
import FlagdGRPC
import FlagdTestSupport
import XCTest

@testable import FlagdTransport

/// Faults of the network between client and server; needs root, and is skipped elsewhere.
final class NetworkFaultTests: XCTestCase {
    private typealias Messages = FlagSyncStream<SyncFlagsResponse>.AsyncIterator

    private let flags = Flags.set([("a", "on")])

    private func open(_ channel: GRPCChannel) async throws -> Messages {
        var messages = try await FlagSyncClient(channel: channel).syncFlags(SyncFlagsRequest()).makeAsyncIterator()
        _ = try await messages.next()
        return messages
    }

    private func provider(_ link: NetworkLink, _ port: Int) throws -> FlagdProvider {
        var options = FlagdOptions(host: link.far, port: port)
        options.deadline = .seconds(10)
        options.retryBackoff = .milliseconds(50)
        options.retryBackoffMax = .milliseconds(200)
        return try FlagdProvider(options, environment: [:])
    }

    /// With keepalive a peer that is not reachable any more is found; without, nothing is noticed.
    func testItem97BlackholeIsDetectedByKeepalive() async throws {
        let link = try await NetworkLink.start()
        let server = try await link.server(["--option", "grpc.http2.min_recv_ping_interval_without_data_ms=10"])
        var keepAlive = KeepAliveConfiguration(time: .milliseconds(200), timeout: .milliseconds(300))
        keepAlive.floor = .zero
        var configuration = TransportConfiguration()
        configuration.keepAlive = keepAlive
        let watched = try await GRPCChannel.connect(to: link.endpoint(server.port), configuration: configuration)
        let unwatched = try await GRPCChannel.connect(to: link.endpoint(server.port))
        var watchedMessages = try await open(watched)
        var unwatchedMessages = try await open(unwatched)
        try await server.push(flags)
        _ = try await watchedMessages.next()
        _ = try await unwatchedMessages.next()

        try await link.interrupt()
        do {
            _ = try await withDeadline(.seconds(10), "the keepalive time-out") { [watchedMessages] in
                var messages = watchedMessages
                return try await messages.next()
            }
            XCTFail("a message over an interrupted link")
        } catch let status as GRPCStatus {
            XCTAssertEqual(status.code, .unavailable)
        }
        guard case .closed(let cause) = await watched.waitForEnd() else { return XCTFail("\(watched.end)") }
        // The kernel's own time-out (TCP_USER_TIMEOUT) may come first, with its own words.
        XCTAssertTrue([.keepAliveTimeout, .reset].contains(cause.kind), "\(cause)")
        XCTAssertEqual(unwatched.end, .stillOpen)

        try await link.restore()
        try await server.push(flags)
        let next = try await unwatchedMessages.next()
        XCTAssertNotNil(next)
        await watched.shutdown()
        await unwatched.shutdown()
        await server.terminate()
        await link.remove()
    }

    /// Without keepalive the provider does not notice that the network was away for a second; what was sent meanwhile arrives.
    func testItem108ShortOutageChangesNothing() async throws {
        let link = try await NetworkLink.start()
        let server = try await link.server()
        try await server.push(flags)
        let provider = try provider(link, server.port)
        let log = EventLog(provider)
        try await provider.initialize()
        try await link.interrupt()
        try await server.push(Flags.set([("a", "off")]))
        try await Task.sleep(for: .seconds(1))
        expectEqual(log.all, [.ready])
        try await link.restore()
        expectEqual(try await log.wait(count: 2), [.ready, .configurationChanged(flagsChanged: ["a"])])
        let calls = try await server.calls()
        XCTAssertEqual(calls.filter { $0.method.hasSuffix("/SyncFlags") }.count, 1, "the same stream")
        await provider.shutdown()
        await server.terminate()
        await link.remove()
    }

    /// On a link with 50 ms there and back, windows of 64 KiB would let 10 MB through in 153 round trips, at least 7.6 s.
    func testItem38WindowsDoNotSlowALongLinkDown() async throws {
        let link = try await NetworkLink.start()
        let server = try await link.server()
        let folder = try TemporaryFolder()
        let file = try folder.write(Flags.large(bytes: 10_000_000).utf8, to: "flags.json")
        // From the first packet: TCP may remember the shortest round trip for seconds, and send accordingly.
        try await link.delay(25)
        let channel = try await GRPCChannel.connect(to: link.endpoint(server.port))
        var messages = try await open(channel)
        let start = ContinuousClock.now
        try await server.command(#"{"cmd":"push","file":"\#(file)"}"#)
        let size = try await messages.next()?.flagConfiguration.count ?? 0
        let elapsed = ContinuousClock.now - start
        XCTAssertGreaterThanOrEqual(size, 10_000_000)
        XCTAssertLessThan(elapsed, .seconds(5), "flow control slows the transfer down")
        await channel.shutdown()
        await server.terminate()
        await link.remove()
    }

    func testItem94LostPacketsLoseNoMessage() async throws {
        let link = try await NetworkLink.start()
        let server = try await link.server()
        let channel = try await GRPCChannel.connect(to: link.endpoint(server.port))
        var messages = try await open(channel)
        try await link.lose(0.05)
        for size in stride(from: 20_000, to: 400_000, by: 20_000) {
            try await server.push(#"{"x":"\#(String(repeating: "x", count: size))"}"#)
        }
        for size in stride(from: 20_000, to: 400_000, by: 20_000) {
            let message = try await messages.next()
            XCTAssertEqual(message?.flagConfiguration.count, size + 8)
        }
        try await link.lose(0)
        await channel.shutdown()
        await server.terminate()
        await link.remove()
    }

    /// The server is replaced while the network is away.
    func testItem104ServerComesBackBehindABlackhole() async throws {
        let link = try await NetworkLink.start()
        let server = try await link.server()
        try await server.push(flags)
        let provider = try provider(link, server.port)
        let log = EventLog(provider)
        try await provider.initialize()
        try await link.interrupt()
        server.process.kill()
        let successor = try await link.server(["--port", String(server.port)])
        try await successor.push(Flags.set([("a", "off")]))
        try await link.restore()
        // The dead server's kernel still repeats its FIN; the stream had lived long enough to be replaced quietly.
        let changed = ProviderEvent.configurationChanged(flagsChanged: ["a"])
        try await waitUntil("the new server's flags", within: .seconds(30)) { log.all.last == changed }
        await provider.shutdown()
        await successor.terminate()
        await link.remove()
    }

    /// No answer to SYN, then no route at all: each attempt ends in time and says why.
    func testItem5UnreachableServer() async throws {
        let link = try await NetworkLink.start()
        try await link.interrupt()
        var configuration = TransportConfiguration()
        configuration.connectTimeout = .milliseconds(200)
        let endpoint = link.endpoint(8015)
        let silent = await failure(endpoint, configuration)
        XCTAssertTrue(silent?.message.contains("no answer within 0.2 seconds") ?? false, silent?.message ?? "")
        await link.remove()
    }

    private func failure(_ endpoint: Endpoint, _ configuration: TransportConfiguration) async -> GRPCStatus? {
        do throws(GRPCStatus) {
            let channel = try await GRPCChannel.connect(to: endpoint, configuration: configuration)
            await channel.shutdown()
            return nil
        } catch {
            XCTAssertEqual(error.code, .unavailable)
            return error
        }
    }
}
