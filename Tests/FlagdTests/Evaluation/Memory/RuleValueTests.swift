import XCTest

@testable import Flagd

final class RuleValueTests: XCTestCase {
    private let arena = Arena()

    func testValuesTakeSixteenBytes() {
        XCTAssertEqual(MemoryLayout<RuleValue>.size, 16)
        XCTAssertEqual(MemoryLayout<ObjectMember>.stride, 32)
    }

    func testScalars() {
        XCTAssertEqual(RuleValue(true).kind, .boolean)
        XCTAssertTrue(RuleValue(true).isTrue)
        XCTAssertFalse(RuleValue(false).isTrue)
        XCTAssertEqual(RuleValue(Int64.min).integer, .min)
        XCTAssertEqual(RuleValue(-0.5).double, -0.5)
        XCTAssertEqual(RuleValue(unsigned: 5).kind, .integer)
        XCTAssertEqual(RuleValue(unsigned: 1 << 63).kind, .unsigned)
        XCTAssertEqual(RuleValue(unsigned: 1 << 63).bits, 1 << 63)
        XCTAssertEqual(RuleValue(arena.copy("text")).text.string, "text")
        XCTAssertEqual(RuleValue.emptyText.text.count, 0)
    }

    func testWhatIsOfAnotherKindIsEmpty() {
        for value in [RuleValue(true), .null, .failed, RuleValue(1.5), RuleValue(Int64(7))] {
            XCTAssertTrue(value.text.isEmpty)
            XCTAssertTrue(value.elements.isEmpty)
            XCTAssertEqual(value.members.count, 0)
        }
    }

    func testTruth() {
        let falsy: [Value] = [.null, false, 0, 0.0, -0.0, "", [], [:]]
        let truthy: [Value] = [true, 1, -1, 0.5, "0", [.null], ["a": .null], .unsignedInteger(.max)]
        for value in falsy { XCTAssertFalse(RuleValue(value, arena: arena).isTruthy, "\(value)") }
        for value in truthy { XCTAssertTrue(RuleValue(value, arena: arena).isTruthy, "\(value)") }
        XCTAssertFalse(RuleValue.failed.isTruthy)
    }

    func testMarkAndSplitLeaveTheValueAlone() {
        var value = RuleValue(arena.copy("text"))
        XCTAssertEqual(value.mark, 0)
        XCTAssertFalse(value.isSplit)
        value.mark = UInt32(RuleValue.maximumMark) + 1
        value.isSplit = true
        XCTAssertEqual(value.mark, UInt32(RuleValue.maximumMark) + 1)
        XCTAssertTrue(value.isSplit)
        XCTAssertEqual(value.kind, .text)
        XCTAssertEqual(value.text.string, "text")
        value.mark = 0
        XCTAssertTrue(value.isSplit)
        value.isSplit = false
        XCTAssertEqual(value.mark, 0)
        XCTAssertEqual(value.count, 4)
    }

    func testNodesOfContainers() {
        let node = RuleValue(container: .object, index: 7, count: 2)
        XCTAssertEqual(node.kind, .object)
        XCTAssertEqual(node.bits, 7)
        XCTAssertEqual(node.count, 2)
        let outermost = RuleValue(container: .list, index: -1, count: 0)
        XCTAssertEqual(outermost.kind, .list)
        XCTAssertEqual(Int(truncatingIfNeeded: outermost.bits), -1)
    }

    func testFailedIsNullAsData() {
        XCTAssertTrue(RuleValue.failed.asData.isNull)
        XCTAssertFalse(RuleValue.failed.isNull)
        XCTAssertTrue(RuleValue.failed.isFailed)
        XCTAssertEqual(RuleValue(Int64(5)).asData.integer, 5)
    }

    func testListsAndObjects() {
        let list = RuleValue(["a", [1, 2], .null], arena: arena)
        XCTAssertEqual(list.kind, .list)
        XCTAssertEqual(list.elements.count, 3)
        XCTAssertEqual(list.elements[1].elements.map(\.integer), [1, 2])
        let object = RuleValue(["a": 1, "b": "x"], arena: arena)
        XCTAssertEqual(object.kind, .object)
        XCTAssertEqual(object.members.count, 2)
        XCTAssertEqual(RuleValue([:], arena: arena).members.count, 0)
    }
}
