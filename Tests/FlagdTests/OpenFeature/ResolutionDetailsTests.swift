import XCTest

@testable import Flagd

final class ResolutionDetailsTests: XCTestCase {
    func testSuccess() {
        let details = ResolutionDetails(value: 5, variant: "a", reason: .static, flagMetadata: ["m": .integer(1)])
        XCTAssertEqual(details.value, 5)
        XCTAssertEqual(details.variant, "a")
        XCTAssertEqual(details.reason, .static)
        XCTAssertNil(details.errorCode)
        XCTAssertNil(details.errorMessage)
        XCTAssertEqual(details.flagMetadata, ["m": .integer(1)])
        XCTAssertNil(ResolutionDetails(value: 5, variant: nil, reason: .default).variant)
    }

    func testFailure() {
        let details = ResolutionDetails(value: "x", errorCode: .general, errorMessage: "why", variant: "a")
        XCTAssertEqual(details.reason, .error)
        XCTAssertEqual(details.errorCode, .general)
        XCTAssertEqual(details.errorMessage, "why")
        XCTAssertEqual(details.variant, "a")
        XCTAssertNil(ResolutionDetails(value: "x", errorCode: .general, errorMessage: "why").variant)
    }

    func testEquality() {
        let base = ResolutionDetails(value: 5, variant: "a", reason: .static)
        XCTAssertEqual(base, ResolutionDetails(value: 5, variant: "a", reason: .static))
        for other in [
            ResolutionDetails(value: 6, variant: "a", reason: .static),
            ResolutionDetails(value: 5, variant: "b", reason: .static),
            ResolutionDetails(value: 5, variant: nil, reason: .static),
            ResolutionDetails(value: 5, variant: "a", reason: .default),
            ResolutionDetails(value: 5, variant: "a", reason: .static, flagMetadata: ["m": .integer(1)]),
            ResolutionDetails(value: 5, errorCode: .general, errorMessage: "why", variant: "a"),
        ] {
            XCTAssertNotEqual(base, other)
        }
        XCTAssertNotEqual(
            ResolutionDetails(value: 5, errorCode: .general, errorMessage: "a"),
            ResolutionDetails(value: 5, errorCode: .general, errorMessage: "b"))
    }

    func testMessagesNameTheFlag() throws {
        let flags = try TestFlags(#"{"flags":{"a":{"variants":{"v":1},"defaultVariant":"v"}}}"#)
        XCTAssertEqual(flags.string("none").errorMessage, "flag 'none' was not found")
        XCTAssertEqual(flags.string("a").errorMessage, "flag 'a' is the number 1, which is not a string")
        XCTAssertEqual(
            Evaluator().resolveBoolean("a", default: true, context: nil).errorMessage,
            "flag 'a': no flag set has been loaded yet")
    }
}
