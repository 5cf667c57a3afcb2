import XCTest

import FlagdHTTP2

final class SendWindowTests: XCTestCase {
    func testItem41ExactlyTheMaximumIsLegal() {
        var window = SendWindow(size: 65_535)
        XCTAssertTrue(window.credited(0x7fff_ffff - 65_535))
        XCTAssertEqual(window.available, 0x7fff_ffff)
        XCTAssertFalse(window.credited(1))
        XCTAssertFalse(window.credited(0x7fff_ffff))
    }

    func testItem14InitialSizeMayTurnTheWindowNegative() {
        var window = SendWindow(size: 65_535)
        window.sent(60_000)
        XCTAssertTrue(window.initialSizeChanged(from: 65_535, to: 0))
        XCTAssertEqual(window.available, 0)
        XCTAssertTrue(window.credited(60_000))
        XCTAssertEqual(window.available, 0)
        XCTAssertTrue(window.credited(1))
        XCTAssertEqual(window.available, 1)
        XCTAssertTrue(window.initialSizeChanged(from: 0, to: 65_535))
        XCTAssertEqual(window.available, 65_536)
    }

    func testItem43NoOverflowInAnyOrder() {
        var window = SendWindow(size: 0x7fff_ffff)
        window.sent(0x7fff_ffff)
        XCTAssertTrue(window.initialSizeChanged(from: 0x7fff_ffff, to: 0))
        XCTAssertEqual(window.available, 0)
        XCTAssertTrue(window.credited(0x7fff_ffff))
        XCTAssertTrue(window.credited(0x7fff_ffff))
        XCTAssertFalse(window.initialSizeChanged(from: 0, to: 0x7fff_ffff))
    }
}
