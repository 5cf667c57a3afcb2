import FlagdTestSupport
import FlagdTransport
import Foundation

/// A proxy in front of a gRPC server, run by `Tests/Peers/proxy.py`.
final class Proxy: Sendable {
    /// Which proxy.
    enum Kind: String, CaseIterable, Sendable {
        case nginx, haproxy, nghttpx
        /// Hands on one byte at a time.
        case bytes

        /// Those that real deployments put before flagd.
        static let real: [Kind] = [.nginx, .haproxy, .nghttpx]

        fileprivate func program() throws -> [String] {
            switch self {
            case .nginx, .haproxy: ["--program", try Tool.find(rawValue).path]
            case .nghttpx: ["--program", try Tool.find(rawValue, package: "nghttp2-proxy").path]
            case .bytes: []
            }
        }
    }

    private struct Ready: Decodable {
        let port: Int
    }

    private struct Answer: Decodable {
        let ok: Bool
    }

    let kind: Kind
    let port: Int
    private let process: ChildProcess

    /// Starts a proxy and waits until it listens.
    ///
    /// - Parameters:
    ///   - backend: The server's port.
    ///   - idle: How many milliseconds the server may be silent on a stream.
    ///   - clientIdle: How many milliseconds the client may be silent on a connection.
    ///   - certificate: Asks clients for TLS.
    static func start(
        _ kind: Kind, backend: Int, idle: Int? = nil, clientIdle: Int? = nil, certificate: SelfSignedCertificate? = nil
    ) async throws -> Proxy {
        let script = PackageLayout.root.appendingPathComponent("Tests/Peers/proxy.py").path
        var arguments = ["-B", script, kind.rawValue, "--backend", String(backend)] + (try kind.program())
        if let idle { arguments += ["--idle", String(idle)] }
        if let clientIdle { arguments += ["--client-idle", String(clientIdle)] }
        if let certificate { arguments += ["--tls-cert", certificate.certificate, "--tls-key", certificate.key] }
        let process = try ChildProcess(Tool.pythonWithGRPC(), arguments: arguments)
        let line = try await process.line()
        return Proxy(kind, process, port: try JSONDecoder().decode(Ready.self, from: Data(line.utf8)).port)
    }

    private init(_ kind: Kind, _ process: ChildProcess, port: Int) {
        self.kind = kind
        self.process = process
        self.port = port
    }

    /// Where clients connect to.
    var endpoint: Endpoint { .hostPort(host: "localhost", port: port) }

    /// Asks the proxy to end as its service manager would; open streams may go on.
    func stop() async throws {
        _ = try await process.ask(#"{"cmd":"stop"}"#, as: Answer.self)
    }

    /// Ends the proxy at once.
    func kill() async {
        await process.terminate()
    }
}
