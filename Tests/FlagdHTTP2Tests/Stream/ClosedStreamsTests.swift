import XCTest

import FlagdHTTP2

final class ClosedStreamsTests: XCTestCase {
    private let first = HTTP2StreamID(1)

    func testItem30FramesBehindTheEndAreRejectedOnce() {
        var closed = ClosedStreams(capacity: 10)
        closed.insert(first, .byPeer, resetSent: false)
        XCTAssertEqual(closed.frameReceived(first, endStream: false), .reject)
        XCTAssertEqual(closed.frameReceived(first, endStream: false), .count)
    }

    func testItem28FramesBehindOurResetAreIgnoredUntilTheirEnd() {
        var closed = ClosedStreams(capacity: 10)
        closed.insert(first, .byReset, resetSent: true)
        for _ in 0..<5 { XCTAssertEqual(closed.frameReceived(first, endStream: false), .ignore) }
        XCTAssertEqual(closed.frameReceived(first, endStream: true), .ignore)
        XCTAssertEqual(closed.frameReceived(first, endStream: true), .count)
    }

    func testResetOfThePeerIsAnEnd() {
        var closed = ClosedStreams(capacity: 10)
        closed.insert(first, .byReset, resetSent: true)
        closed.resetReceived(first)
        XCTAssertEqual(closed.frameReceived(first, endStream: false), .count)
        closed.resetReceived(HTTP2StreamID(99))
    }

    func testItem126TheOldestIsForgotten() {
        var closed = ClosedStreams(capacity: 2)
        for id in [1, 3, 5] as [UInt32] { closed.insert(HTTP2StreamID(id), .byPeer, resetSent: false) }
        XCTAssertEqual(closed.frameReceived(first, endStream: false), .ignore)
        XCTAssertEqual(closed.frameReceived(HTTP2StreamID(3), endStream: false), .reject)
        XCTAssertEqual(closed.frameReceived(HTTP2StreamID(5), endStream: false), .reject)
        var none = ClosedStreams(capacity: 0)
        none.insert(first, .byPeer, resetSent: false)
        XCTAssertEqual(none.frameReceived(first, endStream: false), .ignore)
    }
}
