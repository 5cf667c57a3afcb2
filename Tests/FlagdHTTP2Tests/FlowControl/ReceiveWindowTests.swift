import XCTest

import FlagdHTTP2

final class ReceiveWindowTests: XCTestCase {
    func testItem45CreditIsHeldBackUntilHalfAWindow() {
        var window = ReceiveWindow(size: 1000, maximumSize: 1000)
        XCTAssertTrue(window.received(700))
        XCTAssertNil(window.used(499))
        XCTAssertEqual(window.used(1), 500)
        XCTAssertEqual(window.available, 800)
        XCTAssertNil(window.used(200))
        XCTAssertEqual(window.pendingCredit, 200)
    }

    func testItem42Overrun() {
        var window = ReceiveWindow(size: 1000, maximumSize: 1000)
        XCTAssertTrue(window.received(1000))
        XCTAssertFalse(window.received(1))
        XCTAssertTrue(window.received(0))
        // Credit that was not announced is not the peer's yet.
        XCTAssertNil(window.used(100))
        XCTAssertFalse(window.received(1))
    }

    func testItem15AllowanceForSettingsUnderWay() {
        var window = ReceiveWindow(size: 100, maximumSize: 100)
        XCTAssertTrue(window.received(65_535, allowance: 65_435))
        XCTAssertFalse(window.received(1, allowance: 65_435))
        XCTAssertEqual(window.available, -65_435)
        XCTAssertEqual(window.used(65_535), 65_535)
        XCTAssertEqual(window.available, 100)
    }

    func testItem38GrowsWithWhatIsRead() {
        var window = ReceiveWindow(size: 1000, maximumSize: 5000)
        var sizes: [Int] = []
        for _ in 0..<10 {
            XCTAssertTrue(window.received(window.available))
            XCTAssertNotNil(window.used(window.unread))
            sizes.append(window.size)
        }
        XCTAssertEqual(sizes, [2000, 4000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000])
        XCTAssertEqual(window.available, 5000)
    }

    func testItem38EachGrowthTakesAWholeWindow() {
        var window = ReceiveWindow(size: 1000, maximumSize: 64_000)
        var sizes: [Int] = []
        for _ in 0..<8 {
            XCTAssertTrue(window.received(500))
            _ = window.used(500)
            sizes.append(window.size)
        }
        XCTAssertEqual(sizes, [1000, 2000, 2000, 2000, 2000, 4000, 4000, 4000])
    }

    func testItem44UnreadNeverExceedsTheWindow() {
        var random = SeededGenerator(seed: 5)
        var window = ReceiveWindow(size: 1000, maximumSize: 64_000)
        var peerView = 1000
        for _ in 0..<20_000 {
            let sent = Int.random(in: 0...max(0, peerView), using: &random)
            XCTAssertTrue(window.received(sent))
            peerView -= sent
            XCTAssertLessThanOrEqual(window.unread, window.size)
            let read = Int.random(in: 0...window.unread, using: &random)
            peerView += Int(window.used(read) ?? 0)
            XCTAssertEqual(peerView, window.available)
        }
        XCTAssertEqual(window.size, 64_000)
    }

    func testUsingMoreThanWasReceivedIsCut() {
        var window = ReceiveWindow(size: 1000, maximumSize: 1000)
        XCTAssertTrue(window.received(600))
        XCTAssertEqual(window.used(.max), 600)
        XCTAssertNil(window.used(-5))
        XCTAssertEqual(window.available, 1000)
    }

    func testTinyWindowIsCreditedAtOnce() {
        var window = ReceiveWindow(size: 1, maximumSize: 1)
        XCTAssertTrue(window.received(1))
        XCTAssertEqual(window.used(1), 1)
        XCTAssertNil(window.used(0))
    }

    func testItem43LargestWindow() {
        var window = ReceiveWindow(size: 0x7fff_ffff, maximumSize: 0x7fff_ffff)
        XCTAssertTrue(window.received(0x7fff_ffff))
        XCTAssertEqual(window.used(0x7fff_ffff), 0x7fff_ffff)
        XCTAssertTrue(window.received(0x7fff_ffff))
        XCTAssertEqual(window.used(0x7fff_ffff), 0x7fff_ffff)
    }
}
