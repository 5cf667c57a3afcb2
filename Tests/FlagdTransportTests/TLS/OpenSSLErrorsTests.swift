import FlagdTestSupport
import XCTest

@testable import FlagdTransport

final class OpenSSLErrorsTests: XCTestCase {
    func testQueueIsDrainedIntoWords() throws {
        let library = try requireOrSkip(try? OpenSSLLibrary.load(path: nil), "OpenSSL (Debian package libssl3)")
        let method = library.TLS_client_method()
        let context = library.SSL_CTX_new(method)
        defer { library.SSL_CTX_free(context) }
        XCTAssertEqual(library.SSL_CTX_set_cipher_list(context, "NO-SUCH-CIPHER"), 0)
        XCTAssertEqual(library.drainErrors(), "no cipher match")
        XCTAssertEqual(library.drainErrors(), "no reason given")
    }
}
