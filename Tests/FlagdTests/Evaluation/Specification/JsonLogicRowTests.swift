import XCTest

@testable import Flagd

/// One test for each row of the table in the specification: evaluation, "JsonLogic", first half.
final class JsonLogicRowTests: XCTestCase {
    func testRowTruthy() {
        for falsy in ["false", "null", "0", "0.0", "-0.0", #""""#, "[]", "{}"] {
            assertOperator("!!", falsy, gives: "false")
            assertOperator("!", falsy, gives: "true")
            assertRule(#"{"if":[\#(falsy),1,2]}"#, gives: "2")
        }
        for truthy in ["true", "1", "-1", "0.1", #""0""#, #""false""#, #"" ""#, "[0]", "[[]]", #"{"a":0,"b":0}"#] {
            assertOperator("!!", truthy, gives: "true")
            assertOperator("!", truthy, gives: "false")
            assertRule(#"{"if":[\#(truthy),1,2]}"#, gives: "1")
        }
    }

    func testRowTruthyOfObjectsFromData() {
        assertRule(#"{"!!":{"var":"o"}}"#, #"{"o":{}}"#, gives: "false")
        assertRule(#"{"!!":{"var":"o"}}"#, #"{"o":{"a":null}}"#, gives: "true")
    }

    func testRowEqualSameType() {
        assertOperator("==", "1", "1", gives: "true")
        assertOperator("==", "1", "2", gives: "false")
        assertOperator("==", "1", "1.0", gives: "true")
        assertOperator("==", #""a""#, #""a""#, gives: "true")
        assertOperator("==", #""a""#, #""A""#, gives: "false")
        assertOperator("==", #""1""#, #""1.0""#, gives: "false")
        assertOperator("==", "true", "true", gives: "true")
        assertOperator("==", "true", "false", gives: "false")
    }

    func testRowEqualListsAndObjectsByValue() {
        assertOperator("==", "[1,[2,\"x\"]]", "[1.0,[2,\"x\"]]", gives: "true")
        assertOperator("==", "[1,2]", "[2,1]", gives: "false")
        assertOperator("==", "[1]", "[1,1]", gives: "false")
        assertOperator("==", "[1]", #"["1"]"#, gives: "false")
        let objects = #"{"==":[{"var":"a"},{"var":"b"}]}"#
        assertRule(objects, #"{"a":{"x":1,"y":[]},"b":{"y":[],"x":1.0}}"#, gives: "true")
        assertRule(objects, #"{"a":{"x":1},"b":{"x":1,"y":2}}"#, gives: "false")
        assertRule(objects, #"{"a":{"x":1},"b":{"y":1}}"#, gives: "false")
        assertRule(objects, #"{"a":{"é":1},"b":{"e\u0301":1}}"#, gives: "false")
        assertRule(objects, #"{"a":{},"b":[]}"#, gives: "false")
    }

    func testRowEqualNumberWithText() {
        assertOperator("==", "1", #""1""#, gives: "true")
        assertOperator("==", #""1.0""#, "1", gives: "true")
        assertOperator("==", #"" 1\t""#, "1", gives: "true")
        assertOperator("==", #""""#, "0", gives: "true")
        assertOperator("==", #""1e2""#, "100", gives: "true")
        assertOperator("==", #""x""#, "0", gives: "false")
        assertOperator("==", #""0x10""#, "16", gives: "false")
        assertOperator("==", #""9007199254740993""#, "9007199254740993", gives: "true")
        assertOperator("==", #""9007199254740993""#, "9007199254740992", gives: "false")
    }

    func testRowEqualBooleanWithNumberOrText() {
        assertOperator("==", "true", "1", gives: "true")
        assertOperator("==", "true", "1.0", gives: "true")
        assertOperator("==", "false", "0", gives: "true")
        assertOperator("==", "true", "2", gives: "false")
        assertOperator("==", "true", #""1""#, gives: "true")
        assertOperator("==", "false", #""""#, gives: "true")
        assertOperator("==", "true", #""true""#, gives: "false")
    }

    func testRowEqualNullEqualsOnlyNull() {
        assertOperator("==", "null", "null", gives: "true")
        for other in ["0", "false", #""""#, "[]", #""null""#] {
            assertOperator("==", "null", other, gives: "false")
            assertOperator("==", other, "null", gives: "false")
            assertOperator("!=", other, "null", gives: "true")
        }
        assertRule(#"{"==":[{"var":"absent"},null]}"#, gives: "true")
    }

    func testRowEqualOtherwiseFalse() {
        for (left, right) in [("[1]", "1"), ("[]", "0"), ("[]", #""""#), (#"["a"]"#, #""a""#), ("[]", "false")] {
            assertOperator("==", left, right, gives: "false")
            assertOperator("==", right, left, gives: "false")
            assertOperator("!=", right, left, gives: "true")
        }
    }

    func testRowStrictEqual() {
        assertOperator("===", "1", "1.0", gives: "true")
        assertOperator("===", "1", #""1""#, gives: "false")
        assertOperator("===", "true", "1", gives: "false")
        assertOperator("===", #""a""#, #""a""#, gives: "true")
        assertOperator("===", "null", "null", gives: "true")
        assertOperator("===", "null", "false", gives: "false")
        assertOperator("===", "[1,[2]]", "[1.0,[2]]", gives: "true")
        assertOperator("===", "[1]", #"["1"]"#, gives: "false")
        assertOperator("!==", "1", #""1""#, gives: "true")
        assertOperator("!==", "1", "1.0", gives: "false")
    }

    func testRowStrictEqualIntegerAndDoubleExactly() {
        assertOperator("===", "9007199254740993", "9007199254740992.0", gives: "false")
        assertOperator("===", "9007199254740992", "9007199254740992.0", gives: "true")
        assertOperator("===", "9223372036854775807", "9223372036854775808.0", gives: "false")
        assertOperator("===", "9223372036854775808", "9223372036854775808.0", gives: "true")
        assertOperator("===", "18446744073709551615", "18446744073709551616.0", gives: "false")
        assertOperator("===", "9223372036854775807", "9223372036854775808", gives: "false")
        assertOperator("===", "-9223372036854775808", "-9223372036854775808.0", gives: "true")
        assertOperator("==", "9223372036854775806", "9223372036854775807", gives: "false")
    }

    func testRowComparisonsOfLessThanTwoArguments() {
        for name in ["==", "===", "<", "<=", ">", ">="] {
            assertOperator(name, gives: "false")
            assertOperator(name, "null", gives: "false")
            assertOperator(name, "1", gives: "false")
            assertRule(#"{"\#(name)":1}"#, gives: "false")
        }
        for name in ["!=", "!=="] {
            assertOperator(name, gives: "true")
            assertOperator(name, "1", gives: "true")
            assertRule(#"{"\#(name)":null}"#, gives: "true")
        }
    }

    func testRowOrderOfTexts() {
        assertOperator("<", #""a""#, #""b""#, gives: "true")
        assertOperator("<", #""b""#, #""a""#, gives: "false")
        assertOperator("<", #""10""#, #""9""#, gives: "true")
        assertOperator("<", #""""#, #""a""#, gives: "true")
        assertOperator("<", #""a""#, #""ab""#, gives: "true")
        assertOperator("<=", #""a""#, #""a""#, gives: "true")
        assertOperator(">", #""Z""#, #""a""#, gives: "false")
        // U+FFFF is before U+10000 by scalars, behind it by UTF-16 units.
        assertOperator("<", #""\uffff""#, #""\ud800\udc00""#, gives: "true")
        // "é" as one scalar is behind "f"; canonical equivalence would not matter, the collation would.
        assertOperator("<", #""\u00e9""#, #""f""#, gives: "false")
    }

    func testRowOrderAsNumbers() {
        assertOperator("<", "1", "2", gives: "true")
        assertOperator("<", "1", #""2""#, gives: "true")
        assertOperator(">", #""10""#, "9", gives: "true")
        assertOperator("<", "false", "true", gives: "true")
        assertOperator(">=", "true", #""1""#, gives: "true")
        assertOperator("<=", "1", "1.0", gives: "true")
        assertOperator("<", "9007199254740992.0", "9007199254740993", gives: "true")
        assertOperator("<", "9223372036854775807", "9223372036854775808", gives: "true")
        assertOperator(">", "18446744073709551615", "-1", gives: "true")
        assertOperator("<", "-0.5", "0", gives: "true")
        assertOperator(">", "18446744073709551615", "-0.5", gives: "true")
        assertOperator("<", "1.5", "2", gives: "true")
        assertOperator("<", "2", "1.5", gives: "false")
    }

    func testRowOrderOfNull() {
        assertOperator("<", "null", "1", gives: "true")
        assertOperator(">", "null", "-1", gives: "true")
        assertOperator("<", "null", "0", gives: "false")
        assertOperator("<=", "null", "0", gives: "false")
        assertOperator(">=", "null", "false", gives: "false")
        assertOperator("<=", "null", "null", gives: "true")
        assertOperator(">=", "null", "null", gives: "true")
        assertOperator("<=", "null", "1", gives: "true")
        assertOperator(">", #""a""#, "null", gives: "false")
        assertRule(#"{"<":[{"var":"absent"},1]}"#, gives: "true")
    }

    func testRowOrderOfNotNumeric() {
        for name in ["<", "<=", ">", ">="] {
            assertOperator(name, #""x""#, "1", gives: "false")
            assertOperator(name, "1", #""x""#, gives: "false")
            assertOperator(name, "[1]", "2", gives: "false")
            assertOperator(name, "[]", "[]", gives: "false")
            assertOperator(name, "[1]", "[1]", gives: "false")
        }
        assertRule(#"{"<=":[{"var":"o"},{"var":"o"}]}"#, #"{"o":{"a":1}}"#, gives: "false")
    }

    func testRowOrderOfThreeIsBetween() {
        assertOperator("<", "1", "2", "3", gives: "true")
        assertOperator("<", "1", "3", "3", gives: "false")
        assertOperator("<", "2", "2", "3", gives: "false")
        assertOperator("<=", "1", "3", "3", gives: "true")
        assertOperator("<=", "1", "1", "1", gives: "true")
        assertOperator(">", "3", "2", "1", gives: "true")
        assertOperator(">", "3", "2", "2", gives: "false")
        assertOperator(">=", "3", "2", "2", gives: "true")
        assertOperator("<", "1", "2", #""x""#, gives: "false")
        assertOperator("<", "1", "2", "3", "0", gives: "true")
    }

    func testRowNumbersFromText() {
        let numbers = [
            (#""""#, "0"), (#"" ""#, "0"), (#""\t\n\u000b\f\r 7 ""#, "7"), (#""+1""#, "1"), (#""-1""#, "-1"),
            (#"".5""#, "0.5"), (#""-.5""#, "-0.5"), (#""1.""#, "1"), (#""01""#, "1"), (#""007.50""#, "7.5"),
            (#""1e3""#, "1000"), (#""1E+3""#, "1000"), (#""25e-1""#, "2.5"), (#"".5e1""#, "5"), (#""1.e1""#, "10"),
            (#""9223372036854775807""#, "9223372036854775807"), (#""-9223372036854775808""#, "-9223372036854775808"),
            (#""18446744073709551615""#, "18446744073709551615"), (#""1e-400""#, "0"),
        ]
        for (text, number) in numbers { assertOperator("+", text, gives: number) }
        assertOperator("+", "true", gives: "1")
        assertOperator("+", "false", gives: "0")
        assertOperator("+", "null", gives: "0")
    }

    func testRowNumbersFromWhatIsNotNumeric() {
        let texts = [
            #""x""#, #""1x""#, #""0x10""#, #""0b1""#, #""1 2""#, #"".""#, #""+""#, #""-""#, #""e1""#, #"".e1""#,
            #""1e""#, #""1e+""#, #""--1""#, #""+-1""#, #""1_000""#, #""1,5""#, #""nan""#, #""NaN""#, #""inf""#,
            #""infinity""#, #""\u00a01""#, #""\u0661""#, #""1\u0000""#, #""1e400""#, #""-1e400""#,
        ]
        for text in texts { assertOperator("+", text, gives: "null") }
        for other in ["[]", "[1]", #"["1"]"#] { assertRule(#"{"+":[\#(other)]}"#, gives: "null") }
        assertRule(#"{"+":[{"var":"o"}]}"#, #"{"o":{"a":1}}"#, gives: "null")
    }

    func testRowNumbersFromInfinityOnlyToCompare() {
        for infinity in ["Infinity", "+Infinity"] {
            assertOperator(">", #""\#(infinity)""#, "1e308", gives: "true")
            assertOperator("<", "18446744073709551615", #"" \#(infinity) ""#, gives: "true")
        }
        assertOperator("<", #""-Infinity""#, "-1e308", gives: "true")
        assertOperator("<", #""-Infinity""#, "-9223372036854775808", gives: "true")
        assertOperator("==", #""Infinity""#, "1", gives: "false")
        for name in ["+", "-", "*", "/", "max", "min"] {
            assertOperator(name, #""Infinity""#, gives: "null")
            assertOperator(name, "1", #""-Infinity""#, gives: "null")
        }
        assertOperator("%", #""Infinity""#, "2", gives: "null")
        assertOperator("%", "2", #""Infinity""#, gives: "null")
        assertOperator("substr", #""abc""#, #""Infinity""#, gives: #""abc""#)
    }
}
