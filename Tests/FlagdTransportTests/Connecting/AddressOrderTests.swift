import XCTest

@testable import FlagdTransport

final class AddressOrderTests: XCTestCase {
    private func address(_ host: String) throws -> SocketAddress {
        try XCTUnwrap(Resolver.immediateAddresses(for: .hostPort(host: host, port: 80))?.first)
    }

    /// Item 106: RFC 8305 section 4.
    func testItem106FamiliesTakeTurns() throws {
        let hosts = ["2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "192.0.2.2"]
        let ordered = AddressOrder.interleaved(try hosts.map(address))
        XCTAssertEqual(
            ordered.map(\.description), ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"])
    }

    func testItem106FirstFamilyIsTheResolversChoice() throws {
        let ordered = AddressOrder.interleaved(try ["192.0.2.1", "2001:db8::1", "192.0.2.1"].map(address))
        XCTAssertEqual(ordered.map(\.description), ["192.0.2.1", "2001:db8::1"])
    }

    func testNone() {
        XCTAssertEqual(AddressOrder.interleaved([]), [])
    }
}
