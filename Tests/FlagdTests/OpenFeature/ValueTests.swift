import XCTest

@testable import Flagd

final class ValueTests: XCTestCase {
    func testLiterals() {
        XCTAssertEqual(true as Value, .boolean(true))
        XCTAssertEqual(5 as Value, .integer(5))
        XCTAssertEqual(1.5 as Value, .double(1.5))
        XCTAssertEqual("x" as Value, .string("x"))
        XCTAssertEqual([1, "x", [true]] as Value, .list([.integer(1), .string("x"), .list([.boolean(true)])]))
        XCTAssertEqual(
            ["a": 1, "b": ["c": 2.5]] as Value, .structure(["b": .structure(["c": .double(2.5)]), "a": .integer(1)]))
        XCTAssertEqual(["a": 1, "a": 2] as Value, ["a": 2])
    }

    func testEqualityOfNumbersIsExact() {
        XCTAssertEqual(1 as Value, 1.0)
        XCTAssertEqual(Value.unsignedInteger(1 << 63), .double(0x1p63))
        XCTAssertEqual(Value.integer(7), .unsignedInteger(7))
        XCTAssertNotEqual(Value.integer(9_007_199_254_740_993), .double(9_007_199_254_740_992))
        XCTAssertNotEqual(Value.unsignedInteger(.max), .double(0x1p64))
        XCTAssertNotEqual(Value.integer(-1), .unsignedInteger(.max))
        XCTAssertNotEqual(1 as Value, true)
        XCTAssertNotEqual(0 as Value, .null)
        XCTAssertNotEqual(Value.double(.nan), .double(.nan))
    }

    func testEqualityOfTextIsByUTF8() {
        XCTAssertNotEqual("é" as Value, "e\u{301}")
        XCTAssertEqual("é" as Value, "\u{e9}")
        XCTAssertNotEqual("1" as Value, 1)
    }

    func testUnsignedIntegersThatAreSmall() {
        XCTAssertEqual(Value(UInt64(5)), .integer(5))
        if case .integer = Value(UInt64(Int64.max)) {} else { XCTFail("not an integer") }
        if case .unsignedInteger = Value(UInt64(1) << 63) {} else { XCTFail("not unsigned") }
    }

    func testAccessors() {
        XCTAssertEqual((true as Value).booleanValue, true)
        XCTAssertNil((1 as Value).booleanValue)
        XCTAssertEqual(("x" as Value).stringValue, "x")
        XCTAssertNil((1 as Value).stringValue)
        XCTAssertEqual(([1] as Value).listValue, [1])
        XCTAssertNil((["a": 1] as Value).listValue)
        XCTAssertEqual((["a": 1] as Value).structureValue, ["a": 1])
        XCTAssertNil(([] as Value).structureValue)
        XCTAssertTrue(Value.null.isNull)
        XCTAssertFalse((0 as Value).isNull)
    }

    func testNumericAccessorsAreLossless() {
        XCTAssertEqual((10.0 as Value).integerValue, 10)
        XCTAssertNil((3.14 as Value).integerValue)
        XCTAssertNil((1e300 as Value).integerValue)
        XCTAssertNil(Value.unsignedInteger(.max).integerValue)
        XCTAssertNil(("10" as Value).integerValue)
        XCTAssertNil((true as Value).integerValue)
        XCTAssertEqual(Value.integer(.min).integerValue, .min)
        XCTAssertEqual((10 as Value).doubleValue, 10)
        XCTAssertNil(Value.integer(9_007_199_254_740_993).doubleValue)
        XCTAssertEqual(Value.unsignedInteger(1 << 63).doubleValue, 0x1p63)
        XCTAssertNil(Value.unsignedInteger(.max).doubleValue)
        XCTAssertNil(("1.5" as Value).doubleValue)
    }
}
