import XCTest

import FlagdHTTP2

final class HPACKDecoderTests: XCTestCase {
    private func decode(_ block: String, _ decoder: inout HPACKDecoder) throws -> [HeaderField] {
        try decoder.decode(hex(block).span).fields
    }

    private func failure(_ block: String, limit: Int = 4096) -> HPACKError? {
        var decoder = HPACKDecoder(tableSizeLimit: limit)
        return errorThrown(as: HPACKError.self) { _ = try decoder.decode(hex(block).span) }
    }

    // MARK: Representations

    func testItem66AllFiveRepresentations() throws {
        var decoder = HPACKDecoder()
        XCTAssertEqual(try decode("88", &decoder), fields((":status", "200")))
        XCTAssertEqual(try decode("40 0161 0162", &decoder), fields(("a", "b")))
        XCTAssertEqual(try decode("be 7e 0163", &decoder), fields(("a", "b"), ("a", "c")))
        XCTAssertEqual(try decode("be bf", &decoder), fields(("a", "c"), ("a", "b")))
        XCTAssertEqual(try decode("00 0164 0165", &decoder), fields(("d", "e")))
        XCTAssertEqual(try decode("0f 2f 0165", &decoder), fields(("a", "e")))
        XCTAssertEqual(decoder.dynamicTable.count, 2)
        let secret = try decode("10 0164 0165 1f 08 0166", &decoder)
        XCTAssertEqual(
            secret, [HeaderField("d", "e", isSensitive: true), HeaderField("authorization", "f", isSensitive: true)])
        XCTAssertEqual(decoder.dynamicTable.count, 2)
    }

    func testItem66HuffmanAndRawStrings() throws {
        var decoder = HPACKDecoder()
        let block = "82 86 84 41 8c f1e3c2e5f23a6ba0ab90f4ff"
        XCTAssertEqual(try decode(block, &decoder).last, HeaderField(":authority", "www.example.com"))
        XCTAssertEqual(try decode("be", &decoder), fields((":authority", "www.example.com")))
    }

    func testEmptyBlockIsAnEmptyList() throws {
        var decoder = HPACKDecoder()
        XCTAssertEqual(try decoder.decode([UInt8]().span).fields, [])
        XCTAssertEqual(try decoder.decode([UInt8]().span).size, 0)
    }

    // MARK: Table size

    func testItem68SizeUpdatesAtTheStart() throws {
        var decoder = HPACKDecoder()
        _ = try decode("40 0161 0162", &decoder)
        XCTAssertEqual(try decode("20 3fe11f 88", &decoder), fields((":status", "200")))
        XCTAssertEqual(decoder.dynamicTable.count, 0)
        XCTAssertEqual(decoder.dynamicTable.maximumSize, 4096)
        XCTAssertEqual(try decode("20", &decoder), [])
        XCTAssertEqual(decoder.dynamicTable.maximumSize, 0)
    }

    func testItem68LateSizeUpdate() {
        XCTAssertEqual(failure("88 20"), .lateTableSizeUpdate)
        XCTAssertEqual(failure("20 88 20 88"), .lateTableSizeUpdate)
    }

    func testItem68SizeUpdateAboveTheLimit() {
        XCTAssertEqual(failure("3fe21f"), .tableSizeTooLarge)
        XCTAssertEqual(failure("3fe0ffffff0f"), .tableSizeTooLarge)
        XCTAssertEqual(failure("3fffffffffff7f"), .integerOverflow)
        XCTAssertEqual(failure("21", limit: 0), .tableSizeTooLarge)
    }

    func testItem68LoweredLimitDemandsAnUpdate() throws {
        var decoder = HPACKDecoder()
        decoder.tableSizeLimitAcknowledged(100)
        XCTAssertEqual(errorThrown(as: HPACKError.self) { _ = try decode("88", &decoder) }, .missingTableSizeUpdate)
        decoder = HPACKDecoder()
        decoder.tableSizeLimitAcknowledged(100)
        XCTAssertEqual(errorThrown(as: HPACKError.self) { _ = try decode("", &decoder) }, .missingTableSizeUpdate)
        decoder = HPACKDecoder()
        decoder.tableSizeLimitAcknowledged(100)
        XCTAssertEqual(try decode("3f45 88", &decoder), fields((":status", "200")))
        XCTAssertEqual(try decode("88", &decoder), fields((":status", "200")))
        XCTAssertEqual(decoder.dynamicTable.maximumSize, 100)
    }

    func testLargerLimitNeedsAnUpdateBeforeItIsUsed() throws {
        var decoder = HPACKDecoder(tableSizeLimit: 16_384)
        XCTAssertEqual(decoder.dynamicTable.maximumSize, 4096)
        _ = try decode("3fe17f 88", &decoder)
        XCTAssertEqual(decoder.dynamicTable.maximumSize, 16_384)
    }

    // MARK: Bad input

    func testItem69InvalidIndex() {
        // Index 0, and the first beyond an empty dynamic table, as field and as name.
        for block in ["80", "be", "7f00 0161", "0f2f 0161", "ff8080808008"] {
            XCTAssertEqual(failure(block), .invalidIndex, block)
        }
    }

    func testItem70HugeIndex() {
        XCTAssertEqual(failure("ffffffffffff7f"), .integerOverflow)
        XCTAssertEqual(failure("ff80808080808000"), .integerOverflow)
    }

    func testItem71StringLongerThanTheBlock() {
        for block in ["40 02 61", "40 0161 03 6162", "40 7f80ffffff0f", "40 ff80ffffff0f 00"] {
            XCTAssertEqual(failure(block), .stringTooLong, block)
        }
        XCTAssertEqual(failure("40 7f81ffffff0f"), .integerOverflow)
    }

    func testItem72HuffmanErrors() {
        XCTAssertEqual(failure("40 81ff 0161"), .invalidHuffmanCode)
        XCTAssertEqual(failure("40 0161 84ffffffff"), .invalidHuffmanCode)
        XCTAssertEqual(failure("40 0161 8100"), .invalidHuffmanCode)
    }

    func testTruncationAtEachByte() throws {
        let block = hex("82 40 0a637573746f6d2d6b6579 0d637573746f6d2d686561646572 41 8cf1e3c2e5f23a6ba0ab90f4ff 3f")
        let ends: Set = [0, 1, 27, 41]
        for count in 0..<block.count {
            var decoder = HPACKDecoder()
            let part = Array(block.prefix(count))
            if ends.contains(count) {
                XCTAssertNoThrow(try decoder.decode(part.span), "\(count)")
            } else {
                let error = errorThrown(as: HPACKError.self) { _ = try decoder.decode(part.span) }
                XCTAssertTrue(error == .truncated || error == .stringTooLong, "\(count): \(String(describing: error))")
            }
        }
    }

    // MARK: Semantics

    func testItem74RejectedValuesAreEntriesLikeAnyOther() throws {
        var decoder = HPACKDecoder()
        // grpc-status: "x", a name in upper case, a value with CR LF, and bytes that are not UTF-8.
        _ = try decode("40 0b677270632d737461747573 0178", &decoder)
        _ = try decode("40 0141 020d0a", &decoder)
        _ = try decode("40 02ff80 03c0c1fe", &decoder)
        XCTAssertEqual(decoder.dynamicTable.count, 3)
        XCTAssertEqual(decoder.dynamicTable.size, 44 + 35 + 37)
        XCTAssertEqual(try decode("c0", &decoder), fields(("grpc-status", "x")))
        // The name of the entry that is no text, by reference: its size is that on the wire.
        _ = try decode("7e 0161", &decoder)
        XCTAssertEqual(decoder.dynamicTable.size, 44 + 35 + 37 + 35)
    }

    func testItem62ObsTextIsRepairedNotRejected() throws {
        var decoder = HPACKDecoder()
        XCTAssertEqual(try decode("40 0161 01e9", &decoder), fields(("a", "\u{fffd}")))
        XCTAssertEqual(try decode("40 0161 02c3a9", &decoder), fields(("a", "\u{e9}")))
    }

    // MARK: Limits

    func testItem122SoftLimitStopsKeepingFields() throws {
        var decoder = HPACKDecoder(softLimit: 100, hardLimit: 1000)
        let list = try decoder.decode(hex("40 0161 0162 be be 40 0163 0164").span)
        XCTAssertEqual(list.size, 4 * 34)
        XCTAssertTrue(list.isTooLarge)
        XCTAssertEqual(list.fields, [])
        // The tables are in step all the same.
        XCTAssertEqual(try decode("be bf", &decoder), fields(("c", "d"), ("a", "b")))
        let exact = try HPACKDecoderTests.decoderOfExactly102()
        XCTAssertFalse(exact.isTooLarge)
        XCTAssertEqual(exact.fields.count, 3)
    }

    private static func decoderOfExactly102() throws -> HPACKHeaderList {
        var decoder = HPACKDecoder(softLimit: 102, hardLimit: 1000)
        return try decoder.decode(hex("40 0161 0162 be be").span)
    }

    func testItem122HardLimitStopsDecoding() throws {
        // The bomb: one entry of 4000 bytes, then a byte for each copy of it.
        var bomb = hex("40 0161 7fa11e") + [UInt8](repeating: 0x62, count: 4000)
        bomb += [UInt8](repeating: 0xbe, count: 10_000)
        var decoder = HPACKDecoder(softLimit: 16 << 10, hardLimit: 64 << 10)
        XCTAssertEqual(
            errorThrown(as: HPACKError.self) { _ = try decoder.decode(bomb.span) }, .headerListTooLarge)
    }

    func testItem127EmptyNamesAndValuesCount32Bytes() throws {
        var decoder = HPACKDecoder(softLimit: 320, hardLimit: 640)
        let ten = hex("00 00 00") + (1..<10).flatMap { _ in hex("00 00 00") }
        XCTAssertEqual(try decoder.decode(ten.span).fields.count, 10)
        let many = (0..<21).flatMap { _ in hex("00 00 00") }
        XCTAssertEqual(
            errorThrown(as: HPACKError.self) { _ = try decoder.decode(many.span) }, .headerListTooLarge)
    }
}
