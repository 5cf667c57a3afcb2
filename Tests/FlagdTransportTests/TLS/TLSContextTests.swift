import FlagdTestSupport
import XCTest

@testable import FlagdTransport

final class TLSContextTests: XCTestCase {
    /// The system's authorities are read once, a file for every connection.
    func testSharing() throws {
        _ = try requireOrSkip(try? OpenSSLLibrary.load(path: nil), "OpenSSL (Debian package libssl3)")
        let system = TLSConfiguration(serverName: "a")
        XCTAssertTrue(try TLSContext.make(system) === TLSContext.make(TLSConfiguration()))
        let file = TLSConfiguration(certificateAuthorityPath: try TestCertificates.shared().authority)
        let first = try TLSContext.make(file)
        XCTAssertFalse(try first === TLSContext.make(file))
        XCTAssertFalse(try first === TLSContext.make(system))
    }
}
