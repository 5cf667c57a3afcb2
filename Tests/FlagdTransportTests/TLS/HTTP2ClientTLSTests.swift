import FlagdHTTP2
import FlagdTestSupport
import Foundation
import XCTest

@testable import FlagdTransport

/// Connections over TLS to a real server.
final class HTTP2ClientTLSTests: XCTestCase {
    private static let answer: @Sendable (RawConnection) throws -> Void = { connection in
        try connection.handshake()
        while true {
            let request = try connection.readFrame(type: 1)
            try connection.respond(request.stream, [1, 2, 3])
        }
    }

    private func trusting(_ authority: String? = nil, _ change: (inout TLSConfiguration) -> Void = { _ in }) throws
        -> TransportConfiguration
    {
        var tls = TLSConfiguration(certificateAuthorityPath: try authority ?? TestCertificates.shared().authority)
        change(&tls)
        return TransportConfiguration(tls: tls)
    }

    private func server(
        _ name: String = "good", _ change: (inout TLSServer.Options) -> Void = { _ in }
    ) async throws -> TLSServer {
        try await TLSServer(TestCertificates.shared().pair(name), script: Self.answer, change)
    }

    private func assertWorks(
        _ server: TLSServer, _ endpoint: Endpoint, _ configuration: TransportConfiguration,
        file: StaticString = #filePath, line: UInt = #line
    ) async throws -> TLSServer.Seen {
        let record = try await withClient(endpoint, configuration) { client in
            XCTAssertEqual(client.scheme, "https", file: file, line: line)
            return try await client.exchange()
        }
        XCTAssertEqual(record.body, [1, 2, 3], file: file, line: line)
        XCTAssertNil(record.failure, file: file, line: line)
        return try await server.seen()
    }

    /// Connects, expects a TLS error that contains `words`, and that nothing reached the application behind the server (item 116).
    private func assertRefused(
        _ server: TLSServer, _ configuration: TransportConfiguration, _ words: String..., at endpoint: Endpoint? = nil,
        file: StaticString = #filePath, line: UInt = #line
    ) async throws {
        let error = await connectError(endpoint ?? server.endpoint, configuration, file: file, line: line)
        XCTAssertEqual(error?.kind, .tls, "\(String(describing: error))", file: file, line: line)
        for word in words {
            XCTAssertTrue(error?.cause.contains(word) ?? false, error?.cause ?? "", file: file, line: line)
        }
        _ = try await server.seen()
        XCTAssertEqual(server.backend.connectionCount, 0, "bytes reached the server", file: file, line: line)
    }

    // MARK: - What works

    func testItem114Version13() async throws {
        let server = try await server { $0.version = "TLSv1_3" }
        let seen = try await assertWorks(server, server.endpoint, trusting())
        XCTAssertEqual(seen.version, "TLSv1.3")
        XCTAssertEqual(seen.alpn, "h2")
    }

    func testItem114Version12WithAEAD() async throws {
        let server = try await server { $0.version = "TLSv1_2" }
        let seen = try await assertWorks(server, server.endpoint, trusting())
        XCTAssertEqual(seen.version, "TLSv1.2")
        let cipher = try XCTUnwrap(seen.cipher)
        XCTAssertTrue(cipher.hasPrefix("ECDHE-") && (cipher.contains("GCM") || cipher.contains("CHACHA")), cipher)
    }

    func testItem112AddressNeedsAddressAndSendsNoSNI() async throws {
        let good = try await server()
        let seen = try await assertWorks(good, .hostPort(host: "127.0.0.1", port: good.port), trusting())
        XCTAssertNil(seen.sni)
        let names = try await server("namesonly")
        try await assertRefused(
            names, trusting(), "not for the IP address 127.0.0.1", at: .hostPort(host: "127.0.0.1", port: names.port))
    }

    func testItem112SNIAndNameOverride() async throws {
        let server = try await server()
        let plain = try await assertWorks(server, server.endpoint, trusting())
        XCTAssertEqual(plain.sni, "localhost")
        let byName = try await assertWorks(server, server.endpoint, trusting { $0.serverName = "flagd.test" })
        XCTAssertEqual(byName.sni, "flagd.test")
        var configuration = try trusting()
        configuration.authority = "flagd.test:8443"
        let byAuthority = try await assertWorks(server, server.endpoint, configuration)
        XCTAssertEqual(byAuthority.sni, "flagd.test")
    }

    func testItem112Wildcard() async throws {
        let server = try await server("wildcard")
        _ = try await assertWorks(server, server.endpoint, trusting { $0.serverName = "a.flagd.test" })
        for name in ["a.b.flagd.test", "flagd.test", "other.test"] {
            try await assertRefusedAfterOthers(server, trusting { $0.serverName = name })
        }
    }

    private func assertRefusedAfterOthers(_ server: TLSServer, _ configuration: TransportConfiguration) async throws {
        let before = server.backend.connectionCount
        let error = await connectError(server.endpoint, configuration)
        XCTAssertEqual(error?.kind, .tls)
        XCTAssertTrue(error?.cause.contains("not for the host name") ?? false, error?.cause ?? "")
        XCTAssertEqual(server.backend.connectionCount, before)
    }

    func testItem111IntermediateFromTheServer() async throws {
        let server = try await server("chained")
        _ = try await assertWorks(server, server.endpoint, trusting())
    }

    func testItem115ClientCertificate() async throws {
        let certificates = try TestCertificates.shared()
        let client = certificates.pair("client")
        for version in ["TLSv1_2", "TLSv1_3"] {
            let server = try await server {
                $0.clientAuthority = certificates.authority
                $0.version = version
            }
            let seen = try await assertWorks(
                server, server.endpoint,
                trusting {
                    $0.clientCertificatePath = client.certificate
                    $0.clientKeyPath = client.key
                })
            XCTAssertEqual(seen.peer, "client")
        }
    }

    /// Certificate and key in one file.
    func testItem115CombinedFile() async throws {
        let certificates = try TestCertificates.shared()
        let client = certificates.pair("client")
        let both =
            try String(contentsOfFile: client.certificate, encoding: .utf8)
            + String(contentsOfFile: client.key, encoding: .utf8)
        let path = try certificates.folder.write(both.utf8, to: "combined.pem")
        let server = try await server { $0.clientAuthority = certificates.authority }
        let seen = try await assertWorks(server, server.endpoint, trusting { $0.clientCertificatePath = path })
        XCTAssertEqual(seen.peer, "client")
    }

    /// Files are read again for the next connection.
    func testRotatedFilesAreUsed() async throws {
        let certificates = try TestCertificates.shared()
        let server = try await server()
        let path = try certificates.folder.write(
            try Data(contentsOf: URL(fileURLWithPath: certificates.otherAuthority)), to: "rotating.pem")
        let configuration = try trusting(path)
        let error = await connectError(server.endpoint, configuration)
        XCTAssertEqual(error?.kind, .tls)
        try certificates.folder.write(
            try Data(contentsOf: URL(fileURLWithPath: certificates.authority)), to: "rotating.pem")
        try await withClient(server.endpoint, configuration) { _ in }
    }

    /// Item 120: one byte per record, and large bodies through TLS in both directions.
    func testItem120SmallRecords() async throws {
        let server = try await server { $0.record = 1 }
        _ = try await assertWorks(server, server.endpoint, trusting())
    }

    /// Item 120: what comes in one piece with the end of the handshake is not announced by poll again.
    func testItem120SettingsBehindTheHandshake() async throws {
        let pair = try TestCertificates.shared().pair("good")
        let server = try RawServer { connection in
            let tls = try TLSPeer(pair, isVersion12: true)
            while !tls.isEstablished {
                var answer = tls.answer(try connection.readSome())
                if tls.isEstablished { answer += tls.encrypt(RawConnection.frame(4)) }
                try connection.write(answer)
            }
            connection.readToEnd()
        }
        try await withClient(server.endpoint, trusting()) { _ in }
    }

    func testItem120LargeBodies() async throws {
        let body = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let server = try await TLSServer(
            TestCertificates.shared().pair("good"),
            script: { connection in
                try connection.handshake(settings: [0, 4, 0, 0x7F, 0xFF, 0xFF])
                try connection.writeFrame(8, [0, 0x7F, 0xFF, 0xFF])
                var received: [UInt8] = []
                var stream: UInt32 = 0
                while received.count < body.count {
                    let frame = try connection.readFrame()
                    if frame.type == 0 {
                        received += frame.payload
                        stream = frame.stream
                    }
                }
                // As much as the client's first windows allow.
                let echo = Array(received.prefix(1_000_000))
                try connection.writeFrame(1, flags: 4, stream: stream, [0x88])
                for start in Swift.stride(from: 0, to: echo.count, by: 16_384) {
                    try connection.writeFrame(0, stream: stream, Array(echo[start..<min(start + 16_384, echo.count)]))
                }
                try connection.writeFrame(1, flags: 5, stream: stream, RawConnection.trailers)
                connection.readToEnd()
            })
        let record = try await withClient(server.endpoint, trusting()) { try await $0.exchange(body: body) }
        XCTAssertNil(record.failure)
        XCTAssertTrue(record.body == Array(body.prefix(1_000_000)), "\(record.body.count) bytes")
    }

    // MARK: - What is refused

    func testItem110NoALPN() async throws {
        for protocols in [[], ["http/1.1"]] {
            let server = try await server { $0.alpn = protocols }
            let error = await connectError(server.endpoint, try trusting())
            XCTAssertEqual(error?.kind, .tls)
            XCTAssertTrue(error?.cause.contains("ALPN h2") ?? false, error?.cause ?? "")
        }
    }

    func testItem111UnknownAuthority() async throws {
        try await assertRefused(try await server("unknown"), trusting(), "unknown CA")
        try await assertRefused(try await server("selfsigned"), trusting(), "unknown CA")
        var system = try trusting()
        system.tls = TLSConfiguration()
        try await assertRefused(try await server(), system, "unknown CA")
    }

    func testItem111IssuerThatIsNoAuthority() async throws {
        try await assertRefused(try await server("badissuer"), trusting(), "not a CA")
    }

    func testItem112WrongNames() async throws {
        try await assertRefused(
            try await server("othername"), trusting(), "not for the host name \"localhost\"")
        try await assertRefused(try await server("cnonly"), trusting(), "not for the host name \"localhost\"")
        let server = try await server("othername")
        try await assertRefused(
            server, trusting(), "not for the IP address 127.0.0.1", at: .hostPort(host: "127.0.0.1", port: server.port))
    }

    func testItem113Validity() async throws {
        try await assertRefused(try await server("expired"), trusting(), "has expired")
        try await assertRefused(try await server("notyet"), trusting(), "not yet valid")
        try await assertRefused(try await server("clientusage"), trusting(), "not for servers")
    }

    func testItem114WeakSuitesAreRefused() async throws {
        let server = try await server {
            $0.version = "TLSv1_2"
            $0.ciphers = "ECDHE-ECDSA-AES128-SHA256"
        }
        try await assertRefused(server, trusting(), "nothing in common")
    }

    /// In TLS 1.3 the server's alert comes after the handshake.
    func testItem115MissingClientCertificate() async throws {
        let certificates = try TestCertificates.shared()
        for version in ["TLSv1_2", "TLSv1_3"] {
            let server = try await server {
                $0.clientAuthority = certificates.authority
                $0.version = version
            }
            let error = await connectError(server.endpoint, try trusting())
            XCTAssertEqual(error?.kind, .tls, "\(version): \(String(describing: error))")
            XCTAssertTrue(error?.cause.contains("client certificate") ?? false, "\(version): \(error?.cause ?? "")")
        }
    }

    func testItem115UntrustedClientCertificate() async throws {
        let certificates = try TestCertificates.shared()
        let client = certificates.pair("unknown")
        let server = try await server { $0.clientAuthority = certificates.authority }
        let error = await connectError(
            server.endpoint,
            try trusting {
                $0.clientCertificatePath = client.certificate
                $0.clientKeyPath = client.key
            })
        XCTAssertEqual(error?.kind, .tls)
        XCTAssertTrue(error?.cause.contains("does not trust the client certificate") ?? false, error?.cause ?? "")
    }

    func testItem119UnusableFiles() async throws {
        let certificates = try TestCertificates.shared()
        let client = certificates.pair("client")
        let garbage = try certificates.folder.write("not a certificate".utf8, to: "garbage.pem")
        let encrypted = certificates.folder.path("encrypted.key")
        let other = certificates.pair("good").key
        let cases: [(TLSConfiguration, String)] = [
            (.init(certificateAuthorityPath: "/nonexistent.pem"), "/nonexistent.pem: no such file"),
            (.init(certificateAuthorityPath: ""), "empty or malformed"),
            (.init(certificateAuthorityPath: "/"), "cannot read the certificate authority file /: not a regular file"),
            (.init(certificateAuthorityPath: garbage), "certificate authority file \(garbage) is not usable"),
            (.init(clientCertificatePath: garbage), "client certificate file \(garbage) is not usable"),
            (
                .init(clientCertificatePath: "/nonexistent.pem"),
                "client certificate file /nonexistent.pem: no such file"
            ),
            (.init(clientCertificatePath: client.certificate, clientKeyPath: encrypted), "the key is encrypted"),
            (.init(clientCertificatePath: client.certificate, clientKeyPath: other), "do not belong together"),
            (.init(clientKeyPath: client.key), "no client certificate"),
            (.init(libraryPath: "/nonexistent/libssl.so"), "no OpenSSL library"),
        ]
        for (tls, words) in cases {
            let endpoint = Endpoint.hostPort(host: "localhost", port: 1)
            let error = await connectError(endpoint, TransportConfiguration(tls: tls))
            XCTAssertEqual(error?.kind, .tls, words)
            XCTAssertTrue(error?.cause.contains(words) ?? false, error?.cause ?? "")
        }
    }

    // MARK: - Broken handshakes and ends

    /// Item 117: a handshake that stalls, breaks off or is none.
    func testItem117BrokenHandshakes() async throws {
        let silent = try RawServer { $0.readToEnd() }
        var configuration = try trusting()
        configuration.connectTimeout = .milliseconds(150)
        let stalled = await connectError(.hostPort(host: "localhost", port: silent.port), configuration)
        XCTAssertEqual(stalled?.kind, .connectTimeout)
        XCTAssertEqual(stalled?.cause, "the TLS handshake was not finished within 0.15 seconds")

        let closing = try RawServer { connection in _ = try connection.readSome() }
        let closed = await connectError(.hostPort(host: "localhost", port: closing.port), try trusting())
        XCTAssertEqual(closed?.kind, .tls)
        XCTAssertEqual(closed?.cause, "the server closed the connection during the handshake")

        let plaintext = try RawServer { connection in
            try connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.readToEnd()
        }
        let spoken = await connectError(.hostPort(host: "localhost", port: plaintext.port), try trusting())
        XCTAssertEqual(spoken?.kind, .tls)
        XCTAssertTrue(spoken?.cause.contains("does not speak TLS") ?? false, spoken?.cause ?? "")
        XCTAssertTrue(spoken?.cause.contains("HTTP/1.1 400 Bad Request") ?? false, spoken?.cause ?? "")

        let garbage = try RawServer { connection in
            try connection.write([0x16, 3, 3, 0xFF, 0xFF] + [UInt8](repeating: 0xAA, count: 100))
            connection.readToEnd()
        }
        let nonsense = await connectError(.hostPort(host: "localhost", port: garbage.port), try trusting())
        XCTAssertEqual(nonsense?.kind, .tls)
    }

    /// Item 4: an HTTP/2 client without TLS at a TLS server.
    func testItem4PlaintextToTLSServer() async throws {
        let server = try await server()
        let error = await connectError(server.endpoint)
        XCTAssertTrue([.notHTTP2, .closed, .reset].contains(error?.kind), "\(String(describing: error))")
        if error?.kind == .notHTTP2 { XCTAssertTrue(error?.cause.contains("speaks TLS") ?? false, error?.cause ?? "") }
    }

    /// Item 118: FIN without close_notify is a failure, with or without a message in it.
    func testItem118Truncation() async throws {
        for truncates in [true, false] {
            let server = try await TLSServer(
                TestCertificates.shared().pair("good"),
                script: { connection in
                    try connection.handshake()
                    let request = try connection.readFrame(type: 1)
                    try connection.writeFrame(1, flags: 4, stream: request.stream, [0x88])
                    try connection.writeFrame(0, stream: request.stream, [1, 2])
                }, { $0.truncates = truncates })
            let client = try await HTTP2Client.connect(to: server.endpoint, configuration: try trusting())
            let record = try await client.exchange()
            guard case .connection(let error) = record.failure else { return XCTFail("\(record)") }
            XCTAssertTrue([.closed, .reset].contains(error.kind), "\(error)")
            if truncates && error.kind == .closed { XCTAssertTrue(error.cause.contains("truncated"), error.cause) }
            await client.shutdown()
        }
    }

    func testItem137ShutdownWhileHandshaking() async throws {
        let silent = try RawServer { $0.readToEnd() }
        let configuration = try trusting()
        let task = Task { await connectError(.hostPort(host: "localhost", port: silent.port), configuration) }
        try await Task.sleep(for: .milliseconds(50))
        let start = MonotonicTime.now
        task.cancel()
        let error = await task.value
        XCTAssertEqual(error?.kind, .cancelled)
        XCTAssertLessThan(MonotonicTime.now.elapsed(since: start), .seconds(4))
    }

    func testItem134NothingLeaks() async throws {
        let good = try await server()
        let bad = try await server("expired")
        let configuration = try trusting()
        try await withClient(good.endpoint, configuration) { _ in }
        let descriptors = ProcessCounts.descriptors
        let threads = ProcessCounts.threads
        for _ in 0..<10 {
            try await withClient(good.endpoint, configuration) { _ in }
            _ = await connectError(bad.endpoint, configuration)
        }
        // The backend's own ends close when the TLS server has closed its.
        await ProcessCounts.eventually("descriptors are left") { ProcessCounts.descriptors <= descriptors }
        await ProcessCounts.eventually("threads are left") {
            ProcessCounts.threads <= threads + ProcessCounts.poolSlack
        }
    }
}
