import FlagdGRPC
import FlagdTestSupport
import FlagdTransport
import XCTest

/// What the peer must be able to do for the tests of others, beyond what ``FlagSyncClientTests`` use.
final class SyncServerTests: XCTestCase {
    private func first(_ endpoint: Endpoint, _ tls: TLSConfiguration? = nil) async throws -> SyncFlagsResponse? {
        let channel = try await GRPCChannel.connect(to: endpoint, configuration: TransportConfiguration(tls: tls))
        let stream = try await FlagSyncClient(channel: channel).syncFlags(SyncFlagsRequest())
        var iterator = stream.makeAsyncIterator()
        let response = try await iterator.next()
        await channel.shutdown()
        return response
    }

    func testUnixSocketAndPayloadFiles() async throws {
        let folder = try TemporaryFolder()
        let payload = try folder.write(#"{"flags":{"a":{}}}"#.utf8, to: "flags.json")
        let path = folder.path("flagd.sock")
        let server = try await SyncServer.start(["--unix", path, "--payload", payload])
        XCTAssertEqual(server.port, 0)
        let response = try await first(.unixSocket(path: path))
        XCTAssertEqual(response.map { String(decoding: $0.flagConfiguration, as: UTF8.self) }, #"{"flags":{"a":{}}}"#)
    }

    /// A certificate that is its own authority, and its key.
    private func certificate(in folder: TemporaryFolder) async throws -> (certificate: String, key: String) {
        let pair = (certificate: folder.path("cert.pem"), key: folder.path("key.pem"))
        let openssl = try ChildProcess(
            Tool.find("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", pair.key, "-out",
                pair.certificate,
            ])
        let status = try await openssl.waitForExit()
        XCTAssertEqual(status, 0, openssl.standardError)
        return pair
    }

    func testTLSWithAndWithoutClientCertificate() async throws {
        let folder = try TemporaryFolder()
        let pair = try await certificate(in: folder)
        let identity = ["--tls-cert", pair.certificate, "--tls-key", pair.key]
        var tls = TLSConfiguration(certificateAuthorityPath: pair.certificate)

        let open = try await SyncServer.start(identity)
        let response = try await first(.hostPort(host: "127.0.0.1", port: open.port), tls)
        XCTAssertNotNil(response)

        let closed = try await SyncServer.start(identity + ["--client-ca", pair.certificate])
        do {
            _ = try await first(.hostPort(host: "127.0.0.1", port: closed.port), tls)
            XCTFail("answered without a client certificate")
        } catch let status as GRPCStatus {
            XCTAssertEqual(status.code, .unavailable)
        }
        tls.clientCertificatePath = pair.certificate
        tls.clientKeyPath = pair.key
        let trusted = try await first(.hostPort(host: "127.0.0.1", port: closed.port), tls)
        XCTAssertNotNil(trusted)
    }

    func testStopAndStartOnTheSamePort() async throws {
        let server = try await SyncServer.start()
        let endpoint = Endpoint.hostPort(host: "127.0.0.1", port: server.port)
        try await server.command(#"{"cmd":"stop"}"#)
        do {
            _ = try await first(endpoint)
            XCTFail("something listens")
        } catch let status as GRPCStatus {
            XCTAssertEqual(status.code, .unavailable)
        }
        let port = try await server.command(#"{"cmd":"start"}"#).port
        XCTAssertEqual(port, server.port)
        let response = try await first(endpoint)
        XCTAssertNotNil(response)
    }

    func testKilledServerAndItsSuccessor() async throws {
        let server = try await SyncServer.start()
        server.process.kill()
        let successor = try await SyncServer.start(["--port", "\(server.port)"])
        XCTAssertEqual(successor.port, server.port)
        let response = try await first(.hostPort(host: "127.0.0.1", port: successor.port))
        XCTAssertNotNil(response)
        await successor.terminate()
    }

    func testToggle() async throws {
        let server = try await SyncServer.start()
        try await server.push(#"{"flags":{"changing-flag":{"defaultVariant":"foo"}}}"#)
        for variant in ["bar", "foo"] {
            let answer = try await server.command(#"{"cmd":"toggle"}"#)
            XCTAssertEqual(answer.variant, variant)
            let response = try await first(.hostPort(host: "127.0.0.1", port: server.port))
            let text = response.map { String(decoding: $0.flagConfiguration, as: UTF8.self) } ?? ""
            XCTAssertTrue(text.contains(#""\#(variant)""#), text)
        }
    }

    func testWrongCommandsAreRefused() async throws {
        let server = try await SyncServer.start()
        for command in [#"{"cmd":"unheard"}"#, "no json", #"{"cmd":"push","file":"/nowhere"}"#] {
            do {
                try await server.command(command)
                XCTFail("accepted \(command)")
            } catch {
                XCTAssertTrue(error is ChildProcess.Failure, "\(error)")
            }
        }
        let calls = try await server.calls()
        XCTAssertEqual(calls.count, 0)
    }
}
