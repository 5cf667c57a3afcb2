import XCTest

@testable import Flagd

final class SyncContextTests: XCTestCase {
    private let one = ArraySlice("one".utf8)
    private let two = ArraySlice("two".utf8)
    private let context: Structure = ["region": "eu"]

    func testContextOfTheMessageIsUsedAtOnce() {
        var join = SyncContext()
        XCTAssertEqual(join.messageArrived(one, context: context), .deliver(one, context))
        XCTAssertEqual(join.messageArrived(two, context: nil), .deliver(two, context))
        XCTAssertEqual(join.messageArrived(one, context: [:]), .deliver(one, [:]))
    }

    func testServerIsAskedOnce() {
        var join = SyncContext()
        XCTAssertEqual(join.messageArrived(one, context: nil), .ask)
        XCTAssertEqual(join.answered(context), .deliver(one, context))
        XCTAssertEqual(join.messageArrived(two, context: nil), .deliver(two, context))
    }

    func testNoAnswerIsNoContext() {
        var join = SyncContext()
        XCTAssertEqual(join.messageArrived(one, context: nil), .ask)
        XCTAssertEqual(join.answered(nil), .deliver(one, nil))
        XCTAssertEqual(join.messageArrived(two, context: nil), .deliver(two, nil))
    }

    func testOnlyTheNewestSetWaitsForTheAnswer() {
        var join = SyncContext()
        XCTAssertEqual(join.messageArrived(one, context: nil), .ask)
        XCTAssertEqual(join.messageArrived(two, context: nil), .wait)
        XCTAssertEqual(join.answered(context), .deliver(two, context))
    }

    func testContextOfALaterMessageOutstripsTheAnswer() {
        var join = SyncContext()
        XCTAssertEqual(join.messageArrived(one, context: nil), .ask)
        XCTAssertEqual(join.messageArrived(two, context: context), .deliver(two, context))
        XCTAssertEqual(join.answered(["region": "us"]), .wait)
        XCTAssertEqual(join.messageArrived(one, context: nil), .deliver(one, context))
    }
}
