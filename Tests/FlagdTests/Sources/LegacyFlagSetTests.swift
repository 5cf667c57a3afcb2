import FlagdGRPC
import XCTest

@testable import Flagd

final class LegacyFlagSetTests: XCTestCase {
    private var set = LegacyFlagSet()

    private func apply(_ state: LegacySyncState, _ text: String) throws -> Bool {
        try set.apply(LegacySyncFlagsResponse(flagConfiguration: Array(text.utf8)[...], state: state))
    }

    private var text: String { String(decoding: set.text ?? [], as: UTF8.self) }

    func testAllReplacesTheSet() throws {
        XCTAssertTrue(try apply(.all, #"{"flags":{"a":1}}"#))
        XCTAssertTrue(try apply(.all, #"{"flags":{"b":2}}"#))
        XCTAssertEqual(text, #"{"flags":{"b":2}}"#)
    }

    func testAddAndUpdateMergeFlags() throws {
        _ = try apply(.all, #"{"flags":{"a":1,"b":1}}"#)
        XCTAssertTrue(try apply(.add, #"{"flags":{"c":3}}"#))
        XCTAssertTrue(try apply(.update, #"{"flags":{"b":2}}"#))
        XCTAssertEqual(text, #"{"flags":{"a":1,"b":2,"c":3}}"#)
    }

    func testDeleteRemovesTheFlagsNamed() throws {
        _ = try apply(.all, #"{"$evaluators":{"e":{}},"flags":{"a":1,"b":1}}"#)
        XCTAssertTrue(try apply(.delete, #"{"flags":{"a":{},"unknown":{}}}"#))
        XCTAssertEqual(text, #"{"$evaluators":{"e":{}},"flags":{"b":1}}"#)
    }

    func testPingUnspecifiedAndUnknownTouchNothing() throws {
        _ = try apply(.all, #"{"flags":{"a":1}}"#)
        for state in [LegacySyncState.ping, .unspecified, .unrecognized(9)] {
            XCTAssertFalse(try apply(state, #"{"flags":{"b":1}}"#))
        }
        XCTAssertEqual(text, #"{"flags":{"a":1}}"#)
    }

    func testAddToNothing() throws {
        XCTAssertTrue(try apply(.add, #"{"flags":{"a":1}}"#))
        XCTAssertEqual(text, #"{"flags":{"a":1}}"#)
    }

    func testBrokenIncrementLeavesTheSet() throws {
        _ = try apply(.all, #"{"flags":{"a":1}}"#)
        XCTAssertThrowsError(try apply(.add, "{"))
        XCTAssertEqual(text, #"{"flags":{"a":1}}"#)
    }
}
