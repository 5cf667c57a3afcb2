import Flagd
import FlagdGRPC
import FlagdTestSupport
import FlagdTransport
import XCTest

/// The provider against grpcio over TLS and unix sockets.
final class SecurePeerTests: XCTestCase {
    private let flags = Flags.set([("a", "on")])

    private func start(_ arguments: [String]) async throws -> SyncServer {
        let folder = try TemporaryFolder()
        let file = try folder.write(flags.utf8, to: "flags.json")
        return try await SyncServer.start(["--payload", file] + arguments)
    }

    /// Initializes a provider and gives what a flag evaluates to, or the error.
    private func outcome(_ change: (inout FlagdOptions) -> Void) async throws -> Result<Bool, FlagdError> {
        var options = FlagdOptions(host: "localhost")
        options.deadline = .seconds(10)
        change(&options)
        let provider = try FlagdProvider(options, environment: [:])
        let result: Result<Bool, FlagdError>
        do {
            try await provider.initialize()
            result = .success(provider.booleanValue("a", default: false))
        } catch let error as FlagdError {
            result = .failure(error)
        }
        await provider.shutdown()
        return result
    }

    private func assertEvaluates(
        _ what: String, line: UInt = #line, _ change: (inout FlagdOptions) -> Void
    ) async throws {
        switch try await outcome(change) {
        case .success(let value): XCTAssertTrue(value, what, line: line)
        case .failure(let error): XCTFail("\(what): \(error)", line: line)
        }
    }

    private func assertFails(
        _ what: String, saying words: String, line: UInt = #line, _ change: (inout FlagdOptions) -> Void
    ) async throws {
        let result = try await outcome { options in
            options.deadline = .milliseconds(700)
            change(&options)
        }
        guard case .failure(let error) = result else { return XCTFail("\(what): connected", line: line) }
        XCTAssertTrue(error.message.contains(words), "\(what): \(error.message)", line: line)
    }

    func testTLS() async throws {
        let certificate = try await SelfSignedCertificate.make()
        let server = try await start(["--tls-cert", certificate.certificate, "--tls-key", certificate.key])
        for host in ["localhost", "127.0.0.1"] {
            try await assertEvaluates("TLS to \(host)") { options in
                options.host = host
                options.port = server.port
                options.tls = true
                options.certPath = certificate.certificate
            }
        }
        try await assertEvaluates("a target with a scheme") { options in
            options.targetURI = "grpcs://localhost:\(server.port)"
            options.certPath = certificate.certificate
        }
        try await assertFails("the system's trust", saying: "certificate") { options in
            options.port = server.port
            options.tls = true
        }
        try await assertFails("another name", saying: "flagd.example") { options in
            options.port = server.port
            options.tls = true
            options.certPath = certificate.certificate
            options.authority = "flagd.example"
        }
        try await assertFails("plaintext", saying: "TLS") { $0.port = server.port }
        await server.terminate()
    }

    func testMutualTLSWithAChain() async throws {
        let certificate = try await SelfSignedCertificate.make()
        let client = try await ClientCertificate.make()
        let server = try await start([
            "--tls-cert", certificate.certificate, "--tls-key", certificate.key, "--client-ca", client.authority,
        ])
        let common: (inout FlagdOptions) -> Void = { options in
            options.port = server.port
            options.tls = true
            options.certPath = certificate.certificate
        }
        try await assertEvaluates("with the chain") { options in
            common(&options)
            options.clientCertPath = client.chain
            options.clientKeyPath = client.key
        }
        try await assertFails("without the intermediate", saying: "TLS") { options in
            common(&options)
            options.clientCertPath = client.leaf
            options.clientKeyPath = client.key
        }
        try await assertFails("without a certificate", saying: "TLS") { common(&$0) }
        await server.terminate()
    }

    func testUnixSocketWithAndWithoutTLS() async throws {
        let certificate = try await SelfSignedCertificate.make()
        let folder = try TemporaryFolder()
        let plain = try await start(["--unix", folder.path("plain")])
        let secure = try await start([
            "--unix", folder.path("secure"), "--tls-cert", certificate.certificate, "--tls-key", certificate.key,
        ])
        try await assertEvaluates("a socket path") { $0.socketPath = folder.path("plain") }
        try await assertEvaluates("a target") { $0.targetURI = "unix://\(folder.path("plain"))" }
        try await assertEvaluates("TLS over a unix socket") { options in
            options.socketPath = folder.path("secure")
            options.tls = true
            options.certPath = certificate.certificate
        }
        await plain.terminate()
        await secure.terminate()
    }

    /// A name for the authority that is not the one that is dialled.
    func testAuthority() async throws {
        let server = try await start([])
        try await assertEvaluates("an authority of its own") { options in
            options.targetURI = "envoy://127.0.0.1:\(server.port)/flagd.example"
        }
        let proxy = try await Proxy.start(.haproxy, backend: server.port)
        try await assertEvaluates("behind a proxy") { options in
            options.targetURI = "envoy://localhost:\(proxy.port)/flagd.example"
        }
        await proxy.kill()
        await server.terminate()
    }

    /// grpcio's server compresses although only identity was offered, if it is set to: the error must say so.
    func testItem86ServerThatCompressesAllTheSame() async throws {
        for (number, name) in [(1, "deflate"), (2, "gzip")] {
            let server = try await SyncServer.start(["--option", "grpc.default_compression_algorithm=\(number)"])
            try await server.push(Flags.large(bytes: 10_000))
            try await assertFails(name, saying: "compressed with \"\(name)\", which is not supported") {
                $0.port = server.port
            }
            await server.terminate()
        }
    }
}
