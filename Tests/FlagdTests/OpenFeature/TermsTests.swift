import XCTest

@testable import Flagd

/// The words of the OpenFeature specification.
final class TermsTests: XCTestCase {
    func testErrorCodes() {
        XCTAssertEqual(
            ErrorCode.allCases.map(\.rawValue),
            [
                "PROVIDER_NOT_READY", "PROVIDER_FATAL", "FLAG_NOT_FOUND", "PARSE_ERROR", "TYPE_MISMATCH",
                "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "GENERAL",
            ])
    }

    func testReasons() {
        XCTAssertEqual(
            ResolutionReason.allCases.map(\.rawValue),
            ["STATIC", "DEFAULT", "TARGETING_MATCH", "SPLIT", "DISABLED", "ERROR"])
    }

    func testStatuses() {
        XCTAssertEqual(
            ProviderStatus.allCases.map(\.rawValue), ["NOT_READY", "READY", "STALE", "ERROR", "FATAL"])
    }
}
