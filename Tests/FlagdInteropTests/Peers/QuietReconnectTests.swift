import Flagd
import FlagdTestSupport
import Synchronization
import XCTest

/// The provider behind a proxy that cuts idle streams: with flags that never change that happens all the time, and the application
/// must not notice (specification: transport, section 14, consequence a).
final class QuietReconnectTests: XCTestCase {
    /// Notes what a provider tells its observers.
    private final class Witness: FlagdObserver {
        private let list = Mutex<[String]>([])

        var failures: [String] { list.withLock { $0 } }

        func sourceFailed(_ failure: FailureReport) {
            list.withLock { $0.append("\(failure.statusCode ?? "-"): \(failure.message)") }
        }

        func statusChanged(from old: ProviderStatus, to new: ProviderStatus) {
            guard new != .ready else { return }
            list.withLock { $0.append("status \(new.rawValue)") }
        }
    }

    /// How many streams the server has seen.
    private static func streams(_ server: SyncServer) async throws -> Int {
        try await server.calls().filter { $0.method.hasSuffix("/SyncFlags") }.count
    }

    private static func run(_ kind: Proxy.Kind, _ certificate: SelfSignedCertificate?) async throws {
        let server = try await SyncServer.start()
        try await server.push(Flags.set([("a", "on"), ("b", "on")]))
        let proxy = try await Proxy.start(kind, backend: server.port, idle: 2500, certificate: certificate)
        let witness = Witness()
        var options = FlagdOptions(host: "localhost", port: proxy.port)
        options.tls = certificate != nil
        options.certPath = certificate?.certificate
        options.deadline = .seconds(10)
        options.retryBackoff = .milliseconds(100)
        options.retryBackoffMax = .seconds(2)
        options.observers = [witness]
        let provider = try FlagdProvider(options, environment: [:])
        let log = EventLog(provider)
        try await withDeadline(.seconds(30), "initialize") { try await provider.initialize() }
        try await waitUntil("three streams") { try await Self.streams(server) >= 3 }
        expectEqual(log.all, [.ready])
        expectEqual(witness.failures, [])
        try await server.push(Flags.set([("a", "off"), ("b", "on")]))
        expectEqual(try await log.wait(count: 2), [.ready, .configurationChanged(flagsChanged: ["a"])])
        await provider.shutdown()
        await proxy.kill()
        await server.terminate()
    }

    func testIdleStreamsAreReplacedQuietly() async throws {
        _ = try Tool.pythonWithGRPC()
        let certificate = try await SelfSignedCertificate.make()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for kind in Proxy.Kind.real {
                for certificate in [nil, certificate] {
                    group.addTask {
                        do {
                            try await Self.run(kind, certificate)
                        } catch {
                            XCTFail("\(kind)\(certificate == nil ? "" : " with TLS"): \(error)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// The backend is away for a moment: the proxy answers with a web page, the provider is stale and comes back.
    func testTheBackendIsRestarted() async throws {
        for kind in Proxy.Kind.real {
            let server = try await SyncServer.start()
            try await server.push(Flags.set([("a", "on")]))
            let proxy = try await Proxy.start(kind, backend: server.port)
            let witness = Witness()
            var options = FlagdOptions(host: "localhost", port: proxy.port)
            options.deadline = .seconds(10)
            options.retryBackoff = .milliseconds(50)
            options.retryBackoffMax = .seconds(1)
            options.observers = [witness]
            let provider = try FlagdProvider(options, environment: [:])
            let log = EventLog(provider)
            try await withDeadline(.seconds(30), "initialize") { try await provider.initialize() }
            try await server.command(#"{"cmd":"stop"}"#)
            guard case .stale = try await log.wait(count: 2).last else { return XCTFail("\(kind): \(log.all)") }
            try await waitUntil("the proxy's own answer") {
                witness.failures.contains { $0.hasPrefix("UNAVAILABLE: the server answered HTTP status 50") }
            }
            try await server.command(#"{"cmd":"store","payload":\#(Flags.quoted([("a", "off")]))}"#)
            try await server.command(#"{"cmd":"start"}"#)
            expectEqual(
                Array(try await log.wait(count: 4).suffix(2)), [.ready, .configurationChanged(flagsChanged: ["a"])])
            await provider.shutdown()
            await proxy.kill()
            await server.terminate()
        }
    }
}

extension Flags {
    /// ``set(_:)`` as a JSON string.
    static func quoted(_ flags: [(key: String, variant: String)]) -> String {
        "\"" + set(flags).replacing("\"", with: "\\\"") + "\""
    }
}
