import XCTest

@testable import Flagd

final class SemanticVersionTests: XCTestCase {
    private let arena = Arena()

    private func version(_ text: String) -> SemanticVersion? { SemanticVersion(arena.copy(text)) }

    private func compare(_ left: String, _ right: String) throws -> Int {
        try XCTUnwrap(version(left)).compare(try XCTUnwrap(version(right))).signum()
    }

    func testNumbersOfAnyLength() throws {
        let long = String(repeating: "9", count: 500)
        XCTAssertEqual(try compare("\(long).0.0", "1\(long.dropFirst()).0.0"), 1)
        XCTAssertEqual(try compare("1\(String(repeating: "0", count: 500)).0.0", "\(long).0.0"), 1)
        XCTAssertEqual(try compare("0.0.\(long)", "0.0.\(long)"), 0)
    }

    func testIdentifiers() throws {
        XCTAssertEqual(try compare("1.0.0-1", "1.0.0-2"), -1)
        XCTAssertEqual(try compare("1.0.0-10", "1.0.0-9"), 1)
        XCTAssertEqual(try compare("1.0.0-1a", "1.0.0-1"), 1)
        XCTAssertEqual(try compare("1.0.0-a.b", "1.0.0-a"), 1)
        XCTAssertEqual(try compare("1.0.0-0", "1.0.0"), -1)
        XCTAssertEqual(try compare("1.0.0--", "1.0.0-0"), 1)
        XCTAssertNotNil(version("1.0.0-0a.00b.-"))
        XCTAssertNil(version("1.0.0-00"))
        XCTAssertNotNil(version("1.0.0+00"))
    }

    func testRegularForms() {
        for text in [
            "1", "1.2", "1.2.3", "v1", "V1.2.3", "0.0.0", "1.2.3-a", "1.2.3+a", "1.2.3-a+b", "1.2.3-a-b.c-d+e-f",
        ] {
            XCTAssertNotNil(version(text), text)
        }
        for text in [
            "", "v", "V", "1.", ".", "1..2", "1.2.3.", "1.2.3.4", "1.2.3-", "1.2.3+", "1.2.3-+a", "1.2.3-a+", "1.2+a",
            "-1", "1.2.3+a+b",
        ] {
            XCTAssertNil(version(text), text)
        }
    }

    func testReleaseIsTheSameVersionReadFast() {
        let texts = ["1", "1.2", "1.2.3", "v1.2.4", "2", "10.0.0", "9999999999999999999.0.1", "0.0.0", "V0.1"]
        let names = ["=", "!=", "<", "<=", ">", ">=", "^", "~"]
        for left in texts {
            for right in texts {
                guard let fastLeft = ReleaseVersion(arena.copy(left)),
                    let fastRight = ReleaseVersion(arena.copy(right)),
                    let wholeLeft = version(left), let wholeRight = version(right)
                else {
                    XCTFail("\(left) or \(right)")
                    continue
                }
                for name in names {
                    guard let comparison = SemanticVersionOperator(arena.copy(name)) else { return XCTFail(name) }
                    XCTAssertEqual(
                        comparison.holds(fastLeft, fastRight), comparison.holds(wholeLeft, wholeRight),
                        "\(left) \(name) \(right)")
                }
            }
        }
        for text in [
            "", "v", "1.", "1.2.", "1.2.3.4", "01", "1.02", "1.2.3-a", "1.2.3+a", "x", "1.x",
            "10000000000000000000.0.0", " 1",
        ] {
            XCTAssertNil(ReleaseVersion(arena.copy(text)), text)
        }
    }

    func testOperators() {
        for name in ["=", "!=", "<", "<=", ">", ">=", "^", "~"] {
            XCTAssertNotNil(SemanticVersionOperator(arena.copy(name)))
        }
        for name in ["", "==", "=<", " =", "≥", "!"] { XCTAssertNil(SemanticVersionOperator(arena.copy(name)), name) }
    }
}
