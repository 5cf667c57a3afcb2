import XCTest

@testable import Flagd

final class ByteCursorTests: XCTestCase {
    private let arena = Arena()

    private func cursor(_ text: String) -> ByteCursor { ByteCursor(arena.copy(text)) }

    func testSteps() {
        let start = cursor("abc")
        var cursor = start
        XCTAssertEqual(cursor.byte, UInt8(ascii: "a"))
        XCTAssertFalse(cursor.consume(UInt8(ascii: "b")))
        XCTAssertTrue(cursor.consume(UInt8(ascii: "a")))
        XCTAssertEqual(cursor.offset, 1)
        XCTAssertEqual(cursor.remaining, 2)
        XCTAssertEqual(cursor.bytes(since: start).string, "a")
        var other = start
        other.advance(to: cursor)
        XCTAssertEqual(other.byte, UInt8(ascii: "b"))
        cursor.advance()
        cursor.advance()
        XCTAssertEqual(cursor.bytes(since: other).string, "bc")
    }

    func testTheEndStaysTheEnd() {
        var cursor = cursor("a")
        cursor.advance(by: -1)
        XCTAssertEqual(cursor.offset, 0)
        cursor.advance(by: 2)
        cursor.advance()
        XCTAssertEqual(cursor.offset, 1)
        XCTAssertEqual(cursor.remaining, 0)
        XCTAssertEqual(cursor.byte, 0)
        XCTAssertFalse(cursor.consume(0))
        XCTAssertFalse(cursor.consume("a"))
        XCTAssertEqual(cursor.token(), 0)
        XCTAssertFalse(cursor.consume(token: 0))
        XCTAssertNil(cursor.consumePlainText())
        cursor.skipPlainBlocks()
        XCTAssertEqual(cursor.offset, 1)
    }

    func testWords() {
        var cursor = cursor("truetru")
        XCTAssertFalse(cursor.consume("null"))
        XCTAssertTrue(cursor.consume("true"))
        XCTAssertFalse(cursor.consume("true"))
        XCTAssertEqual(cursor.offset, 4)
    }

    func testTokensBehindWhiteSpace() {
        var cursor = cursor(" \t\r\n                  {}\u{b}")
        XCTAssertEqual(cursor.token(), UInt8(ascii: "{"))
        XCTAssertEqual(cursor.offset, 22)
        XCTAssertFalse(cursor.consume(token: UInt8(ascii: "}")))
        XCTAssertTrue(cursor.consume(token: UInt8(ascii: "{")))
        XCTAssertTrue(cursor.consume(token: UInt8(ascii: "}")))
        XCTAssertEqual(cursor.token(), 0xb)
        var spaces = self.cursor("  ,")
        XCTAssertFalse(spaces.consume(token: UInt8(ascii: "]")))
        XCTAssertEqual(spaces.offset, 2)
    }

    /// All lengths, with each byte that ends plain text at every place.
    func testPlainText() {
        let rest = String(repeating: ".", count: 40)
        for length in 0..<40 {
            let plain = String((0..<length).map { "!#[]^ ~\u{7f}0aZ".map { $0 }[$0 % 11] })
            var cursor = cursor(plain + "\"" + rest)
            XCTAssertEqual(cursor.consumePlainText()?.string, plain)
            XCTAssertEqual(cursor.offset, length + 1)
            for special in ["\u{0}", "\u{1f}", "\\", "é"] {
                let start = self.cursor(plain + special + "\"" + rest)
                var cursor = start
                XCTAssertNil(cursor.consumePlainText())
                XCTAssertEqual(cursor.offset, 0)
                cursor.skipPlainBlocks()
                XCTAssertEqual(cursor.offset, length)
            }
        }
    }

    func testPlainTextNearTheEndIsLeftToTheCaller() {
        for length in 0..<40 {
            var cursor = cursor(String(repeating: "x", count: length) + "\"")
            if let text = cursor.consumePlainText() {
                XCTAssertEqual(text.count, length)
                XCTAssertEqual(cursor.remaining, 0)
            } else {
                XCTAssertEqual(cursor.offset, 0)
                cursor.skipPlainBlocks()
                XCTAssertLessThan(cursor.remaining, 16)
            }
        }
    }
}
