import XCTest

@testable import FlagdTransport

final class ConnectorTests: XCTestCase {
    private func address(_ host: String, _ port: Int) throws -> SocketAddress {
        try XCTUnwrap(Resolver.immediateAddresses(for: .hostPort(host: host, port: port))?.first)
    }

    private func connector(_ addresses: [SocketAddress], attemptTimeout: Duration = .seconds(3)) -> Connector {
        Connector(
            addresses: addresses, stagger: .milliseconds(40), attemptTimeout: attemptTimeout, userTimeout: .seconds(5))
    }

    /// Polls until the connector has an outcome.
    private func run(_ connector: inout Connector) -> Connector.Progress {
        var set = PollSet()
        while true {
            let progress = connector.advance(set, now: .now)
            guard case .waiting = progress else { return progress }
            set.removeAll()
            connector.preparePoll(&set)
            set.wait(timeout: connector.nextDeadline.pollTimeout(from: .now))
        }
    }

    private func failure(_ progress: Connector.Progress) -> (TransportError.Kind, String)? {
        guard case .failed(let kind, let cause) = progress else { return nil }
        return (kind, cause)
    }

    /// Item 106: an address that does not answer does not hold up the next one for long.
    func testItem106SecondAddressWinsWhenTheFirstIsSilent() throws {
        let hole = try BlackHole()
        let server = try RawServer { $0.readToEnd() }
        let addresses = [try address("127.0.0.1", hole.port), try address("127.0.0.1", server.port)]
        let before = ProcessCounts.descriptors
        var connector = connector(addresses)
        guard case .connected(let socket, let winner) = run(&connector) else { return XCTFail("not connected") }
        XCTAssertEqual(winner, addresses[1])
        // Ours and, once it has accepted, the server's; the losing socket is closed.
        XCTAssertLessThanOrEqual(ProcessCounts.descriptors, before + 2)
        socket.close()
    }

    func testItem105AllAddressesAreTried() throws {
        let server = try RawServer { $0.readToEnd() }
        let closed = try RawServer.unusedPort()
        let addresses = [
            try address("127.0.0.1", closed), try address("::1", closed), try address("127.0.0.1", server.port),
        ]
        var connector = connector(addresses)
        guard case .connected(let socket, let winner) = run(&connector) else { return XCTFail("not connected") }
        XCTAssertEqual(winner, addresses[2])
        socket.close()
    }

    func testCausesAreNamedOnceWhenEqual() throws {
        let closed = try RawServer.unusedPort()
        var connector = connector([try address("127.0.0.1", closed), try address("127.0.0.2", closed)])
        let outcome = failure(run(&connector))
        XCTAssertEqual(outcome?.0, .connect)
        XCTAssertEqual(outcome?.1, "connection refused")
    }

    func testDifferentCausesNameTheirAddress() throws {
        let hole = try BlackHole()
        let closed = try RawServer.unusedPort()
        var connector = connector(
            [try address("127.0.0.1", hole.port), try address("127.0.0.2", closed)], attemptTimeout: .milliseconds(60))
        let outcome = failure(run(&connector))
        XCTAssertEqual(outcome?.0, .connect)
        XCTAssertEqual(outcome?.1, "127.0.0.2: connection refused; 127.0.0.1: no answer")
    }

    func testCausesAreBounded() throws {
        let closed = try RawServer.unusedPort()
        let hole = try BlackHole()
        let refusing = try (1...6).map { try address("127.0.0.\($0)", closed) }
        var connector = connector(refusing + [try address("127.0.0.1", hole.port)], attemptTimeout: .milliseconds(20))
        let cause = try XCTUnwrap(failure(run(&connector))?.1)
        XCTAssertTrue(cause.hasSuffix("; and 3 more"), cause)
    }

    func testItem134CancelClosesTheSockets() throws {
        let hole = try BlackHole()
        let before = ProcessCounts.descriptors
        var connector = connector([try address("127.0.0.1", hole.port)])
        guard case .waiting = connector.advance(PollSet(), now: .now) else { return XCTFail("not waiting") }
        XCTAssertEqual(ProcessCounts.descriptors, before + 1)
        connector.cancel()
        XCTAssertEqual(ProcessCounts.descriptors, before)
    }

    func testNoAddresses() {
        var connector = connector([])
        XCTAssertNotNil(failure(run(&connector)))
    }
}
