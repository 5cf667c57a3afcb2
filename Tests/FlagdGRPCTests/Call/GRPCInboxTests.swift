import FlagdGRPC
import XCTest

final class GRPCInboxTests: XCTestCase {
    private let end = GRPCCallEnd(GRPCStatus(.unavailable, "gone"))

    func testMessagesInOrder() {
        var inbox = GRPCInbox()
        XCTAssertNil(inbox.take())
        XCTAssertEqual(inbox.arrived(30, completing: [[1], [2]], isReaderWaiting: false), 0)
        XCTAssertEqual(inbox.arrived(10, completing: [[3]], isReaderWaiting: false), 0)
        XCTAssertEqual(inbox.waiting, 3)
        for (message, credit) in [([1] as [UInt8], 0), ([2], 0), ([3], 40)] {
            let taken = inbox.take()
            XCTAssertEqual(taken?.delivery, .message(message))
            XCTAssertEqual(taken?.credit, credit)
        }
        XCTAssertNil(inbox.take())
        XCTAssertEqual(inbox.waiting, 0)
    }

    func testReaderThatWaitsTakesTheFirstAtOnce() {
        var inbox = GRPCInbox()
        XCTAssertEqual(inbox.arrived(30, completing: [[1]], isReaderWaiting: true), 30)
        XCTAssertEqual(inbox.take()?.credit, 0)
        XCTAssertEqual(inbox.arrived(30, completing: [[1], [2]], isReaderWaiting: true), 0)
        XCTAssertEqual(inbox.take()?.credit, 0)
        XCTAssertEqual(inbox.take()?.credit, 30)
    }

    func testBytesWithoutAMessage() {
        var inbox = GRPCInbox()
        XCTAssertEqual(inbox.arrived(10, completing: [], isReaderWaiting: false), 10)
        XCTAssertEqual(inbox.arrived(10, completing: [], isReaderWaiting: true), 10)
        XCTAssertEqual(inbox.arrived(0, completing: [], isReaderWaiting: true), 0)
    }

    func testEndComesAfterTheMessagesAndStays() {
        var inbox = GRPCInbox()
        _ = inbox.arrived(10, completing: [[1]], isReaderWaiting: false)
        inbox.ended(end, keepsMessages: true)
        XCTAssertEqual(inbox.take()?.delivery, .message([1]))
        XCTAssertEqual(inbox.take()?.delivery, .end(end))
        XCTAssertEqual(inbox.take()?.delivery, .end(end))
    }

    func testCancelledCallHasNoMessages() {
        var inbox = GRPCInbox()
        _ = inbox.arrived(10, completing: [[1], [2]], isReaderWaiting: false)
        inbox.ended(end, keepsMessages: false)
        XCTAssertEqual(inbox.take()?.delivery, .end(end))
    }
}
