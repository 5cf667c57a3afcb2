import XCTest

@testable import FlagdTransport

final class ResolverTests: XCTestCase {
    private func resolve(_ host: String, port: Int = 80) async -> Result<[SocketAddress], Resolver.Failure> {
        await withCheckedContinuation { continuation in
            Resolver.resolve(host: host, port: port) { continuation.resume(returning: $0) }
        }
    }

    func testNumericHostsNeedNoLookup() {
        XCTAssertNotNil(Resolver.immediateAddresses(for: .hostPort(host: "127.0.0.1", port: 80)))
        XCTAssertNotNil(Resolver.immediateAddresses(for: .hostPort(host: "[::1]", port: 80)))
        XCTAssertNotNil(Resolver.immediateAddresses(for: .unixSocket(path: "/tmp/a")))
        XCTAssertNil(Resolver.immediateAddresses(for: .hostPort(host: "localhost", port: 80)))
    }

    func testItem105LocalhostHasAddresses() async throws {
        let addresses = try await resolve("localhost").get()
        XCTAssertTrue(addresses.contains { $0.description == "127.0.0.1" || $0.description == "::1" }, "\(addresses)")
        XCTAssertEqual(Set(addresses).count, addresses.count)
    }

    /// Item 138.
    ///
    /// The domain `invalid` never has names (RFC 2606), whatever the name server does.
    func testItem138UnknownNameIsAnError() async {
        guard case .failure(let failure) = await resolve("does-not-exist.invalid") else { return XCTFail("resolved") }
        XCTAssertEqual(failure.kind, .resolution)
        XCTAssertFalse(failure.cause.isEmpty)
    }

    /// Look-ups that do not come back are bounded, and the bound is free again when they do.
    func testLookupsAreBounded() async {
        let release = DispatchSemaphore(value: 0)
        let ended = Box<[Int]>([])
        for number in 0..<Resolver.maximumLookups {
            Resolver.resolve({ _ in ended.append(number) }) {
                release.wait()
                return .success([])
            }
        }
        let refused = await resolve("localhost")
        XCTAssertEqual(
            refused, .failure(.init(kind: .resources, cause: "16 look-ups are already waiting for the name server")))
        for _ in 0..<Resolver.maximumLookups { release.signal() }
        await ProcessCounts.eventually("look-ups are lost") { ended.value?.count == Resolver.maximumLookups }
        guard case .success = await resolve("localhost") else { return XCTFail("the bound is not free again") }
    }

    func testThreadsEndWithTheirLookup() async {
        let threads = ProcessCounts.threads
        for _ in 0..<Resolver.maximumLookups * 2 { _ = await resolve("localhost") }
        await ProcessCounts.eventually("look-up threads are left") {
            ProcessCounts.threads <= threads + ProcessCounts.poolSlack
        }
    }
}
