import FlagdGRPC
import XCTest

final class GRPCTextTests: XCTestCase {
    func testPrintableTextIsShownAsItIs() {
        XCTAssertEqual(GRPCText.shown("text/html; charset=utf-8"), #""text/html; charset=utf-8""#)
    }

    func testEverythingElseIsEscaped() {
        XCTAssertEqual(GRPCText.shown("a\r\n\"\\\u{7f}ä"), #""a\x0d\x0a\x22\x5c\x7f\xc3\xa4""#)
    }

    func testLinesOfAPeer() {
        XCTAssertEqual(GRPCText.line("plain, ü and 日本"), "plain, ü and 日本")
        XCTAssertEqual(GRPCText.line("a\r\nb\u{0}\u{1b}[31m\u{85}"), #"a\x0d\x0ab\x00\x1b[31m\x85"#)
        XCTAssertEqual(GRPCText.maximumLine, 1_000)
        XCTAssertEqual(GRPCText.line(String(repeating: "ä", count: 500)), String(repeating: "ä", count: 500))
        XCTAssertEqual(GRPCText.line(String(repeating: "ä", count: 501)), String(repeating: "ä", count: 500) + "…")
    }

    func testLongTextIsCut() {
        XCTAssertEqual(GRPCText.maximumShown, 120)
        XCTAssertEqual(
            GRPCText.shown(String(repeating: "a", count: 120)), "\"" + String(repeating: "a", count: 120) + "\"")
        XCTAssertEqual(
            GRPCText.shown(String(repeating: "a", count: 121)), "\"" + String(repeating: "a", count: 120) + "\"…")
    }
}
