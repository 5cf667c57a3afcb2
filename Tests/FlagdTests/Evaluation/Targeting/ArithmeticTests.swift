import XCTest

@testable import Flagd

final class ArithmeticTests: XCTestCase {
    private let arena = Arena()

    private func value(_ value: Value) -> RuleValue { RuleValue(value, arena: arena) }

    func testNumber() {
        XCTAssertEqual(Arithmetic.number(value(5))?.integer, 5)
        XCTAssertEqual(Arithmetic.number(value("5"))?.integer, 5)
        XCTAssertEqual(Arithmetic.number(value("0.5"))?.double, 0.5)
        XCTAssertEqual(Arithmetic.number(value(true))?.integer, 1)
        XCTAssertEqual(Arithmetic.number(.null)?.integer, 0)
        XCTAssertEqual(Arithmetic.number(value("Infinity"))?.double, .infinity)
        for other in [value("x"), value([]), value([:]), .failed] { XCTAssertNil(Arithmetic.number(other)) }
    }

    func testOverflowBecomesADouble() {
        let (low, high) = (RuleValue(Int64.min), RuleValue(Int64.max))
        XCTAssertEqual(Arithmetic.add(high, RuleValue(Int64(1))).double, 0x1p63)
        XCTAssertEqual(Arithmetic.subtract(low, RuleValue(Int64(1))).double, -0x1p63)
        XCTAssertEqual(Arithmetic.multiply(high, high).double, 0x1p126)
        XCTAssertEqual(Arithmetic.divide(low, RuleValue(Int64(-1))).double, 0x1p63)
        XCTAssertEqual(Arithmetic.remainder(low, RuleValue(Int64(-1))).integer, 0)
        XCTAssertEqual(Arithmetic.negate(low).double, 0x1p63)
        XCTAssertEqual(Arithmetic.add(low, high).integer, -1)
    }

    func testFailures() {
        for failed in [
            Arithmetic.add(.failed, .null), Arithmetic.add(.null, .failed), Arithmetic.divide(value(1), value(0)),
            Arithmetic.divide(value(1), value(-0.0)), Arithmetic.remainder(value(1), value("")),
            Arithmetic.multiply(value(1e308), value(10)), Arithmetic.subtract(value("Infinity"), value(1)),
            Arithmetic.cast(value("x")), Arithmetic.negate(value([])), Arithmetic.divide(value(1e308), value(1e-308)),
        ] {
            XCTAssertTrue(failed.isFailed)
        }
    }

    func testQuotientsStayIntegersOnlyWhenExact() {
        XCTAssertEqual(Arithmetic.divide(value(6), value(3)).kind, .integer)
        XCTAssertEqual(Arithmetic.divide(value(7), value(2)).double, 3.5)
        XCTAssertEqual(Arithmetic.divide(value(-7), value(7)).integer, -1)
        XCTAssertEqual(Arithmetic.divide(value(6.0), value(3)).kind, .double)
    }

    func testTruncated() {
        let cases: [(Value, Int)] = [
            (1.9, 1), (-1.9, -1), ("2.5", 2), (true, 1), (.null, 0), ("x", 0), ([], 0), (.unsignedInteger(.max), .max),
            (1e300, .max),
            (-1e300, .min), (.integer(.min), .min), ("Infinity", 0),
        ]
        for (number, whole) in cases { XCTAssertEqual(Arithmetic.truncated(value(number)), whole, "\(number)") }
        XCTAssertEqual(Arithmetic.truncated(.failed), 0)
    }

    func testExtreme() {
        let list = value([3, "10", 2.5, true]).elements
        XCTAssertEqual(Arithmetic.extreme(list, isMaximum: true).integer, 10)
        XCTAssertEqual(Arithmetic.extreme(list, isMaximum: false).integer, 1)
        XCTAssertTrue(Arithmetic.extreme(.empty, isMaximum: true).isNull)
        XCTAssertTrue(Arithmetic.extreme(value([1, "x"]).elements, isMaximum: true).isFailed)
    }
}
