import XCTest

@testable import Flagd

/// The specification: evaluation, "sem_ver" and "starts_with, ends_with".
final class SemanticVersionRuleTests: XCTestCase {
    private func assertVersion(_ left: String, _ name: String, _ right: String, gives: String, line: UInt = #line) {
        assertOperator("sem_ver", left, #""\#(name)""#, right, gives: gives, line: line)
        assertRule(
            #"{"sem_ver":[{"var":"v"},"\#(name)",\#(right)]}"#, #"{"v":\#(left)}"#, gives: gives, line: line)
    }

    func testSemVerOperators() {
        let cases: [(String, String, String, Bool)] = [
            ("1.2.3", "=", "1.2.3", true), ("1.2.3", "=", "1.2.4", false), ("1.2.3", "!=", "1.2.4", true),
            ("1.2.3", "!=", "1.2.3", false), ("1.2.3", "<", "1.10.0", true), ("1.10.0", "<", "1.2.3", false),
            ("1.2.3", "<=", "1.2.3", true), ("2.0.0", "<=", "1.9.9", false), ("1.2.4", ">", "1.2.3", true),
            ("1.2.3", ">", "1.2.3", false), ("1.2.3", ">=", "1.2.3", true), ("1.2.2", ">=", "1.2.3", false),
        ]
        for (left, name, right, expected) in cases {
            assertVersion("\"\(left)\"", name, "\"\(right)\"", gives: "\(expected)")
        }
    }

    func testSemVerCaretIsSameMajorNothingMore() {
        assertVersion(#""1.9.9""#, "^", #""1.0.0""#, gives: "true")
        assertVersion(#""1.0.0""#, "^", #""1.9.9""#, gives: "true")
        assertVersion(#""2.0.0""#, "^", #""1.0.0""#, gives: "false")
        assertVersion(#""0.1.0""#, "^", #""0.2.0""#, gives: "true")
        assertVersion(#""1.0.0-beta""#, "^", #""1.5.0""#, gives: "true")
    }

    func testSemVerTildeIsSameMajorAndMinorNothingMore() {
        assertVersion(#""1.2.0""#, "~", #""1.2.9""#, gives: "true")
        assertVersion(#""1.3.0""#, "~", #""1.2.9""#, gives: "false")
        assertVersion(#""2.2.0""#, "~", #""1.2.0""#, gives: "false")
    }

    func testSemVerLeadingV() {
        assertVersion(#""v1.2.3""#, "=", #""V1.2.3""#, gives: "true")
        assertVersion(#""vv1.2.3""#, "=", #""1.2.3""#, gives: "null")
        assertVersion(#""v""#, "=", #""1.2.3""#, gives: "null")
        assertVersion(#""x1.2.3""#, "=", #""1.2.3""#, gives: "null")
    }

    func testSemVerPadding() {
        assertVersion(#""1""#, "=", #""1.0.0""#, gives: "true")
        assertVersion(#""1.2""#, "=", #""1.2.0""#, gives: "true")
        assertVersion(#""v1.2""#, "<", #""1.2.1""#, gives: "true")
        for bad in ["1-beta", "1.2-beta", "1+build", "1.2+build", "1.", "1.2."] {
            assertVersion("\"\(bad)\"", "=", #""1.2.0""#, gives: "null")
        }
    }

    func testSemVerNumbersAsTheirText() {
        assertVersion("1", "=", #""1.0.0""#, gives: "true")
        assertVersion("1.5", "=", #""1.5.0""#, gives: "true")
        assertVersion("1.0", "=", "1", gives: "true")
        assertVersion("-1", "=", #""1.0.0""#, gives: "null")
        assertVersion("1e21", ">", #""1.0.0""#, gives: "null")
        assertVersion("18446744073709551615", ">", #""9223372036854775807.0.0""#, gives: "true")
    }

    func testSemVerPrecedence() {
        // Semantic Versioning 2.0.0, section 11, in its order.
        let ascending = [
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0", "2.1.1", "2.1.10",
            "99999999999999999999999.0.0-99999999999999999999998",
            "99999999999999999999999.0.0-99999999999999999999999",
            "99999999999999999999999.0.0-a", "99999999999999999999999.0.0", "100000000000000000000000.0.0",
        ]
        for (low, left) in ascending.enumerated() {
            for (high, right) in ascending.enumerated() {
                assertRule(#"{"sem_ver":["\#(left)","<","\#(right)"]}"#, gives: "\(low < high)")
                assertRule(
                    #"{"sem_ver":[{"var":"v"},">=","\#(right)"]}"#, #"{"v":"\#(left)"}"#, gives: "\(low >= high)")
            }
        }
        assertVersion(#""1.0.0--1""#, ">", #""1.0.0-1""#, gives: "true")
        assertVersion(#""1.0.0-A""#, "<", #""1.0.0-a""#, gives: "true")
    }

    func testSemVerBuildMetadataIsIgnored() {
        assertVersion(#""1.2.3+a""#, "=", #""1.2.3+b.01""#, gives: "true")
        assertVersion(#""1.2.3-rc+a-b+c""#, "=", #""1.2.3-rc""#, gives: "null")
        assertVersion(#""1.2.3-rc+a-b""#, "=", #""1.2.3-rc""#, gives: "true")
    }

    func testSemVerAnythingElseIsNull() {
        let bad = [
            "", " 1.2.3", "1.2.3 ", "1.2.3.4", "01.2.3", "1.02.3", "1.2.03", "1..3", ".1.2", "a.b.c", "1.2.x", "1.2.3-",
            "1.2.3-a..b", "1.2.3-01", "1.2.3-a_b", "1.2.3+", "1.2.3+a..b", "1.2.3-é", "1,2,3", "+1.2.3", "-1.2.3",
            "1.2.3\\n", "1.2.3\\u0000",
        ]
        for version in bad {
            assertVersion("\"\(version)\"", "=", #""1.2.3""#, gives: "null")
            assertVersion(#""1.2.3""#, "!=", "\"\(version)\"", gives: "null")
        }
        for other in ["null", "true", #"["1.2.3"]"#] {
            assertVersion(other, "=", #""1.2.3""#, gives: "null")
            assertVersion(#""1.2.3""#, "=", other, gives: "null")
        }
        for name in ["==", "", "=>", "<>", "≤", " = ", "^^"] {
            assertVersion(#""1.2.3""#, name, #""1.2.3""#, gives: "null")
        }
    }

    func testSemVerExactlyThreeArguments() {
        assertOperator("sem_ver", gives: "null")
        assertOperator("sem_ver", #""1.2.3""#, gives: "null")
        assertOperator("sem_ver", #""1.2.3""#, #""=""#, gives: "null")
        assertOperator("sem_ver", #""1.2.3""#, #""=""#, #""1.2.3""#, #""x""#, gives: "null")
        assertOperator("sem_ver", #""1.2.3""#, "5", #""1.2.3""#, gives: "null")
    }

    func testStartsWithEndsWith() {
        assertOperator("starts_with", #""hello""#, #""he""#, gives: "true")
        assertOperator("starts_with", #""hello""#, #""lo""#, gives: "false")
        assertOperator("ends_with", #""hello""#, #""lo""#, gives: "true")
        assertOperator("ends_with", #""hello""#, #""he""#, gives: "false")
        for name in ["starts_with", "ends_with"] {
            assertOperator(name, #""hello""#, #""""#, gives: "true")
            assertOperator(name, #""""#, #""""#, gives: "true")
            assertOperator(name, #""""#, #""a""#, gives: "false")
            assertOperator(name, #""lo""#, #""hello""#, gives: "false")
            assertOperator(name, #""Hello""#, #""hello""#, gives: "false")
        }
    }

    func testStartsWithEndsWithByBytes() {
        assertOperator("starts_with", #""e\u0301x""#, #""e""#, gives: "true")
        assertOperator("starts_with", #""\u00e9x""#, #""e""#, gives: "false")
        assertOperator("ends_with", #""xe\u0301""#, #""\u0301""#, gives: "true")
        assertOperator("ends_with", #""x\u00e9""#, #""e\u0301""#, gives: "false")
        let long = String(repeating: "long text ", count: 20)
        assertOperator("starts_with", #""\#(long)!""#, #""\#(long)""#, gives: "true")
        assertOperator("ends_with", #""!\#(long)""#, #""\#(long)""#, gives: "true")
        assertOperator("ends_with", #""!\#(long)""#, #""?\#(long)""#, gives: "false")
    }

    func testStartsWithEndsWithOfAnythingElseIsNull() {
        for name in ["starts_with", "ends_with"] {
            for other in ["1", "null", "true", #"["a"]"#] {
                assertOperator(name, #""a""#, other, gives: "null")
                assertOperator(name, other, #""a""#, gives: "null")
            }
            assertOperator(name, gives: "null")
            assertOperator(name, #""a""#, gives: "null")
            assertOperator(name, #""a""#, #""a""#, #""a""#, gives: "null")
        }
    }
}
