import XCTest

@testable import FlagdTransport

/// Item 119: failures are told apart in words.
final class CertificateVerdictTests: XCTestCase {
    private func words(_ code: Int) -> String {
        CertificateVerdict.words(code, reason: "reason", name: .dns("flagd.test"), authorities: nil)
    }

    func testItem119Words() {
        XCTAssertEqual(words(10), "the server's certificate has expired: reason")
        XCTAssertEqual(words(9), "the server's certificate is not yet valid: reason")
        XCTAssertEqual(words(62), "the server's certificate is not for the host name \"flagd.test\": reason")
        XCTAssertEqual(
            CertificateVerdict.words(20, reason: "reason", name: .dns("a"), authorities: "/ca.pem"),
            "the server's certificate is not signed by an authority of /ca.pem (unknown CA): reason")
        for code in [2, 18, 19, 20, 21] { XCTAssertTrue(words(code).contains("unknown CA")) }
        XCTAssertTrue(words(26).contains("not for servers"))
        XCTAssertEqual(words(999), "the server's certificate is refused: reason")
        XCTAssertEqual(
            CertificateVerdict.words(64, reason: "reason", name: .address("::1"), authorities: nil),
            "the server's certificate is not for the IP address ::1: reason")
    }
}
