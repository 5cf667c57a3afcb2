import XCTest

import FlagdHTTP2

final class HeaderFieldTests: XCTestCase {
    func testEqualityIsByteWise() {
        // One letter, and the same letter from two code points: equal as strings, different on the wire.
        let composed = HeaderField("x", "\u{e9}")
        let decomposed = HeaderField("x", "e\u{301}")
        XCTAssertEqual(composed.value, decomposed.value)
        XCTAssertNotEqual(composed, decomposed)
        XCTAssertEqual(composed, HeaderField("x", "\u{e9}"))
        XCTAssertNotEqual(HeaderField("x", "y"), HeaderField("x", "y", isSensitive: true))
    }

    func testEqualFieldsHashAlike() {
        XCTAssertEqual(Set([HeaderField("a", "b"), HeaderField("a", "b"), HeaderField("a", "c")]).count, 2)
    }

    func testSensitiveValueIsNotDescribed() {
        XCTAssertEqual("\(HeaderField("a", "b"))", "a: b")
        XCTAssertFalse("\(HeaderField("authorization", "secret", isSensitive: true))".contains("secret"))
    }

    func testItem67SizeCounts32BytesPerField() {
        XCTAssertEqual(HeaderField("ab", "cde").listSize, 37)
        XCTAssertEqual(HeaderField("", "\u{e9}").listSize, 34)
    }
}
