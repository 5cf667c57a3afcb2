import XCTest

@testable import Flagd

final class FlagMetadataTests: XCTestCase {
    func testMembers() {
        let metadata: FlagMetadata = ["b": .integer(1), "a": .string("x"), "b": .boolean(true), "é": .double(0.5)]
        XCTAssertEqual(metadata.map(\.key), ["a", "b", "é"])
        XCTAssertEqual(metadata["b"], .boolean(true))
        XCTAssertEqual(metadata["é"], .double(0.5))
        XCTAssertNil(metadata["e\u{301}"])
        XCTAssertNil(metadata["none"])
        XCTAssertEqual(metadata.count, 3)
        XCTAssertEqual(metadata[0].key, "a")
    }

    func testEmpty() {
        XCTAssertTrue(FlagMetadata().isEmpty)
        XCTAssertEqual(FlagMetadata(), [:])
        XCTAssertEqual(FlagMetadata([]), FlagMetadata(storage: nil))
        XCTAssertNil(FlagMetadata()["a"])
        XCTAssertEqual(FlagMetadata(storage: FlagMetadata.Storage([:])), [:])
    }

    func testWhatMetadataCanHold() {
        let storage = FlagMetadata.Storage(
            ["a": 1, "b": .null, "c": [1], "d": ["x": 1], "e": "t", "f": true, "g": 0.5, "h": .unsignedInteger(.max)])
        XCTAssertEqual(FlagMetadata(storage: storage).map(\.key), ["a", "e", "f", "g", "h"])
        XCTAssertEqual(FlagMetadata(storage: storage)["h"], .double(0x1p64))
    }

    func testEquality() {
        XCTAssertEqual(["a": .integer(1)] as FlagMetadata, ["a": .double(1)])
        XCTAssertNotEqual(["a": .integer(1)] as FlagMetadata, ["a": .boolean(true)])
        XCTAssertNotEqual(["a": .integer(1)] as FlagMetadata, ["a": .string("1")])
        XCTAssertNotEqual(["é": .integer(1)] as FlagMetadata, ["e\u{301}": .integer(1)])
        XCTAssertNotEqual(["a": .integer(1)] as FlagMetadata, [:])
    }

    func testValues() {
        XCTAssertEqual(MetadataValue.integer(5).value, 5)
        XCTAssertEqual(MetadataValue.double(0.5).value, 0.5)
        XCTAssertEqual(MetadataValue.string("x").value, "x")
        XCTAssertEqual(MetadataValue.boolean(true).value, true)
    }
}
