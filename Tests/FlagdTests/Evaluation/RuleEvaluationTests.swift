import XCTest

@testable import Flagd

final class RuleEvaluationTests: XCTestCase {
    func testFailures() {
        XCTAssertEqual(Rule.text("{"), "PARSE_ERROR: a member's name was expected at byte 1")
        XCTAssertEqual(Rule.text("1", "x"), "PARSE_ERROR: unexpected byte at byte 0")
        XCTAssertEqual(Rule.text(#"{"unknown":1}"#), "PARSE_ERROR: the operator 'unknown' is unknown")
        XCTAssertEqual(Rule.text(#"{"$ref":"a"}"#), "PARSE_ERROR: the operator '$ref' is unknown")
    }

    func testNothingIsAddedToTheData() {
        assertRule(#"{"var":""}"#, #"{"a":1}"#, gives: #"{"a":1}"#)
        assertRule(#"{"var":"$flagd.flagKey"}"#, gives: "null")
        assertRule(#"{"var":"$flagd.flagKey"}"#, #"{"$flagd":{"flagKey":"f"}}"#, gives: #""f""#)
        assertRule(#"{"var":"$flagd.timestamp"}"#, gives: "null")
    }

    func testDataOfAnyType() {
        for data in ["null", "5", #""text""#, "[1,2]", "true", "18446744073709551615"] {
            assertRule(#"{"var":""}"#, data, gives: data)
            assertRule(#"{"var":"a"}"#, data, gives: "null")
        }
    }
}
