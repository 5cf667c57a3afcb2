import FlagdTestSupport
import FlagdTransport
import Foundation
import XCTest

/// A network link with faults, run by `Tests/Peers/network_link.py`: a server listens on ``near``, clients connect to ``far``.
final class NetworkLink: Sendable {
    private struct Ready: Decodable {
        let ready: Bool
        let near: String?
        let far: String?
        let error: String?
    }

    private struct Answer: Decodable {
        let ok: Bool
    }

    /// The address to listen on.
    let near: String
    /// The address to connect to.
    let far: String
    private let process: ChildProcess

    /// Makes a link without faults.
    ///
    /// - Throws: a skip where it cannot be made; root must be able to where everything is required.
    static func start() async throws -> NetworkLink {
        #if os(Linux)
        guard geteuid() == 0 else { throw XCTSkip("missing: root, for a network link with faults") }
        let script = PackageLayout.root.appendingPathComponent("Tests/Peers/network_link.py").path
        _ = try Tool.find("ip", package: "iproute2")
        let process = try ChildProcess(Tool.pythonWithGRPC(), arguments: ["-B", script])
        let ready = try JSONDecoder().decode(Ready.self, from: Data(try await process.line().utf8))
        guard ready.ready, let near = ready.near, let far = ready.far else {
            throw MissingRequirement.error("CAP_NET_ADMIN and /dev/net/tun (\(ready.error ?? ""))")
        }
        return NetworkLink(process, near: near, far: far)
        #else
        throw XCTSkip("missing: Linux, for a network link with faults")
        #endif
    }

    private init(_ process: ChildProcess, near: String, far: String) {
        self.process = process
        self.near = near
        self.far = far
    }

    /// A server at the other end.
    func server(_ arguments: [String] = []) async throws -> SyncServer {
        try await SyncServer.start(["--host", near] + arguments)
    }

    /// Where clients reach a server's port.
    func endpoint(_ port: Int) -> Endpoint { .hostPort(host: far, port: port) }

    /// Delays each packet by so many milliseconds, in both directions.
    func delay(_ milliseconds: Int) async throws { try await command(#"{"delay":\#(milliseconds)}"#) }

    /// Loses this share of all packets.
    func lose(_ share: Double) async throws { try await command(#"{"loss":\#(share)}"#) }

    /// Loses every packet, without a word to either side.
    func interrupt() async throws { try await command(#"{"up":false}"#) }

    /// Lets packets through again.
    func restore() async throws { try await command(#"{"up":true}"#) }

    /// Takes the link away; both addresses are then unknown.
    func remove() async { await process.terminate() }

    private func command(_ line: String) async throws {
        _ = try await process.ask(line, as: Answer.self)
    }
}
