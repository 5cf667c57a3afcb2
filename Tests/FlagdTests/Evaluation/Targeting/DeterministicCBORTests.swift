import XCTest

@testable import Flagd

/// RFC 8949, appendix A and section 4.2.1; the shared vectors stand in the conformance tests.
final class DeterministicCBORTests: XCTestCase {
    private func hex(_ value: Value) -> String {
        let arena = Arena()
        var encoder = DeterministicCBOR()
        encoder.append(RuleValue(value, arena: arena))
        return withExtendedLifetime(arena) {
            encoder.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    func testIntegers() {
        let vectors: [(Value, String)] = [
            (0, "00"), (1, "01"), (10, "0a"), (23, "17"), (24, "1818"), (25, "1819"), (100, "1864"), (255, "18ff"),
            (256, "190100"),
            (1000, "1903e8"), (65535, "19ffff"), (65536, "1a00010000"), (1_000_000, "1a000f4240"),
            (4_294_967_295, "1affffffff"), (4_294_967_296, "1b0000000100000000"),
            (1_000_000_000_000, "1b000000e8d4a51000"),
            (.unsignedInteger(.max), "1bffffffffffffffff"), (.integer(.max), "1b7fffffffffffffff"), (-1, "20"),
            (-10, "29"), (-24, "37"),
            (-25, "3818"), (-100, "3863"), (-1000, "3903e7"), (.integer(.min), "3b7fffffffffffffff"),
        ]
        for (value, encoded) in vectors { XCTAssertEqual(hex(value), encoded, "\(value)") }
    }

    func testDoublesWithoutFractionAreIntegers() {
        let vectors: [(Value, String)] = [
            (0.0, "00"), (-0.0, "00"), (1.0, "01"), (100000.0, "1a000186a0"), (-4.0, "23"), (65504.0, "19ffe0"),
            (0x1p63, "1b8000000000000000"),
            (-0x1p63, "3b7fffffffffffffff"),
        ]
        for (value, encoded) in vectors { XCTAssertEqual(hex(value), encoded, "\(value)") }
    }

    func testDoublesInTheShortestFormThatReadsBack() {
        let vectors: [(Value, String)] = [
            (1.1, "fb3ff199999999999a"), (1.5, "f93e00"), (1.0e300, "fb7e37e43c8800759c"),
            (5.960464477539063e-8, "f90001"),
            (0.00006103515625, "f90400"), (-4.1, "fbc010666666666666"), (0x1p64, "fa5f800000"),
            (3.4028234663852886e38, "fa7f7fffff"),
            (0x1p-25, "fa33000000"), (0x1.ff8p-15, "f903ff"), (0x1.ffcp-15, "fa387fe000"), (0x1.ffep-15, "fa387ff000"),
            (0x1.004p0, "f93c01"), (0x1.002p0, "fa3f801000"),
            (0x1p-149, "fa00000001"), (0x1p-150, "fb3690000000000000"),
            (.double(.leastNonzeroMagnitude), "fb0000000000000001"),
            (0x1.8p-24, "fa33c00000"), (-0.5, "f9b800"),
        ]
        for (value, encoded) in vectors { XCTAssertEqual(hex(value), encoded, "\(value)") }
    }

    func testOtherScalars() {
        XCTAssertEqual(hex(false), "f4")
        XCTAssertEqual(hex(true), "f5")
        XCTAssertEqual(hex(.null), "f6")
        XCTAssertEqual(hex(""), "60")
        XCTAssertEqual(hex("IETF"), "6449455446")
        XCTAssertEqual(hex("\"\\"), "62225c")
        XCTAssertEqual(hex("ü"), "62c3bc")
        XCTAssertEqual(hex("水"), "63e6b0b4")
        XCTAssertEqual(hex(.string(String(repeating: "a", count: 24))), "7818" + String(repeating: "61", count: 24))
        XCTAssertEqual(hex(.string(String(repeating: "a", count: 256))).prefix(6), "790100")
    }

    func testFailedIsNull() {
        var encoder = DeterministicCBOR()
        encoder.append(.failed)
        XCTAssertEqual(encoder.bytes, [0xf6])
    }

    func testLists() {
        XCTAssertEqual(hex([]), "80")
        XCTAssertEqual(hex([1, 2, 3]), "83010203")
        XCTAssertEqual(hex([1, [2, 3], [4, 5]]), "8301820203820405")
        XCTAssertEqual(
            hex(.list((1...25).map { .integer($0) })), "98190102030405060708090a0b0c0d0e0f101112131415161718181819")
    }

    func testMapsSortedByTheirEncodedKeys() {
        XCTAssertEqual(hex([:]), "a0")
        XCTAssertEqual(hex(["a": 1, "b": [2, 3]]), "a26161016162820203")
        // A shorter key's encoding is before a longer one's.
        XCTAssertEqual(hex(["aa": 1, "b": 2, "": 3]), "a3600361620262616101")
        let long = String(repeating: "a", count: 24)
        XCTAssertEqual(
            hex(.structure(Structure(members: [("b", 1), (long, 2)]))),
            "a26162017818" + String(repeating: "61", count: 24) + "02")
    }

    func testHalves() {
        XCTAssertEqual(HalfPrecision.bits(of: 1), 0x3c00)
        XCTAssertEqual(HalfPrecision.bits(of: -2), 0xc000)
        XCTAssertEqual(HalfPrecision.bits(of: 65504), 0x7bff)
        XCTAssertNil(HalfPrecision.bits(of: 65536))
        XCTAssertEqual(HalfPrecision.bits(of: 0x1p-24), 1)
        XCTAssertNil(HalfPrecision.bits(of: 0x1p-25))
        XCTAssertNil(HalfPrecision.bits(of: .infinity))
        XCTAssertNil(HalfPrecision.bits(of: 0x1.0001p0))
    }
}
