import FlagdGRPC
import XCTest

final class ProtobufStructTests: XCTestCase {
    private typealias Wire = WireBytes

    private func decode(_ bytes: [UInt8]) throws(ProtobufError) -> ProtobufStruct {
        try ProtobufStruct(protobuf: bytes[...])
    }

    func testEntries() throws {
        let fields = try decode(Wire.entry("a", Wire.field(4, varint: 1)) + Wire.entry("b", Wire.field(3, text: "x")))
        XCTAssertEqual(fields, ["a": .bool(true), "b": .string("x")])
        XCTAssertEqual(fields.count, 2)
        XCTAssertFalse(fields.isEmpty)
        XCTAssertEqual(fields["a"], .bool(true))
        XCTAssertNil(fields["c"])
        XCTAssertEqual(fields.map(\.name).sorted(), ["a", "b"])
    }

    func testItem92LaterEntryWins() throws {
        let bytes = Wire.entry("a", Wire.field(2, double: 1)) + Wire.entry("a", Wire.field(2, double: 2))
        XCTAssertEqual(try decode(bytes), ["a": .number(2)])
    }

    func testEntryWithoutNameOrValue() throws {
        XCTAssertEqual(try decode(Wire.field(1, bytes: [])), ["": .null])
        XCTAssertEqual(try decode(Wire.field(1, bytes: Wire.field(1, text: "a"))), ["a": .null])
        XCTAssertEqual(
            try decode(Wire.field(1, bytes: Wire.field(2, bytes: Wire.field(4, varint: 1)))), ["": .bool(true)])
    }

    func testEntryInAnyOrderAndWithRepeatedParts() throws {
        let one = Wire.field(2, bytes: Wire.field(5, bytes: Wire.entry("x", [])))
        let other = Wire.field(2, bytes: Wire.field(5, bytes: Wire.entry("y", [])))
        let bytes = Wire.field(1, bytes: one + Wire.field(1, text: "lost") + Wire.field(1, text: "name") + other)
        XCTAssertEqual(try decode(bytes), ["name": .structure(["x": .null, "y": .null])])
    }

    func testNamesAreComparedByBytes() throws {
        let composed = "\u{e9}"
        let decomposed = "e\u{301}"
        XCTAssertEqual(composed, decomposed, "as String they are equal")
        let fields = try decode(
            Wire.entry(composed, Wire.field(2, double: 1)) + Wire.entry(decomposed, Wire.field(2, double: 2)))
        XCTAssertEqual(fields.count, 2)
        XCTAssertEqual(fields[composed], .number(1))
        XCTAssertEqual(fields[decomposed], .number(2))
    }

    func testUnknownFieldsAreSkipped() throws {
        let unknown: [UInt8] = Wire.field(9, text: "x") + [0x53, 0x54] + Wire.field(1, varint: 3)
        let entry = Wire.field(1, text: "a") + unknown.dropLast(2) + Wire.field(2, bytes: Wire.field(99, varint: 1))
        XCTAssertEqual(try decode(unknown + Wire.field(1, bytes: entry) + unknown), ["a": .null])
    }

    func testManyMergesStayLinear() throws {
        // 40 000 occurrences that merge into one value: quadratic work would take minutes.
        let name = Wire.field(1, text: "a")
        let parts = (0..<40_000).flatMap { Wire.field(2, bytes: Wire.field(5, bytes: Wire.entry("\($0)", []))) }
        let fields = try decode(Wire.field(1, bytes: name + parts))
        guard case .structure(let inner) = fields["a"] else { return XCTFail("no struct") }
        XCTAssertEqual(inner.count, 40_000)
    }
}
