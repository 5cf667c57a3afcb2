import Flagd
import XCTest

@testable import flagd_inspect

final class JSONLineTests: XCTestCase {
    func testMembersKeepTheirOrderAndAreEscaped() {
        var line = JSONLine()
        line.add("z\n", .integer(.max))
        line.add("a", "line\u{1}\n\"end\"")
        line.add("gone", ifPresent: nil)
        line.add("raw", json: "[1, 2]")
        XCTAssertEqual(line.text, #"{"z\n":9223372036854775807,"a":"line\u0001\n\"end\"","raw":[1, 2]}"#)
    }

    func testWithoutMembersItIsAnEmptyObject() {
        XCTAssertEqual(JSONLine().text, "{}")
    }
}
