import FlagdGRPC
import XCTest

final class GRPCFlowCreditTests: XCTestCase {
    func testItem44EverythingIsGivenBackWhileNoMessageWaits() {
        var credit = GRPCFlowCredit()
        XCTAssertEqual(credit.received(1000, waiting: 0), 1000)
        XCTAssertEqual(credit.received(500, waiting: 0), 500)
    }

    func testItem44NothingIsGivenBackWhileOneWaits() {
        var credit = GRPCFlowCredit()
        XCTAssertEqual(credit.received(10, waiting: 1), 0)
        XCTAssertEqual(credit.received(20, waiting: 1), 0)
        XCTAssertEqual(credit.received(30, waiting: 3), 0)
        XCTAssertEqual(credit.taken(waiting: 2), 0)
        XCTAssertEqual(credit.taken(waiting: 1), 0)
        XCTAssertEqual(credit.taken(waiting: 0), 60)
        XCTAssertEqual(credit.taken(waiting: 0), 0)
    }

    func testMessageLongerThanTheWindowGetsThrough() {
        // A server that may send 100 bytes at a time, and a message of 1000: with none waiting it is never stuck.
        var credit = GRPCFlowCredit()
        var window = 100
        var sent = 0
        while sent < 1000 {
            XCTAssertGreaterThan(window, 0, "stuck after \(sent) bytes")
            guard window > 0 else { return }
            sent += window
            window = credit.received(window, waiting: sent < 1000 ? 0 : 1)
        }
        XCTAssertEqual(credit.taken(waiting: 0), 100)
    }
}
