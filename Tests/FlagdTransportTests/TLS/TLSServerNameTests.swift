import XCTest

@testable import FlagdTransport

/// Item 112.
final class TLSServerNameTests: XCTestCase {
    func testHosts() {
        XCTAssertEqual(TLSServerName("flagd.test"), .dns("flagd.test"))
        XCTAssertEqual(TLSServerName("flagd.test."), .dns("flagd.test"))
        XCTAssertEqual(TLSServerName("127.0.0.1"), .address("127.0.0.1"))
        XCTAssertEqual(TLSServerName("::1"), .address("::1"))
        XCTAssertEqual(TLSServerName("fe80::1%eth0"), .address("fe80::1"))
        XCTAssertEqual(TLSServerName("1.2.3"), .dns("1.2.3"))
        XCTAssertEqual(TLSServerName(""), .dns(""))
    }

    func testAuthorities() {
        XCTAssertEqual(TLSServerName(authority: "flagd.test:8015"), .dns("flagd.test"))
        XCTAssertEqual(TLSServerName(authority: "flagd.test"), .dns("flagd.test"))
        XCTAssertEqual(TLSServerName(authority: "[::1]:8015"), .address("::1"))
        XCTAssertEqual(TLSServerName(authority: "::1"), .address("::1"))
        XCTAssertEqual(TLSServerName(authority: "127.0.0.1:8015"), .address("127.0.0.1"))
    }
}
