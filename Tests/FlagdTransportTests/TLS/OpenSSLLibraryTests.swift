import FlagdTestSupport
import XCTest

@testable import FlagdTransport

final class OpenSSLLibraryTests: XCTestCase {
    func testCandidates() {
        let system = OpenSSLLibrary.candidates(path: nil)
        XCTAssertFalse(system.isEmpty)
        #if os(Linux)
        XCTAssertEqual(system.first, "libssl.so.3")
        XCTAssertEqual(
            OpenSSLLibrary.candidates(path: "/opt/lib"),
            ["/opt/lib", "/opt/lib/libssl.so.3", "/opt/lib/libssl.so.1.1", "/opt/lib/libssl.so"])
        #endif
    }

    func testMissingLibraryIsAClearError() throws {
        XCTAssertThrowsError(try OpenSSLLibrary.load(path: "/nonexistent/folder")) { error in
            let cause = (error as? TLSFailure)?.cause ?? ""
            XCTAssertTrue(cause.hasPrefix("no OpenSSL library: "), cause)
            XCTAssertTrue(cause.contains("/nonexistent/folder"), cause)
        }
    }

    #if os(Linux)
    /// Another library is not taken for OpenSSL.
    func testWrongLibraryIsAClearError() throws {
        XCTAssertThrowsError(try OpenSSLLibrary.load(path: "libc.so.6")) { error in
            let cause = (error as? TLSFailure)?.cause ?? ""
            XCTAssertTrue(cause.contains("is not OpenSSL 1.1.1 or 3: it lacks"), cause)
        }
    }
    #endif

    func testSystemLibrary() throws {
        let library = try requireOrSkip(try? OpenSSLLibrary.load(path: nil), "OpenSSL (Debian package libssl3)")
        XCTAssertGreaterThanOrEqual(library.OpenSSL_version_num(), OpenSSL.minimumVersion)
        XCTAssertEqual(library.drainErrors(), "no reason given")
    }
}
