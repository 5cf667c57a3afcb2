import XCTest

import FlagdHTTP2

final class HPACKIntegerTests: XCTestCase {
    private func decode(_ bytes: [UInt8], prefixBits: Int) throws -> (value: Int, used: Int) {
        var offset = 0
        let value = try HPACKInteger.decode(bytes.span, at: &offset, prefixBits: prefixBits)
        return (value, offset)
    }

    func testExamplesOfRFC7541C1() throws {
        XCTAssertEqual(try decode(hex("ea"), prefixBits: 5).value, 10)
        XCTAssertEqual(try decode(hex("1f9a0a"), prefixBits: 5).value, 1337)
        XCTAssertEqual(try decode(hex("2a"), prefixBits: 8).value, 42)
        var bytes: [UInt8] = []
        HPACKInteger.encode(1337, prefixBits: 5, pattern: 0xe0, into: &bytes)
        XCTAssertEqual(bytes, hex("ff9a0a"))
    }

    func testRoundTripAtEachEdge() throws {
        for prefixBits in 1...8 {
            for power in 0...32 {
                for value in [(1 << power) - 1, 1 << power] where value <= 0xffff_ffff {
                    var bytes: [UInt8] = []
                    HPACKInteger.encode(value, prefixBits: prefixBits, pattern: 0, into: &bytes)
                    let decoded = try decode(bytes + [0xff], prefixBits: prefixBits)
                    XCTAssertEqual(decoded.value, value)
                    XCTAssertEqual(decoded.used, bytes.count)
                }
            }
        }
    }

    func testItem70OverflowIsRejected() {
        // 2^32−1 fits behind a 7-bit prefix, one more does not.
        XCTAssertEqual(try decode(hex("7f80ffffff0f"), prefixBits: 7).value, 0xffff_ffff)
        for bytes in ["7f81ffffff0f", "7fffffffff7f", "7fffffffffffffffffffff7f"] {
            let error = errorThrown(as: HPACKError.self) { _ = try decode(hex(bytes), prefixBits: 7) }
            XCTAssertEqual(error, .integerOverflow, bytes)
        }
    }

    func testItem70ZeroPaddingIsBounded() {
        XCTAssertEqual(try decode(hex("7f8080808000"), prefixBits: 7).value, 127)
        let padded = [0x7f] + [UInt8](repeating: 0x80, count: 5) + [0]
        XCTAssertEqual(errorThrown(as: HPACKError.self) { _ = try decode(padded, prefixBits: 7) }, .integerOverflow)
    }

    func testTruncation() {
        for bytes in ["", "7f", "7f80", "7f8080"] {
            let error = errorThrown(as: HPACKError.self) { _ = try decode(hex(bytes), prefixBits: 7) }
            XCTAssertEqual(error, .truncated)
        }
    }
}
