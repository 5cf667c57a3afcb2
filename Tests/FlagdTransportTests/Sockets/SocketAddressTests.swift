import XCTest

@testable import FlagdTransport

final class SocketAddressTests: XCTestCase {
    private func bytes(_ address: SocketAddress) -> [UInt8] {
        address.withSockaddr { pointer, length in
            Array(UnsafeRawBufferPointer(start: pointer, count: Int(length)))
        }
    }

    func testPath() throws {
        let address = try XCTUnwrap(SocketAddress(path: "/tmp/a"))
        XCTAssertEqual(address.family, .unix)
        XCTAssertEqual(address.description, "/tmp/a")
        XCTAssertTrue(bytes(address).dropFirst(2).starts(with: Array("/tmp/a\0".utf8)))
        XCTAssertEqual(bytes(address).count, MemoryLayout<sockaddr_un>.size)
    }

    #if os(Linux)
    /// Item 133: abstract names begin with a zero byte and end with the length.
    func testItem133AbstractName() throws {
        let address = try XCTUnwrap(SocketAddress(path: "@flagd"))
        XCTAssertEqual(Array(bytes(address).dropFirst(2)), Array("\0flagd".utf8))
        XCTAssertEqual(address.description, "@flagd")
    }
    #endif

    func testItem133TooLong() {
        let limit = SocketAddress.maximumPathLength
        XCTAssertNotNil(SocketAddress(path: String(repeating: "a", count: limit)))
        XCTAssertNil(SocketAddress(path: String(repeating: "a", count: limit + 1)))
        XCTAssertNil(SocketAddress(path: ""))
    }

    func testNumericHosts() throws {
        for host in ["127.0.0.1", "::1", "2001:db8::7"] {
            let addresses = try XCTUnwrap(Resolver.immediateAddresses(for: .hostPort(host: host, port: 8015)))
            XCTAssertEqual(addresses.map(\.description), [host])
        }
    }

    func testEqualityIncludesThePort() throws {
        let first = Resolver.immediateAddresses(for: .hostPort(host: "127.0.0.1", port: 1))
        let second = Resolver.immediateAddresses(for: .hostPort(host: "127.0.0.1", port: 2))
        XCTAssertNotEqual(first, second)
    }

    func testUnknownFamilyAndShortLengthAreRefused() {
        var storage = [UInt8](repeating: 0, count: 16)
        XCTAssertNil(storage.withUnsafeBytes { unsafe SocketAddress(copying: $0.baseAddress!, length: 16) })
        storage[0] = UInt8(AF_INET)
        XCTAssertNil(storage.withUnsafeBytes { unsafe SocketAddress(copying: $0.baseAddress!, length: 1) })
    }
}
