import XCTest

@testable import Flagd

final class ComparisonTests: XCTestCase {
    private let arena = Arena()

    private func value(_ value: Value) -> RuleValue { RuleValue(value, arena: arena) }

    private func strictly(_ left: Value, _ right: Value) -> Bool {
        var steps = 1000
        return Comparison.strictlyEqual(value(left), value(right), &steps)
    }

    /// In ascending order, across the kinds of numbers.
    private let ascending: [Value] = [
        -1e300, -0x1p63, .integer(.min + 1), -1.5, -1, -0.5, 0, 0.5, 1, 9_007_199_254_740_992, 9_007_199_254_740_993,
        .integer(.max),
        .unsignedInteger(1 << 63), .unsignedInteger(1 << 63 + 1), .unsignedInteger(.max), 0x1p64, 1e300,
    ]

    func testOrderOfNumbers() {
        for (low, left) in ascending.enumerated() {
            for (high, right) in ascending.enumerated() {
                XCTAssertEqual(Comparison.order(value(left), value(right)), (low - high).signum(), "\(left) \(right)")
                XCTAssertEqual(Comparison.isLess(value(left), value(right)), low < high)
                XCTAssertEqual(Comparison.isLessOrEqual(value(left), value(right)), low <= high)
                XCTAssertEqual(strictly(left, right), low == high)
            }
        }
    }

    func testOrderOfEqualNumbersOfDifferentKinds() {
        for (left, right) in [(1, 1.0), (.integer(.min), -0x1p63), (.unsignedInteger(1 << 63), 0x1p63), (0, -0.0)]
            as [(Value, Value)]
        {
            XCTAssertEqual(Comparison.order(value(left), value(right)), 0)
            XCTAssertTrue(strictly(left, right))
            XCTAssertTrue(strictly(right, left))
        }
    }

    func testOrderWithInfinity() {
        for number in ascending {
            XCTAssertEqual(Comparison.order(value(number), RuleValue(Double.infinity)), -1)
            XCTAssertEqual(Comparison.order(RuleValue(-Double.infinity), value(number)), -1)
        }
        XCTAssertEqual(Comparison.order(RuleValue(Double.infinity), RuleValue(Double.infinity)), 0)
    }

    func testOrderOfWhatIsNoNumber() {
        for other in [RuleValue(true), .null, .failed, value("1"), value([])] {
            XCTAssertNil(Comparison.order(other, value(1)))
            XCTAssertNil(Comparison.order(value(1), other))
        }
    }

    func testFailedEqualsNothing() {
        var steps = 1000
        for other in [RuleValue.failed, .null, RuleValue(Int64(0)), .emptyText] {
            XCTAssertFalse(Comparison.strictlyEqual(.failed, other, &steps))
            XCTAssertFalse(Comparison.looselyEqual(.failed, other, &steps))
            XCTAssertFalse(Comparison.looselyEqual(other, .failed, &steps))
            XCTAssertFalse(Comparison.isLess(.failed, other))
            XCTAssertFalse(Comparison.isLessOrEqual(.failed, other))
        }
    }

    func testElementsCostSteps() {
        let list: Value = .list((0..<10).map { .list([.integer($0)]) })
        var steps = 20
        XCTAssertTrue(Comparison.strictlyEqual(value(list), value(list), &steps))
        XCTAssertEqual(steps, 0)
        steps = 19
        XCTAssertFalse(Comparison.strictlyEqual(value(list), value(list), &steps))
        XCTAssertLessThan(steps, 0)
        let object: Value = .structure(Structure(members: (0..<10).map { ("k\($0)", .integer($0)) }))
        steps = 10
        XCTAssertTrue(Comparison.strictlyEqual(value(object), value(object), &steps))
        XCTAssertEqual(steps, 0)
        steps = 9
        XCTAssertFalse(Comparison.strictlyEqual(value(object), value(object), &steps))
        XCTAssertLessThan(steps, 0)
    }

    func testListsOfDifferentLengthsCostNothing() {
        var steps = 0
        XCTAssertFalse(Comparison.strictlyEqual(value([1, 2]), value([1]), &steps))
        XCTAssertEqual(steps, 0)
    }
}
