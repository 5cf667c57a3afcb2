import FlagdGRPC
import XCTest

final class ProtobufReaderTests: XCTestCase {
    private func fields(_ bytes: [UInt8], maximumDepth: Int = 100) throws(ProtobufError) -> [ProtobufField] {
        var reader = ProtobufReader(bytes[...], maximumDepth: maximumDepth)
        var fields: [ProtobufField] = []
        while let field = try reader.nextField() { fields.append(field) }
        return fields
    }

    private func assertFails(
        _ bytes: [UInt8], _ expected: ProtobufError, maximumDepth: Int = 100, line: UInt = #line
    ) {
        do {
            let fields = try fields(bytes, maximumDepth: maximumDepth)
            XCTFail("no error but \(fields)", line: line)
        } catch {
            XCTAssertEqual(error, expected, line: line)
        }
    }

    func testEmptyMessageHasNoFields() throws {
        XCTAssertEqual(try fields([]), [])
    }

    func testItem92EveryWireType() throws {
        let bytes: [UInt8] = [
            0x08, 0x96, 0x01,  // 1: varint 150
            0x11, 1, 2, 3, 4, 5, 6, 7, 8,  // 2: fixed64
            0x1a, 2, 0x68, 0x69,  // 3: "hi"
            0x25, 1, 0, 0, 0x80,  // 4: fixed32
        ]
        XCTAssertEqual(
            try fields(bytes),
            [
                ProtobufField(number: 1, value: .varint(150)),
                ProtobufField(number: 2, value: .fixed64(0x0807_0605_0403_0201)),
                ProtobufField(number: 3, value: .bytes([0x68, 0x69])),
                ProtobufField(number: 4, value: .fixed32(0x8000_0001)),
            ])
    }

    func testLargestFieldNumberAndVarint() throws {
        let tag: [UInt8] = [0xf8, 0xff, 0xff, 0xff, 0x0f]
        let largest: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
        XCTAssertEqual(try fields(tag + largest), [ProtobufField(number: 536_870_911, value: .varint(.max))])
    }

    func testPaddedVarintIsAccepted() throws {
        XCTAssertEqual(try fields([0x08, 0x81, 0x80, 0x00]), [ProtobufField(number: 1, value: .varint(1))])
    }

    func testBytesAreASliceOfTheMessage() throws {
        let message: [UInt8] = [0x0a, 3, 1, 2, 3]
        guard case .bytes(let slice) = try fields(message).first?.value else { return XCTFail("no bytes") }
        XCTAssertEqual(slice.indices, 2..<5)
        let isSame = message.withUnsafeBytes { whole in
            slice.withUnsafeBytes { $0.baseAddress == whole.baseAddress?.advanced(by: 2) }
        }
        XCTAssertTrue(isSame, "the bytes were copied")
    }

    func testItem92GroupsAreSkipped() throws {
        let bytes: [UInt8] = [
            0x0b,  // 1: group
            0x10, 1,  // 2: varint
            0x1b, 0x25, 1, 2, 3, 4, 0x1c,  // 3: group with a fixed32
            0x21, 1, 2, 3, 4, 5, 6, 7, 8,  // 4: fixed64
            0x2a, 1, 0x0c,  // 5: a byte that looks like an end
            0x0c,  // 1: end
            0x30, 7,  // 6: varint
        ]
        XCTAssertEqual(try fields(bytes), [ProtobufField(number: 6, value: .varint(7))])
    }

    func testItem92UnmatchedGroups() {
        assertFails([0x0c], .unmatchedGroup)
        assertFails([0x0b, 0x14], .unmatchedGroup)
        assertFails([0x0b, 0x13, 0x0c, 0x14], .unmatchedGroup)
        assertFails([0x0b], .truncated)
        assertFails([0x0b, 0x10, 1], .truncated)
    }

    func testItem92DepthLimitCountsGroups() throws {
        // The message is level 1, so that `limit` levels leave room for one group less.
        func nested(_ groups: Int) -> [UInt8] {
            Array(repeating: 0x0b, count: groups) + Array(repeating: 0x0c, count: groups)
        }
        XCTAssertEqual(try fields(nested(9), maximumDepth: 10), [])
        assertFails(nested(10), .tooDeep(limit: 10), maximumDepth: 10)
        XCTAssertEqual(try fields(nested(99)), [])
        assertFails(nested(100), .tooDeep(limit: 100))
        assertFails(Array(repeating: 0x0b, count: 1_000_000), .tooDeep(limit: 100))
    }

    func testItem92Truncation() {
        let whole: [UInt8] = [
            0x08, 0x96, 0x01, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1a, 2, 0x68, 0x69, 0x25, 1, 0, 0, 0x80,
        ]
        let ends = [0, 3, 12, 16, 21]
        for length in 0...whole.count {
            let part = Array(whole.prefix(length))
            if ends.contains(length) {
                XCTAssertNoThrow(try fields(part), "\(length)")
            } else {
                assertFails(part, .truncated)
            }
        }
    }

    func testItem88LengthBeyondTheMessageIsAnErrorAtOnce() {
        assertFails([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2], .truncated)
        assertFails([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 1, 2], .truncated)
    }

    func testItem92OverlongVarints() {
        assertFails([0x08] + Array(repeating: 0x80, count: 10) + [0x00], .varintTooLong)
        assertFails([0x08] + Array(repeating: 0xff, count: 9) + [0x02], .varintTooLong)
        assertFails([0x08] + Array(repeating: 0x80, count: 9), .truncated)
        assertFails(Array(repeating: 0x80, count: 10) + [0x00], .varintTooLong)
    }

    func testItem92BadTags() {
        assertFails([0x00, 1], .invalidFieldNumber)
        assertFails([0x02, 0], .invalidFieldNumber)
        assertFails([0x80, 0x80, 0x80, 0x80, 0x10, 1], .invalidFieldNumber)
        assertFails([0x0e], .invalidWireType(6))
        assertFails([0x0f], .invalidWireType(7))
        assertFails([0x0b, 0x0f], .invalidWireType(7))
    }

    func testItem92RandomBytesNeverTrap() {
        var generator = SplitMix(seed: 92)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            do {
                for field in try fields(bytes) { XCTAssertTrue((1...536_870_911).contains(field.number)) }
            } catch {
                XCTAssertFalse(error.description.isEmpty)
            }
        }
    }

    func testDescriptions() {
        XCTAssertEqual(ProtobufError.truncated.description, "the message ends inside a field")
        XCTAssertEqual(ProtobufError.invalidWireType(7).description, "wire type 7 does not exist")
        XCTAssertEqual(ProtobufError.tooDeep(limit: 9).description, "messages nest deeper than 9 levels")
        XCTAssertEqual(ProtobufError.invalidUTF8(field: 3).description, "string field 3 is not valid UTF-8")
    }
}
