import XCTest

@testable import FlagdTransport

final class SystemErrorTests: XCTestCase {
    func testWords() {
        XCTAssertEqual(SystemError(code: ECONNREFUSED).description, "connection refused")
        XCTAssertEqual(SystemError(code: 9999).description, "system error 9999")
    }

    /// Item 135: shortages are told from failures of the peer.
    func testItem135ResourceShortage() {
        for code in [EMFILE, ENFILE, ENOBUFS, ENOMEM] { XCTAssertTrue(SystemError(code: code).isResourceShortage) }
        XCTAssertFalse(SystemError(code: ECONNREFUSED).isResourceShortage)
    }
}
