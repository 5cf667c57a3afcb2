import XCTest

@testable import Flagd

final class ValueListTests: XCTestCase {
    func testElements() {
        let arena = Arena()
        let list = ValueList(arena.copy([RuleValue(Int64(1)), RuleValue(true), .null]), count: 3)
        XCTAssertEqual(list.count, 3)
        XCTAssertEqual(list.map(\.kind), [.integer, .boolean, .null])
        XCTAssertEqual(RuleValue(list: list).elements.count, 3)
        XCTAssertEqual(list.reversed().map(\.kind), [.null, .boolean, .integer])
    }

    func testEmpty() {
        XCTAssertTrue(ValueList.empty.isEmpty)
        XCTAssertEqual(ValueList(nil, count: 5).count, 0)
        XCTAssertEqual(RuleValue(list: .empty).elements.count, 0)
    }

    func testAreSmall() {
        let arena = Arena()
        let small = [RuleValue(Int64.min), RuleValue(unsigned: .max), RuleValue(-1.5), RuleValue(true), .null, .failed]
        let large = [RuleValue(ByteView("a")), RuleValue(list: ValueList(arena.copy(small), count: 1))]
        let values = small + [.emptyText, RuleValue(list: .empty)]
        XCTAssertTrue(ValueList(arena.copy(values), count: values.count).areSmall)
        for value in large {
            let values = small + [value]
            XCTAssertFalse(ValueList(arena.copy(values), count: values.count).areSmall)
        }
        XCTAssertTrue(ValueList.empty.areSmall)
    }

    func testOfOne() {
        XCTAssertEqual(ValueList.withOne(RuleValue(Int64(7))) { $0.map(\.integer) }, [7])
    }
}
