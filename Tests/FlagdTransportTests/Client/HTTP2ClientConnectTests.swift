import Foundation
import XCTest

@testable import FlagdTransport

final class HTTP2ClientConnectTests: XCTestCase {
    private func configuration(_ timeout: Duration) -> TransportConfiguration {
        TransportConfiguration(connectTimeout: timeout)
    }

    func testRefused() async throws {
        let port = try RawServer.unusedPort()
        let error = await connectError(.hostPort(host: "127.0.0.1", port: port))
        XCTAssertEqual(error?.kind, .connect)
        XCTAssertEqual(error?.description, "connect to 127.0.0.1:\(port): connection refused")
    }

    func testItem138BadTargetsAndUnknownNames() async {
        let invalid = await connectError(.hostPort(host: "localhost", port: 99999))
        XCTAssertEqual(invalid?.kind, .invalidTarget)
        let unknown = await connectError(.hostPort(host: "does-not-exist.invalid", port: 1))
        XCTAssertEqual(unknown?.kind, .resolution)
        XCTAssertEqual(unknown?.target, "does-not-exist.invalid:1")
    }

    func testItem133NotASocket() async throws {
        let path = temporarySocketPath()
        XCTAssertTrue(FileManager.default.createFile(atPath: path, contents: nil))
        defer { unlink(path) }
        let error = await connectError(.unixSocket(path: path))
        XCTAssertEqual(error?.kind, .connect)
        XCTAssertTrue(error?.cause == "connection refused" || error?.cause == "not a socket", "\(error?.cause ?? "")")
    }

    /// Item 4: what answers is named, at once.
    func testItem4ForeignServers() async throws {
        let answers: [(String, [UInt8], String)] = [
            ("HTTP/1.1", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), "HTTP/1.1 400 Bad Request"),
            ("SSH", Array("SSH-2.0-OpenSSH_9.2p1\r\n".utf8), "SSH server"),
            ("TLS", [0x15, 3, 1, 0, 2, 2, 0x46], "speaks TLS"),
            ("random", [0x9A, 0x01, 0x02, 0x03], "is not HTTP/2"),
        ]
        for (name, bytes, words) in answers {
            let server = try RawServer { connection in
                try connection.write(bytes)
                connection.readToEnd()
            }
            let start = MonotonicTime.now
            let error = await connectError(server.endpoint)
            XCTAssertEqual(error?.kind, .notHTTP2, name)
            XCTAssertTrue(error?.cause.contains(words) ?? false, "\(name): \(error?.cause ?? "")")
            XCTAssertLessThan(MonotonicTime.now.elapsed(since: start), .seconds(3), name)
        }
    }

    func testItem3FirstFrameIsNotSettings() async throws {
        let answer = Box<RawConnection.Frame>()
        let server = try RawServer { connection in
            try connection.writeFrame(6, [0, 0, 0, 0, 0, 0, 0, 0])
            _ = try connection.read(24)
            answer.value = try connection.readFrame(type: 7)
        }
        let error = await connectError(server.endpoint)
        XCTAssertEqual(error?.kind, .protocolError)
        XCTAssertEqual(error?.cause, "the first frame is PING, not SETTINGS (PROTOCOL_ERROR)")
        await ProcessCounts.eventually("no GOAWAY") { answer.value != nil }
        XCTAssertEqual(answer.value?.payload.suffix(4), [0, 0, 0, 1])
    }

    func testItem4ShortForeignAnswer() async throws {
        let server = try RawServer { connection in
            try connection.write("HTT")
            connection.readToEnd()
        }
        let error = await connectError(server.endpoint, configuration(.milliseconds(100)))
        XCTAssertEqual(error?.kind, .notHTTP2)
        XCTAssertEqual(error?.cause, "the server's answer \"HTT\" is not HTTP/2")
    }

    func testItem4ShortForeignAnswerThenEndOfFile() async throws {
        let server = try RawServer { connection in
            try connection.write("HTT")
            connection.shutdownWrite()
            connection.readToEnd()
        }
        let error = await connectError(server.endpoint)
        XCTAssertEqual(error?.kind, .notHTTP2)
    }

    /// Item 5: silence is given up.
    func testItem5SilentServer() async throws {
        let sawEnd = Box(false)
        let server = try RawServer { connection in
            connection.readToEnd()
            sawEnd.value = true
        }
        let error = await connectError(server.endpoint, configuration(.milliseconds(100)))
        XCTAssertEqual(error?.kind, .connectTimeout)
        XCTAssertEqual(
            error?.cause, "the server accepted the connection but sent no HTTP/2 SETTINGS within 0.1 seconds")
        await ProcessCounts.eventually("the socket stays open") { sawEnd.value == true }
    }

    func testItem5NoAnswerToSYN() async throws {
        let hole = try BlackHole()
        let error = await connectError(.hostPort(host: "127.0.0.1", port: hole.port), configuration(.milliseconds(100)))
        XCTAssertEqual(error?.kind, .connectTimeout)
        XCTAssertEqual(error?.cause, "no answer within 0.1 seconds")
    }

    func testItem106AttemptTimeout() async throws {
        let hole = try BlackHole()
        var configuration = TransportConfiguration()
        configuration.attemptTimeout = .milliseconds(50)
        let error = await connectError(.hostPort(host: "127.0.0.1", port: hole.port), configuration)
        XCTAssertEqual(error?.kind, .connectTimeout)
        XCTAssertEqual(error?.cause, "no answer")
    }

    func testItem107ClosedBeforeSettings() async throws {
        let server = try RawServer { _ in }
        let error = await connectError(server.endpoint)
        XCTAssertTrue([.closed, .reset].contains(error?.kind), "\(String(describing: error))")
        let resetting = try RawServer { $0.abort() }
        let second = await connectError(resetting.endpoint)
        // The reset may be faster than the report that the connection stands.
        XCTAssertTrue([.closed, .reset, .connect].contains(second?.kind), "\(String(describing: second))")
    }

    /// Item 137: cancelling ends the attempt at once, whatever it waits for.
    func testItem137CancellationInEveryState() async throws {
        let hole = try BlackHole()
        let silent = try RawServer { $0.readToEnd() }
        let endpoints: [Endpoint] = [.hostPort(host: "127.0.0.1", port: hole.port), silent.endpoint]
        for endpoint in endpoints {
            for delay in [0, 30] {
                let task = Task { await connectError(endpoint) }
                try await Task.sleep(for: .milliseconds(delay))
                let start = MonotonicTime.now
                task.cancel()
                let error = await task.value
                XCTAssertEqual(error?.kind, .cancelled)
                XCTAssertLessThan(MonotonicTime.now.elapsed(since: start), .seconds(4))
            }
        }
    }

    /// A name that moves is followed: each connection asks anew.
    func testItem105EachConnectionResolvesAnew() async throws {
        let servers = try (0..<3).map { _ in try RawServer { try $0.handshake() } }
        let asked = Box<[String]>([])
        for server in servers {
            let client = try await HTTP2Client.connect(
                to: .hostPort(host: "flagd.test", port: 8015), configuration: TransportConfiguration()
            ) { host, _, completion in
                asked.append(host)
                completion(.success(Resolver.immediateAddresses(for: server.endpoint) ?? []))
            }
            await client.shutdown()
            XCTAssertEqual(server.connectionCount, 1)
        }
        XCTAssertEqual(asked.value, ["flagd.test", "flagd.test", "flagd.test"])
    }

    /// A name server that does not answer: the look-up is abandoned, and its late answer is ignored.
    func testLookupIsAbandoned() async throws {
        let completions = Box<[@Sendable (Result<[SocketAddress], Resolver.Failure>) -> Void]>([])
        let endpoint = Endpoint.hostPort(host: "flagd.test", port: 1)
        let configuration = configuration(.milliseconds(50))
        let connect: @Sendable () async -> TransportError? = {
            do throws(TransportError) {
                _ = try await HTTP2Client.connect(to: endpoint, configuration: configuration) { _, _, completion in
                    completions.append(completion)
                }
                return nil
            } catch {
                return error
            }
        }
        let late = await connect()
        XCTAssertEqual(late?.kind, .connectTimeout)
        XCTAssertEqual(late?.cause, "the name was not resolved within 0.05 seconds")
        let task = Task { await connect() }
        task.cancel()
        let cancelled = await task.value
        XCTAssertEqual(cancelled?.kind, .cancelled)
        for completion in completions.value ?? [] { completion(.success([])) }
    }

    /// Item 106, seen from outside: the first address of the name is silent.
    func testItem106SilentFirstAddress() async throws {
        let hole = try BlackHole()
        let server = try RawServer { connection in
            try connection.handshake()
            connection.readToEnd()
        }
        let addresses = try [hole.port, server.port].map { port in
            try XCTUnwrap(Resolver.immediateAddresses(for: .hostPort(host: "127.0.0.1", port: port))?.first)
        }
        var configuration = TransportConfiguration()
        configuration.attemptDelay = .milliseconds(20)
        let client = try await HTTP2Client.connect(
            to: .hostPort(host: "flagd.test", port: 1), configuration: configuration
        ) { _, _, completion in completion(.success(addresses)) }
        let isOpen = await client.isOpen
        XCTAssertTrue(isOpen)
        await client.shutdown()
    }

    /// Items 134 and 135: many connections that fail or succeed leave no descriptor and no thread.
    func testItem134NothingLeaks() async throws {
        let good = try RawServer { connection in
            try connection.handshake()
            connection.readToEnd()
        }
        let closing = try RawServer { _ in }
        let http1 = try RawServer { try $0.write("HTTP/1.1 400 Bad Request\r\n\r\n") }
        let silent = try RawServer { $0.readToEnd() }
        let refused = try RawServer.unusedPort()
        _ = await connectError(.hostPort(host: "localhost", port: refused))
        let descriptors = ProcessCounts.descriptors
        let threads = ProcessCounts.threads
        for _ in 0..<20 {
            try await withClient(good.endpoint) { _ in }
            _ = await connectError(closing.endpoint)
            _ = await connectError(http1.endpoint)
            _ = await connectError(silent.endpoint, configuration(.milliseconds(5)))
            _ = await connectError(.hostPort(host: "localhost", port: refused))
            _ = await connectError(.unixSocket(path: "/nonexistent/flagd.sock"))
        }
        await ProcessCounts.eventually("descriptors are left") { ProcessCounts.descriptors <= descriptors }
        await ProcessCounts.eventually("threads are left") {
            ProcessCounts.threads <= threads + ProcessCounts.poolSlack
        }
    }

    #if os(Linux)
    /// Item 99: with keepalive pings, TCP gives up on unacknowledged data when they do; without, it keeps its own time-out.
    func testItem99UserTimeoutFollowsKeepAlive() async throws {
        let server = try RawServer { connection in
            try connection.handshake()
            connection.readToEnd()
        }
        var configuration = TransportConfiguration()
        try await withClient(server.endpoint, configuration) { _ in XCTAssertEqual(userTimeout(of: server), 0) }
        configuration.keepAlive = KeepAliveConfiguration(time: .seconds(30), timeout: .seconds(7))
        try await withClient(server.endpoint, configuration) { _ in XCTAssertEqual(userTimeout(of: server), 7_000) }
    }

    /// TCP_USER_TIMEOUT of this process's one connection to the server.
    private func userTimeout(of server: RawServer) -> Int32? {
        (0..<Int32(1024)).lazy.compactMap { descriptor -> Int32? in
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
            }
            guard status == 0, UInt16(bigEndian: address.sin_port) == server.port else { return nil }
            var milliseconds: Int32 = -1
            length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, &length)
            return milliseconds
        }.first
    }
    #endif

    /// Item 135: no descriptor left is an error, not a spin, and passes.
    func testItem135NoDescriptors() async throws {
        let server = try RawServer { connection in
            try connection.handshake()
            connection.readToEnd()
        }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let previous = limit
        // Every number below the limit is taken: by us, until `hoard` is closed.
        limit.rlim_cur = 256
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        var hoard: [Int32] = []
        while true {
            let descriptor = open("/dev/null", O_RDONLY)
            if descriptor < 0 { break }
            hoard.append(descriptor)
        }
        let none = await connectError(server.endpoint)
        // Enough for the pipe of the thread, not for the socket or the files of the name look-up.
        for _ in 0..<2 { close(hoard.removeLast()) }
        let noSocket = await connectError(server.endpoint)
        let noResolver = await connectError(.hostPort(host: "localhost", port: server.port))
        for descriptor in hoard { close(descriptor) }
        var restored = previous
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &restored)
        XCTAssertEqual(none?.kind, .resources)
        XCTAssertEqual(noSocket?.kind, .resources)
        XCTAssertTrue(noSocket?.cause.contains("too many open files") ?? false, "\(noSocket?.cause ?? "")")
        XCTAssertEqual(noResolver?.kind, .resources)
        XCTAssertEqual(noResolver?.cause, "too many open files in this process")
        try await withClient(server.endpoint) { _ in }
    }
}
