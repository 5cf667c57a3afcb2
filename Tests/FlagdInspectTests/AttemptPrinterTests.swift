import XCTest

@testable import flagd_inspect

final class AttemptPrinterTests: XCTestCase {
    func testAFailedAttemptHasItsStatusName() {
        XCTAssertEqual(
            AttemptPrinter.line(code: "UNAVAILABLE", message: "connect to \"h\": refused"),
            #"{"event":"attemptFailed","code":"UNAVAILABLE","message":"connect to \"h\": refused"}"#)
    }

    func testWithoutAStatusItIsUnknown() {
        XCTAssertEqual(
            AttemptPrinter.line(code: nil, message: "no such file"),
            #"{"event":"attemptFailed","code":"UNKNOWN","message":"no such file"}"#)
    }
}
