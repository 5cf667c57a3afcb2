import Flagd
import XCTest

@testable import flagd_inspect

final class RawMembersTests: XCTestCase {
    private func text(_ object: String, _ key: String) throws -> String? {
        try RawMembers(Array(object.utf8)).text(key).map { String(decoding: $0, as: UTF8.self) }
    }

    func testMembersComeBackByteForByte() throws {
        let object = #" { "a" : {"n": 1.50, "s":"}\"]"} ,"b":[ 1,{"c":"]"} ], "n":-1e5,"s":"a,b:c", "t":true }"#
        XCTAssertEqual(try text(object, "a"), #"{"n": 1.50, "s":"}\"]"}"#)
        XCTAssertEqual(try text(object, "b"), #"[ 1,{"c":"]"} ]"#)
        XCTAssertEqual(try text(object, "n"), "-1e5")
        XCTAssertEqual(try text(object, "s"), #""a,b:c""#)
        XCTAssertEqual(try text(object, "t"), "true")
        XCTAssertNil(try text(object, "c"))
        XCTAssertNil(try text("{}", "c"))
    }

    func testOfDuplicatesTheLastCounts() throws {
        XCTAssertEqual(try text(#"{"a":1,"a":2}"#, "a"), "2")
    }

    func testKeysAreComparedAfterTheirEscapes() throws {
        XCTAssertEqual(try text(#"{"\u0069d":7,"a\"b":8}"#, "id"), "7")
        XCTAssertEqual(try text(#"{"\u0069d":7,"a\"b":8}"#, "a\"b"), "8")
    }

    func testValuesAreNilWhenAbsentOrNull() throws {
        let members = try RawMembers(Array(#"{"a":null,"b":[1]}"#.utf8))
        XCTAssertNil(members.value("a"))
        XCTAssertNil(members.value("c"))
        XCTAssertEqual(members.value("b"), [1])
    }

    func testOtherTextIsRefused() {
        XCTAssertThrowsError(try RawMembers(Array("[1]".utf8))) {
            XCTAssertEqual($0 as? RequestError, RequestError("the line is no JSON object"))
        }
        XCTAssertThrowsError(try RawMembers(Array(#"{"a":}"#.utf8))) {
            XCTAssertTrue("\($0)".hasPrefix("the line is not JSON: "), "\($0)")
        }
    }
}
