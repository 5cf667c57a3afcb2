import XCTest

@testable import Flagd

final class EffectiveConfigurationTests: XCTestCase {
    private func configuration(
        _ options: FlagdOptions = FlagdOptions(), _ environment: [String: String] = [:]
    ) throws -> EffectiveConfiguration {
        try EffectiveConfiguration(options, environment: environment)
    }

    private func assertRefused(
        _ options: FlagdOptions, _ environment: [String: String] = [:], naming parts: String...,
        line: UInt = #line
    ) {
        XCTAssertThrowsError(try configuration(options, environment), line: line) { error in
            guard let error = error as? FlagdError else { return XCTFail("\(error)", line: line) }
            XCTAssertEqual(error.code, .configuration, line: line)
            for part in parts { XCTAssertTrue(error.message.contains(part), "\(error.message): \(part)", line: line) }
        }
    }

    // MARK: Defaults, priority, origins

    func testDefaults() throws {
        let configuration = try configuration()
        XCTAssertEqual(configuration.source, .grpc)
        XCTAssertEqual(configuration.target, SyncTarget(address: .host("localhost", port: 8015)))
        XCTAssertEqual(configuration.deadline.value, .milliseconds(500))
        XCTAssertEqual(configuration.streamDeadline.value, .seconds(600))
        XCTAssertEqual(configuration.retryBackoff.value, .seconds(1))
        XCTAssertEqual(configuration.retryBackoffMax.value, .seconds(5))
        XCTAssertEqual(configuration.retryGracePeriod.value, .seconds(10))
        XCTAssertEqual(configuration.maxMessageSize.value, 64 << 20)
        XCTAssertEqual(configuration.fractionalVersion.value, .v2)
        XCTAssertTrue(configuration.entries.allSatisfy { $0.origin == .default })
        XCTAssertEqual(configuration.warnings, [])
    }

    func testOptionWinsOverEnvironmentOverDefault() throws {
        let environment = ["FLAGD_HOST": "env", "FLAGD_DEADLINE_MS": " 100 "]
        let configuration = try configuration(FlagdOptions(host: "option"), environment)
        XCTAssertEqual(configuration.host.value, "option")
        XCTAssertEqual(configuration.host.origin, .option)
        XCTAssertEqual(configuration.deadline.value, .milliseconds(100))
        XCTAssertEqual(configuration.deadline.origin, .environment("FLAGD_DEADLINE_MS"))
        XCTAssertEqual(configuration.port.origin, .default)
        XCTAssertEqual(
            configuration.description.split(separator: "\n").first { $0.hasPrefix("deadlineMs") },
            "deadlineMs = 100 (FLAGD_DEADLINE_MS)")
    }

    func testEveryVariableOfTheTable() throws {
        let expected: [(variable: String, text: String, setting: String, value: Value)] = [
            ("SOURCE_PROVIDER_TYPE", "grpc", "resolver", "grpc"), ("RESOLVER", "in-process", "resolver", "in-process"),
            ("TARGET_URI", "dns:///a:1", "targetUri", "dns:///a:1"), ("SOURCE_URI", "a:1", "targetUri", "a:1"),
            ("HOST", "h", "host", "h"), ("PROXY_HOST", "h", "host", "h"), ("SYNC_PORT", "1", "port", 1),
            ("PORT", "2", "port", 2), ("PROXY_PORT", "3", "port", 3), ("TLS", "yes", "tls", true),
            ("PROXY_TLS", "1", "tls", true), ("SERVER_CERT_PATH", "p", "certPath", "p"),
            ("PROXY_SERVER_CERT_PATH", "p", "certPath", "p"), ("CLIENT_CERT_PATH", "p", "clientCertPath", "p"),
            ("CLIENT_KEY_PATH", "p", "clientKeyPath", "p"), ("SOCKET_PATH", "/s", "socketPath", "/s"),
            ("PROXY_SOCKET_PATH", "/s", "socketPath", "/s"), ("DEFAULT_AUTHORITY", "a", "authority", "a"),
            ("SOURCE_SELECTOR", "s", "selector", "s"), ("PROVIDER_ID", "i", "providerId", "i"),
            ("DEADLINE_MS", "7", "deadlineMs", 7), ("STREAM_DEADLINE_MS", "0", "streamDeadlineMs", 0),
            ("RETRY_BACKOFF_MS", "7", "retryBackoffMs", 7), ("RETRY_BACKOFF_MAX_MS", "7", "retryBackoffMaxMs", 7),
            ("MAX_SYNC_RETRY_INTERVAL", "1m30s", "retryBackoffMaxMs", 90_000),
            ("RETRY_GRACE_PERIOD", "0", "retryGracePeriod", 0), ("MAX_SYNC_RETRIES", "3", "maxSyncRetries", 3),
            ("KEEP_ALIVE_TIME_MS", "5", "keepAliveTime", 5),
            ("FATAL_STATUS_CODES", "14, unauthenticated", "fatalStatusCodes", ["14", "unauthenticated"]),
            ("OFFLINE_FLAG_SOURCE_PATH", "f", "offlineFlagSourcePath", "f"),
            ("OFFLINE_POLL_MS", "9", "offlinePollIntervalMs", 9),
            ("FRACTIONAL_VERSION", "V1", "fractionalVersion", "v1"),
        ]
        for (variable, text, setting, value) in expected {
            for prefix in ["FLAGD", "OTHER"] {
                var options = FlagdOptions()
                options.environmentPrefix = prefix
                if variable == "CLIENT_KEY_PATH" { options.clientCertPath = "c" }
                let configuration = try configuration(options, ["\(prefix)_\(variable)": text])
                let entry = try XCTUnwrap(configuration.entries.first { $0.name == setting })
                XCTAssertEqual(entry.value, value, variable)
                XCTAssertEqual(entry.origin, .environment("\(prefix)_\(variable)"), variable)
                XCTAssertEqual(configuration.warnings, [], variable)
            }
        }
    }

    func testFirstVariableThatIsSetWinsAndEmptyIsUnset() throws {
        let environment = ["FLAGD_SYNC_PORT": " ", "FLAGD_PORT": "2", "FLAGD_PROXY_PORT": "3", "FLAGD_HOST": ""]
        let configuration = try configuration(FlagdOptions(), environment)
        XCTAssertEqual(configuration.port.value, 2)
        XCTAssertEqual(configuration.host.value, "localhost")
    }

    func testProxyVariablesChangeTheDefaultPort() throws {
        XCTAssertEqual(try configuration(FlagdOptions(), ["FLAGD_PROXY_HOST": "p"]).port.value, 8013)
        XCTAssertEqual(try configuration(FlagdOptions(), ["FLAGD_PROXY_TLS": "false"]).port.value, 8013)
        let both = ["FLAGD_PROXY_HOST": "p", "FLAGD_PORT": "1"]
        XCTAssertEqual(try configuration(FlagdOptions(), both).port.value, 1)
        XCTAssertEqual(try configuration(FlagdOptions(), ["FLAGD_HOST": "h"]).port.value, 8015)
    }

    func testServiceLinksAreNoPorts() throws {
        let links = [
            "FLAGD_PORT": "tcp://10.0.0.1:8015", "FLAGD_SYNC_PORT": "udp://10.0.0.1:8015",
            "FLAGD_PROXY_PORT": "tcp://10.0.0.2:80",
        ]
        let configuration = try configuration(FlagdOptions(), links)
        XCTAssertEqual(configuration.port.value, 8015)
        XCTAssertEqual(configuration.port.origin, .default)
        XCTAssertEqual(configuration.warnings, [])
    }

    // MARK: Bad values

    func testBadVariableWarnsAndTheDefaultStays() throws {
        let environment = [
            "FLAGD_PORT": "70000", "FLAGD_TLS": "maybe", "FLAGD_DEADLINE_MS": "1.5", "FLAGD_RESOLVER": "carrier-pigeon",
            "FLAGD_RETRY_GRACE_PERIOD": "-1", "FLAGD_MAX_SYNC_RETRY_INTERVAL": "soon", "FLAGD_FRACTIONAL_VERSION": "v9",
            "FLAGD_FATAL_STATUS_CODES": "unavailable, 99, NOPE", "FLAGD_MAX_SYNC_RETRIES": "x",
        ]
        let configuration = try configuration(FlagdOptions(), environment)
        XCTAssertEqual(configuration.port.value, 8015)
        XCTAssertEqual(configuration.port.origin, .default)
        XCTAssertFalse(configuration.tls.value)
        XCTAssertEqual(configuration.deadline.value, .milliseconds(500))
        XCTAssertEqual(configuration.source, .grpc)
        XCTAssertEqual(configuration.retryBackoffMax.value, .seconds(5))
        XCTAssertEqual(configuration.fatalStatusCodes.value, ["unavailable", "99", "NOPE"])
        XCTAssertEqual(configuration.fatalCodeNames, ["UNAVAILABLE"])
        XCTAssertEqual(configuration.warnings.count, 10)
        for name in environment.keys where name != "FLAGD_FATAL_STATUS_CODES" {
            XCTAssertTrue(configuration.warnings.contains { $0.contains(name) }, name)
        }
    }

    func testBadOptionIsRefusedByNameAndValue() {
        assertRefused(FlagdOptions(port: 0), naming: "port", "0")
        assertRefused(FlagdOptions(port: 65536), naming: "port", "65536")
        assertRefused(FlagdOptions(deadline: .zero), naming: "deadline", "0.0 seconds")
        assertRefused(FlagdOptions(deadline: .seconds(-1)), naming: "deadline")
        assertRefused(FlagdOptions(streamDeadline: .seconds(-1)), naming: "streamDeadline")
        assertRefused(FlagdOptions(retryBackoff: .zero), naming: "retryBackoff")
        assertRefused(FlagdOptions(retryBackoffMax: .seconds(1 << 40)), naming: "retryBackoffMax")
        assertRefused(FlagdOptions(retryGracePeriod: .microseconds(-1)), naming: "retryGracePeriod")
        assertRefused(FlagdOptions(maxSyncRetries: -1), naming: "maxSyncRetries", "-1")
        assertRefused(FlagdOptions(maxMessageSize: 0), naming: "maxMessageSize", "0")
        assertRefused(FlagdOptions(resolver: "pigeon"), naming: "resolver", "pigeon")
        assertRefused(FlagdOptions(clientKeyPath: "k"), naming: "clientKeyPath", "clientCertPath")
        assertRefused(FlagdOptions(host: "a b"), naming: "host", "a b")
        assertRefused(FlagdOptions(targetURI: "ftp://x"), naming: "targetURI", "ftp://x")
        for name in ["a b", "a/b", "a\nb", "ü", "me@host"] {
            assertRefused(FlagdOptions(authority: name), naming: "authority")
        }
    }

    func testBadTargetIsRefusedWhereverItComesFrom() {
        assertRefused(FlagdOptions(), ["FLAGD_TARGET_URI": "host:0"], naming: "FLAGD_TARGET_URI", "host:0")
        XCTAssertThrowsError(try configuration(FlagdOptions(targetURI: "grpc://me:hidden@host:1"))) { error in
            XCTAssertFalse("\(error)".contains("hidden"))
        }
    }

    // MARK: Sources

    func testResolvers() throws {
        XCTAssertEqual(try configuration(FlagdOptions(resolver: "FILE", offlineFlagSourcePath: "f")).source, .file)
        XCTAssertEqual(try configuration(FlagdOptions(resolver: .kubernetes)).source, .kubernetes)
        XCTAssertEqual(try configuration(FlagdOptions(resolver: .grpc, offlineFlagSourcePath: "f")).source, .grpc)
        let remote = try configuration(FlagdOptions(), ["FLAGD_RESOLVER": "RPC"])
        XCTAssertEqual(remote.source, .grpc)
        XCTAssertEqual(remote.warnings.count, 1)
        let type = [
            "FLAGD_SOURCE_PROVIDER_TYPE": "file", "FLAGD_RESOLVER": "in-process", "FLAGD_SOURCE_URI": "file:a/b",
        ]
        let file = try configuration(FlagdOptions(), type)
        XCTAssertEqual(file.source, .file)
        XCTAssertEqual(file.offlineFlagSourcePath.value, "a/b")
        assertRefused(FlagdOptions(resolver: .file), naming: "offlineFlagSourcePath")
        let custom = try configuration(FlagdOptions(resolver: .file, sources: [InMemoryFlagSource()]))
        XCTAssertEqual(custom.source, .custom)
    }

    func testKubernetesSourceIsRefusedForNow() {
        XCTAssertThrowsError(try FlagdProvider(FlagdOptions(resolver: .kubernetes), environment: [:])) { error in
            XCTAssertEqual((error as? FlagdError)?.code, .configuration)
        }
    }

    func testKubernetesHasALongerBackoff() throws {
        XCTAssertEqual(try configuration(FlagdOptions(resolver: .kubernetes)).retryBackoffMax.value, .seconds(60))
    }

    func testTargetWinsOverSocketOverHost() throws {
        var options = FlagdOptions(targetURI: "a:1", host: "c", port: 3, socketPath: "/b")
        XCTAssertEqual(try configuration(options).target?.address, .host("a", port: 1))
        options.targetURI = nil
        XCTAssertEqual(try configuration(options).target?.address, .unix("/b"))
        options.socketPath = nil
        XCTAssertEqual(try configuration(options).target?.address, .host("c", port: 3))
        options.host = "[::1]"
        XCTAssertEqual(try configuration(options).target?.address, .host("::1", port: 3))
        options.host = " h\n"
        XCTAssertEqual(try configuration(options).target?.address, .host("h", port: 3))
    }

    // MARK: Secrets

    func testSecretsAreShownNowhere() throws {
        var options = FlagdOptions()
        options.headers = ["x-key": "hidden-value"]
        options.bearerToken = { "hidden-token" }
        options.tls = true
        let configuration = try configuration(options)
        var dumped = ""
        dump(configuration, to: &dumped)
        dump(options, to: &dumped)
        for text in [configuration.description, "\(options)", "\(options.headers)", dumped, "\(configuration.values)"] {
            XCTAssertFalse(text.contains("hidden"), text)
        }
        XCTAssertTrue(configuration.description.contains("x-key"))
        XCTAssertTrue(configuration.description.contains("<redacted>"))
    }

    func testPasswordsInAddressesAreShownNowhere() throws {
        let secret = "me:hidden@host"
        for environment in [["FLAGD_HOST": secret], ["FLAGD_TARGET_URI": "http://\(secret)"]] {
            XCTAssertThrowsError(try configuration(FlagdOptions(), environment)) { error in
                XCTAssertFalse("\(error)".contains("hidden"), "\(error)")
            }
            // A file needs no server: what is said about one is shown and not used.
            let shown = try configuration(FlagdOptions(offlineFlagSourcePath: "f"), environment)
            XCTAssertFalse(shown.description.contains("hidden"), shown.description)
        }
        let environment = ["FLAGD_PORT": "http://\(secret)", "FLAGD_DEFAULT_AUTHORITY": secret]
        let ignored = try configuration(FlagdOptions(), environment)
        XCTAssertEqual(ignored.warnings.count, 2)
        XCTAssertFalse((ignored.warnings + [ignored.description]).contains { $0.contains("hidden") })
    }

    func testBearerTokenNeedsEncryptionUnlessAllowed() throws {
        func options(_ target: String, _ change: (inout FlagdOptions) -> Void = { _ in }) -> FlagdOptions {
            var options = FlagdOptions(targetURI: target)
            options.bearerToken = { "hidden" }
            change(&options)
            return options
        }
        for target in ["host", "grpc://host", "http://host", "envoy://host:1/name"] {
            assertRefused(options(target), naming: "bearerToken", "TLS")
            XCTAssertNoThrow(try configuration(options(target) { $0.allowsPlaintextBearerToken = true }), target)
        }
        assertRefused(options("grpc://host") { $0.tls = true }, naming: "bearerToken", "TLS")
        for target in ["grpcs://host", "https://host", "unix:/run/flagd.sock"] {
            XCTAssertNoThrow(try configuration(options(target)), target)
        }
        XCTAssertNoThrow(try configuration(options("host") { $0.tls = true }))
        XCTAssertNoThrow(try configuration(options("host") { $0.sources = [InMemoryFlagSource()] }))
    }

    func testUnusableHeadersAreRefusedWithoutTheirValue() {
        let cases: KeyValuePairs<String, String> = [
            "": "hidden", "Upper": "hidden", "a b": "hidden", "grpc-timeout": "hidden", "te": "hidden",
            "upgrade": "hidden", "fine": "hidden\n",
        ]
        for (name, value) in cases {
            var options = FlagdOptions()
            options.headers = RequestHeaders([(name: name, value: value)])
            XCTAssertThrowsError(try configuration(options), name) { error in
                XCTAssertTrue("\(error)".contains("headers"))
                XCTAssertFalse("\(error)".contains("hidden"))
            }
        }
    }
}
