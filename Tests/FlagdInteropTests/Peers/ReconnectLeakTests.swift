import FlagdGRPC
import FlagdTestSupport
import FlagdTransport
import Foundation
import XCTest

#if os(Linux)
/// Connections by the thousand, good ones and failing ones, leave no descriptor, no thread and no memory behind.
final class ReconnectLeakTests: XCTestCase {
    /// How many connections are made; `FLAGD_RECONNECTS` says how many by hand.
    private let count = ProcessInfo.processInfo.environment["FLAGD_RECONNECTS"].flatMap(Int.init) ?? 1000

    /// What the process holds, by /proc.
    private struct Holdings {
        let descriptors: Int
        let threads: Int
        /// Resident memory in KiB.
        let memory: Int

        static func now() throws -> Holdings {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            let files = FileManager.default
            return Holdings(
                descriptors: try files.contentsOfDirectory(atPath: "/proc/self/fd").count,
                threads: try files.contentsOfDirectory(atPath: "/proc/self/task").count,
                memory: line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
        }
    }

    /// A way to connect, and whether it leads to a message.
    private struct Target: Sendable {
        let endpoint: Endpoint
        var configuration = TransportConfiguration()
        var succeeds = true
    }

    /// The sanitizers keep freed memory.
    private var isSanitized: Bool {
        dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
    }

    private func connect(_ target: Target) async {
        do throws(GRPCStatus) {
            let channel = try await GRPCChannel.connect(to: target.endpoint, configuration: target.configuration)
            var messages = try await FlagSyncClient(channel: channel).syncFlags(SyncFlagsRequest()).makeAsyncIterator()
            let first = try await messages.next()
            XCTAssertEqual(first != nil, target.succeeds, "\(target.endpoint)")
            await channel.shutdown()
        } catch {
            XCTAssertFalse(target.succeeds, "\(target.endpoint): \(error)")
        }
    }

    func testReconnectsLeakNothing() async throws {
        let certificate = try await SelfSignedCertificate.make()
        let plain = try await SyncServer.start()
        let secure = try await SyncServer.start([
            "--tls-cert", certificate.certificate, "--tls-key", certificate.key,
        ])
        let folder = try TemporaryFolder()
        let local = try await SyncServer.start(["--unix", folder.path("sync")])
        let head = #"{"headers":[[":status","200"],["content-type","application/grpc"]]}"#
        let cutting = try await ScriptedPeer.start([head, #"{"data":"00000000ff"}"#, #"{"reset":true}"#])
        let gone = try await SyncServer.start()
        await gone.terminate()

        var trusting = TransportConfiguration()
        trusting.tls = TLSConfiguration(certificateAuthorityPath: certificate.certificate)
        var distrusting = TransportConfiguration()
        distrusting.tls = TLSConfiguration()
        let targets = [
            Target(endpoint: .hostPort(host: "localhost", port: plain.port)),
            Target(endpoint: .hostPort(host: "127.0.0.1", port: secure.port), configuration: trusting),
            Target(endpoint: .unixSocket(path: folder.path("sync"))),
            Target(
                endpoint: .hostPort(host: "127.0.0.1", port: secure.port), configuration: distrusting, succeeds: false),
            Target(endpoint: .hostPort(host: "127.0.0.1", port: plain.port), configuration: trusting, succeeds: false),
            Target(endpoint: .hostPort(host: "127.0.0.1", port: secure.port), succeeds: false),
            Target(endpoint: .hostPort(host: "127.0.0.1", port: cutting.port), succeeds: false),
            Target(endpoint: .hostPort(host: "127.0.0.1", port: gone.port), succeeds: false),
        ]
        for number in 0..<max(100, count / 10) { await connect(targets[number % targets.count]) }
        // What was dropped without a shutdown closes a little later.
        try await Task.sleep(for: .milliseconds(500))
        let before = try Holdings.now()
        for number in 0..<count { await connect(targets[number % targets.count]) }
        // The runtime's own threads come and go.
        let threads = before.threads + ProcessInfo.processInfo.activeProcessorCount
        try await waitUntil("the last connections to close") {
            let now = try Holdings.now()
            return now.descriptors <= before.descriptors && now.threads <= threads
        }
        let after = try Holdings.now()
        let growth = after.memory - before.memory
        print("\(count) reconnects: \(before) to \(after)")
        if !isSanitized { XCTAssertLessThan(growth, 6 << 10, "memory grew by \(growth) KiB") }
        for server in [plain, secure, local] { await server.terminate() }
        await cutting.terminate()
    }
}
#endif
