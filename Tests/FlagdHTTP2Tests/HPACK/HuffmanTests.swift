import XCTest

import FlagdHTTP2

final class HuffmanTests: XCTestCase {
    private func decode(_ bytes: [UInt8]) throws -> [UInt8] { try Huffman.decode(bytes.span, in: 0..<bytes.count) }

    private func encode(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        Huffman.encode(bytes, into: &output)
        return output
    }

    /// Codes from RFC 7541 appendix B, one of each length, aligned to the left and padded with ones.
    func testCodesOfAppendixB() {
        let examples: [(UInt8, String)] = [
            (0x30, "07"), (0x41, "87"), (0x7a, "f7"), (0x2a, "f9"), (0x21, "fe3f"), (0x7c, "ff9f"), (0x23, "ffaf"),
            (0x24, "ffcf"), (0x7e, "ffef"), (0x7d, "fff7"), (0x5e, "fff3"), (0x3c, "fff9"), (0x5c, "fffe1f"),
            (0xd0, "fffe5f"),
            (0x80, "fffe6f"), (0x99, "fffee7"), (0x81, "ffff4b"), (0x01, "ffffb1"), (0x09, "ffffea"),
            (0xc7, "fffff67f"), (0xc0, "fffff83f"), (0xcb, "fffffbdf"), (0x02, "fffffe2f"), (0xf9, "ffffffef"),
            (0x0a, "fffffff3"), (0x16, "fffffffb"),
        ]
        for (symbol, code) in examples {
            XCTAssertEqual(encode([symbol]), hex(code), "symbol \(symbol)")
            XCTAssertEqual(try decode(hex(code)), [symbol])
        }
    }

    func testCodeIsComplete() {
        // Kraft's sum over the 256 symbols and EOS is exactly one. Eight equal symbols take a whole number of bytes,
        // as many as one symbol has bits.
        var sum = 1
        for symbol in 0...255 {
            sum += 1 << (30 - Huffman.encodedLength(of: [UInt8](repeating: UInt8(symbol), count: 8)))
        }
        XCTAssertEqual(sum, 1 << 30)
    }

    func testRoundTripOfAllPairs() throws {
        for first in 0...255 {
            for second in stride(from: first % 7, through: 255, by: 7) {
                let text = [UInt8(first), UInt8(second)]
                let coded = encode(text)
                XCTAssertEqual(coded.count, Huffman.encodedLength(of: text))
                XCTAssertEqual(try decode(coded), text)
            }
        }
    }

    func testRoundTripOfRandomBytes() throws {
        var random = SeededGenerator(seed: 7)
        for length in 0..<300 {
            let text = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            XCTAssertEqual(try decode(encode(text)), text)
        }
    }

    func testItem72EndOfStringIsRejected() {
        for bytes in ["ffffffff", "1cffffffff", "fffffffc"] {
            XCTAssertEqual(errorThrown(as: HPACKError.self) { _ = try decode(hex(bytes)) }, .invalidHuffmanCode)
        }
    }

    func testItem72PaddingLongerThanSevenBits() {
        // '0' has the code 00000: three bits of padding are needed, eleven are too many.
        XCTAssertEqual(try decode(hex("07")), [0x30])
        for bytes in ["07ff", "ff", "ffff", "ffffff"] {
            XCTAssertEqual(errorThrown(as: HPACKError.self) { _ = try decode(hex(bytes)) }, .invalidHuffmanCode)
        }
    }

    func testItem72PaddingMustBeOnes() {
        for bytes in ["00", "06", "05", "03"] {
            XCTAssertEqual(
                errorThrown(as: HPACKError.self) { _ = try decode(hex(bytes)) }, .invalidHuffmanCode, bytes)
        }
    }

    func testEmptyStringAndRangeInsideBlock() throws {
        XCTAssertEqual(try decode([]), [])
        let block = hex("ff07ff")
        XCTAssertEqual(try Huffman.decode(block.span, in: 1..<2), [0x30])
    }
}
