import FlagdGRPC
import FlagdTestSupport
import FlagdTransport
import XCTest

/// What the proxies of real deployments do to calls (specification: transport, section 14), each with and without TLS.
final class ProxyTests: XCTestCase {
    /// How many milliseconds the proxies let a server be silent where that is tested, and where it is not.
    private static let idle = 1000
    private static let longIdle = 30_000

    private let payload = Flags.set([("a", "on")])

    /// A server behind a proxy, and a channel through it.
    private struct Setting: Sendable {
        let server: SyncServer
        let proxy: Proxy
        let channel: GRPCChannel

        var client: FlagSyncClient { FlagSyncClient(channel: channel) }
    }

    /// Runs `body` with each real proxy, plaintext and TLS, all at the same time.
    private func withEachProxy(
        idle: Int = longIdle, clientIdle: Int? = nil, _ body: @escaping @Sendable (Setting) async throws -> Void
    ) async throws {
        let certificate = try await SelfSignedCertificate.make()
        let payload = payload
        try await withThrowingTaskGroup(of: Void.self) { group in
            for kind in Proxy.Kind.real {
                for certificate in [nil, certificate] {
                    group.addTask {
                        try await Self.run(
                            kind, certificate, idle: idle, clientIdle: clientIdle, payload: payload, body)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func run(
        _ kind: Proxy.Kind, _ certificate: SelfSignedCertificate?, idle: Int, clientIdle: Int?, payload: String,
        _ body: @escaping @Sendable (Setting) async throws -> Void
    ) async throws {
        let server = try await SyncServer.start()
        try await server.push(payload)
        let proxy = try await Proxy.start(
            kind, backend: server.port, idle: idle, clientIdle: clientIdle, certificate: certificate)
        let tls = certificate.map { TLSConfiguration(certificateAuthorityPath: $0.certificate) }
        let channel = try await GRPCChannel.connect(
            to: proxy.endpoint, configuration: TransportConfiguration(tls: tls))
        let setting = Setting(server: server, proxy: proxy, channel: channel)
        do {
            try await withDeadline(.seconds(30), "\(kind)\(tls == nil ? "" : " with TLS")") { try await body(setting) }
        } catch {
            XCTFail("\(kind)\(tls == nil ? "" : " with TLS"): \(error)")
        }
        await channel.shutdown()
        await proxy.kill()
        await server.terminate()
    }

    /// Reads to the end, and gives the status and how many messages came before.
    private static func end(
        _ messages: FlagSyncStream<SyncFlagsResponse>.AsyncIterator
    ) async -> (status: GRPCStatus, messages: Int) {
        var messages = messages
        var count = 0
        do throws(GRPCStatus) {
            while try await messages.next() != nil { count += 1 }
            return (GRPCStatus(.ok), count)
        } catch {
            return (error, count)
        }
    }

    /// A stream that has delivered its first message.
    private static func openStream(
        _ client: FlagSyncClient
    ) async throws -> FlagSyncStream<SyncFlagsResponse>.AsyncIterator {
        var messages = try await client.syncFlags(SyncFlagsRequest()).makeAsyncIterator()
        let first = try await messages.next()
        XCTAssertEqual(first?.flagConfiguration.isEmpty, false)
        return messages
    }

    /// The messages of a call that fails.
    private static func failure(_ call: () async throws -> Void) async -> GRPCStatus? {
        do {
            try await call()
            return nil
        } catch {
            return error as? GRPCStatus
        }
    }

    func testMessagesOfAllSizesGetThrough() async throws {
        let large = Flags.large(bytes: 3_000_000)
        let folder = try TemporaryFolder()
        let file = try folder.write(large.utf8, to: "flags.json")
        try await withEachProxy { setting in
            var messages = try await Self.openStream(setting.client)
            for _ in 0..<3 {
                try await setting.server.command(#"{"cmd":"push","payload":"{}"}"#)
                let small = try await messages.next()?.flagConfiguration.count
                XCTAssertEqual(small, 2)
                try await setting.server.command(#"{"cmd":"push","file":"\#(file)"}"#)
                let big = try await messages.next()?.flagConfiguration.count
                XCTAssertEqual(big, large.utf8.count)
            }
        }
    }

    /// The stream ends without a status, the connection goes on.
    func testItem79IdleStreamIsCut() async throws {
        try await withEachProxy(idle: Self.idle) { setting in
            let end = await Self.end(try await Self.openStream(setting.client))
            XCTAssertEqual(end.messages, 0)
            switch setting.proxy.kind {
            case .haproxy:
                expectEqual(
                    end.status, GRPCStatus(.internalError, "the server ended the stream without trailers"))
            default:
                XCTAssertEqual(end.status.code, .internalError, "\(setting.proxy.kind): \(end.status)")
                XCTAssertEqual(end.status.origin, .reset(processed: true), "\(setting.proxy.kind): \(end.status)")
                XCTAssertTrue(end.status.message.contains("INTERNAL_ERROR"), "\(setting.proxy.kind): \(end.status)")
            }
            let again = try await setting.client.fetchAllFlags(FetchAllFlagsRequest())
            XCTAssertFalse(again.flagConfiguration.isEmpty, "the connection is still good")
        }
    }

    func testBackendDies() async throws {
        try await withEachProxy { setting in
            let messages = try await Self.openStream(setting.client)
            setting.server.process.kill()
            let end = await Self.end(messages)
            XCTAssertEqual(end.status.code, .internalError, "\(setting.proxy.kind): \(end.status)")
        }
    }

    func testItem80BackendIsAbsent() async throws {
        try await withEachProxy { setting in
            setting.server.process.kill()
            let status = await Self.failure {
                _ = try await setting.client.fetchAllFlags(FetchAllFlagsRequest())
            }
            XCTAssertEqual(status?.code, .unavailable, "\(setting.proxy.kind)")
            XCTAssertEqual(status?.origin, .http)
            let expected = setting.proxy.kind == .haproxy ? "HTTP status 503" : "HTTP status 502"
            XCTAssertTrue(
                status?.message.contains(expected) ?? false, "\(setting.proxy.kind): \(status?.message ?? "")")
            XCTAssertTrue(status?.message.contains("text/html") ?? false, status?.message ?? "")
        }
    }

    /// GOAWAY, and the open stream goes on.
    func testItem46GracefulStop() async throws {
        try await withEachProxy { setting in
            var messages = try await Self.openStream(setting.client)
            try await setting.proxy.stop()
            guard case .draining(let cause) = await setting.channel.waitForEnd() else {
                return XCTFail("\(setting.proxy.kind): \(setting.channel.end)")
            }
            XCTAssertEqual(cause.kind, .goAway, "\(setting.proxy.kind): \(cause)")
            XCTAssertFalse(setting.channel.isUsable)
            try await setting.server.push("{}")
            let next = try await messages.next()?.flagConfiguration.count
            XCTAssertEqual(next, 2, "\(setting.proxy.kind)")
        }
    }

    /// A client that says nothing for too long: whatever the proxy does, the channel ends and says so.
    func testClientIsTooQuiet() async throws {
        try await withEachProxy(clientIdle: 500) { setting in
            guard setting.proxy.kind != .nginx else { return }
            _ = try await setting.client.fetchAllFlags(FetchAllFlagsRequest())
            switch await setting.channel.waitForEnd() {
            case .stillOpen: XCTFail("\(setting.proxy.kind)")
            case .draining(let cause), .closed(let cause):
                XCTAssertTrue([.goAway, .closed].contains(cause.kind), "\(setting.proxy.kind): \(cause)")
            }
        }
    }
}
