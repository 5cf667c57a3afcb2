import XCTest

import FlagdHTTP2

final class HPACKErrorTests: XCTestCase {
    func testEachErrorHasItsOwnText() {
        let texts = HPACKError.allCases.map(\.description)
        XCTAssertEqual(Set(texts).count, texts.count)
        XCTAssertFalse(texts.contains(""))
    }
}
