import FlagdTestSupport
import FlagdTransport
import Foundation
import XCTest

@testable import Flagd

final class SyncSettingsTests: XCTestCase {
    private func settings(_ change: (inout FlagdOptions) -> Void) throws -> SyncSettings {
        var options = FlagdOptions()
        change(&options)
        let configuration = try EffectiveConfiguration(options, environment: [:])
        return try XCTUnwrap(SyncSettings(configuration, options: options))
    }

    func testDefaults() throws {
        let settings = try settings { _ in }
        XCTAssertEqual(settings.endpoint, .hostPort(host: "localhost", port: 8015))
        XCTAssertEqual(settings.label, "localhost:8015")
        XCTAssertNil(settings.transport.tls)
        XCTAssertNil(settings.transport.authority)
        XCTAssertNil(settings.transport.keepAlive.time)
        XCTAssertEqual(settings.transport.connectTimeout, .seconds(5))
        XCTAssertEqual(settings.maximumMessageSize, 64 << 20)
    }

    func testOtherSourcesHaveNone() throws {
        let options = FlagdOptions(host: "not looked at", sources: [InMemoryFlagSource()])
        let configuration = try EffectiveConfiguration(options, environment: [:])
        XCTAssertNil(SyncSettings(configuration, options: options))
    }

    func testTargetDecidesAboutEncryptionAndAuthority() throws {
        XCTAssertNotNil(try settings { $0.tls = true }.transport.tls)
        XCTAssertNotNil(try settings { $0.targetURI = "grpcs://a:1" }.transport.tls)
        XCTAssertNil(
            try settings {
                $0.targetURI = "http://a:1"
                $0.tls = true
            }.transport.tls)
        let envoy = try settings { $0.targetURI = "envoy://a:1/sync.service" }
        XCTAssertEqual(envoy.transport.authority, "sync.service")
        XCTAssertEqual(envoy.endpoint, .hostPort(host: "a", port: 1))
        let named = try settings {
            $0.targetURI = "envoy://a:1/sync.service"
            $0.authority = "other"
        }
        XCTAssertEqual(named.transport.authority, "other")
        XCTAssertEqual(try settings { $0.socketPath = "/s" }.endpoint, .unixSocket(path: "/s"))
    }

    func testEncryption() throws {
        let tls = try settings { options in
            options.tls = true
            options.certPath = "ca"
            options.clientCertPath = "cert"
            options.clientKeyPath = "key"
            options.openSSLLibraryPath = "lib"
        }.transport.tls
        let expected = TLSConfiguration(
            certificateAuthorityPath: "ca", clientCertificatePath: "cert", clientKeyPath: "key", libraryPath: "lib")
        XCTAssertEqual(tls, expected)
    }

    func testKeepAliveIsClampedInUseOnly() throws {
        XCTAssertEqual(try settings { $0.keepAlive = .milliseconds(5) }.transport.keepAlive.time, .seconds(10))
        XCTAssertEqual(try settings { $0.keepAlive = .seconds(30) }.transport.keepAlive.time, .seconds(30))
    }

    func testConnectingTakesNoLongerThanTheLongestWait() throws {
        XCTAssertEqual(try settings { $0.retryBackoffMax = .seconds(2) }.transport.connectTimeout, .seconds(2))
        XCTAssertEqual(try settings { $0.retryBackoffMax = .seconds(60) }.transport.connectTimeout, .seconds(5))
    }

    func testHeadersAndTokenAreSensitive() async throws {
        let settings = try settings { options in
            options.headers = ["x-a": "1"]
            options.bearerToken = { "t" }
            options.allowsPlaintextBearerToken = true
        }
        let metadata = try await settings.callOptions().metadata
        XCTAssertEqual(metadata.map(\.name), ["x-a", "authorization"])
        XCTAssertTrue(metadata.allSatisfy(\.isSensitive))
        XCTAssertEqual(metadata.firstText(named: "authorization"), "Bearer t")
    }

    func testTokenThatNoHeaderCanCarryIsNotRepeated() async throws {
        let settings = try settings { options in
            options.tls = true
            options.bearerToken = { "hidden\n" }
        }
        do {
            _ = try await settings.callOptions()
            XCTFail("the token has a newline")
        } catch {
            XCTAssertEqual(error.code, .unauthenticated)
            XCTAssertFalse("\(error)".contains("hidden"))
        }
    }

    func testSyncsOverTLS() async throws {
        let folder = try TemporaryFolder()
        let (certificate, key) = (folder.path("cert.pem"), folder.path("key.pem"))
        let openssl = Process()
        openssl.executableURL = try Tool.find("openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout",
            key,
            "-out", certificate, "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        XCTAssertEqual(openssl.terminationStatus, 0)
        let server = try await SyncServer.start(["--tls-cert", certificate, "--tls-key", key])
        try await server.push(FlagSetText.booleans(["a": true]))
        var options = FlagdOptions(
            host: "127.0.0.1", port: server.port, tls: true, certPath: certificate, deadline: .seconds(20))
        let provider = try FlagdProvider(options, environment: [:])
        try await provider.initialize()
        XCTAssertTrue(provider.booleanValue("a", default: false))
        await provider.shutdown()

        options.certPath = nil
        options.fatalStatusCodes = ["UNAVAILABLE"]
        let distrustful = try FlagdProvider(options, environment: [:])
        do {
            try await distrustful.initialize()
            XCTFail("the certificate is nobody's")
        } catch let error as FlagdError {
            XCTAssertTrue(error.message.contains("TLS"), error.message)
        }
        await distrustful.shutdown()
    }
}
