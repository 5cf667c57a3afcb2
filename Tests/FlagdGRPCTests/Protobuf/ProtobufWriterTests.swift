import FlagdGRPC
import XCTest

final class ProtobufWriterTests: XCTestCase {
    func testStringField() {
        var writer = ProtobufWriter()
        writer.write("testing", field: 2)
        XCTAssertEqual(writer.bytes, [0x12, 7, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67])
    }

    func testDefaultValueIsNotWritten() {
        var writer = ProtobufWriter()
        writer.write("", field: 1)
        XCTAssertEqual(writer.bytes, [])
    }

    func testLengthsAndNumbersOverOneByte() {
        var writer = ProtobufWriter()
        let text = String(repeating: "ä", count: 10_000)
        writer.write(text, field: 2_000)
        XCTAssertEqual(writer.bytes, WireBytes.field(2_000, text: text))
        XCTAssertEqual(writer.bytes.prefix(5), [0x82, 0x7d, 0xa0, 0x9c, 0x01])
    }

    func testFieldsFollowEachOther() {
        var writer = ProtobufWriter()
        writer.write("a", field: 1)
        writer.write("b", field: 2)
        XCTAssertEqual(writer.bytes, [0x0a, 1, 0x61, 0x12, 1, 0x62])
    }
}
