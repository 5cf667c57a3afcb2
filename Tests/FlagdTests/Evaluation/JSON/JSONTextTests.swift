import XCTest

@testable import Flagd

final class JSONTextTests: XCTestCase {
    func testTextOfValues() {
        let value: Value = [
            "z": [1, 1.5, .null, true, false, 1e21], "a": ["b": .unsignedInteger(.max), "": -5], "é": "x",
            "e\u{301}": [:],
        ]
        XCTAssertEqual(
            JSON.text(of: value),
            #"{"a":{"":-5,"b":18446744073709551615},"e\#u{301}":{},"z":[1,1.5,null,true,false,1e+21],"é":"x"}"#)
        XCTAssertEqual(JSON.text(of: []), "[]")
        XCTAssertEqual(JSON.text(of: .double(.nan)), "null")
        XCTAssertEqual(JSON.text(of: .double(-.infinity)), "null")
    }

    func testQuote() {
        let text = "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}é😀\u{2028}"
        XCTAssertEqual(JSON.text(of: .string(text)), #""\"\\/\b\f\n\r\t\u0000\u001f\#u{7f}é😀\#u{2028}""#)
    }

    func testParsedAgainIsTheSame() throws {
        let value: Value = ["a": [1, -2.5, "x\u{0}\"\\é", .null, ["b": true]], "b": .unsignedInteger(1 << 63)]
        XCTAssertEqual(try JSON.parse(Array(JSON.text(of: value).utf8)), value)
    }

    func testRuleValuesBackAndForth() {
        let arena = Arena()
        let value: Value = [
            "null": .null, "list": [true, 1, .unsignedInteger(.max), 0.5, "text that is not short at all"],
            "many": .structure(Structure(members: (0..<100).map { ("key\($0)", .integer($0)) })), "": ["x": []],
        ]
        XCTAssertEqual(Value(RuleValue(value, arena: arena)), value)
        XCTAssertEqual(Value(RuleValue(value, arena: arena).copied(into: arena)), value)
        XCTAssertEqual(Value(RuleValue.failed), .null)
        withExtendedLifetime(arena) {}
    }

    func testRuleValueOfWhatJSONCannotHold() {
        let arena = Arena()
        XCTAssertTrue(RuleValue(.double(.infinity), arena: arena).isNull)
        var deep: Value = "x"
        for _ in 0..<200 { deep = .list([deep]) }
        var value = RuleValue(deep, arena: arena)
        for _ in 0..<JSONLimits.maximumDepth {
            XCTAssertEqual(value.count, 1)
            value = value.elements[0]
        }
        XCTAssertTrue(value.isNull)
    }
}
