import XCTest

@testable import Flagd

final class VariablePathTests: XCTestCase {
    private let arena = Arena()

    private func segments(_ text: String) -> [String] {
        let path = VariablePath(arena.copy(text), arena: arena)
        let parts = Array(IteratorSequence(VariablePath.Parts(arena.copy(text))))
        XCTAssertEqual(path.count, parts.count)
        for (index, part) in parts.enumerated() { XCTAssertTrue(path[index].key == HashedKey(part).key) }
        return parts.map(\.string)
    }

    func testSegments() {
        XCTAssertEqual(segments(""), [])
        XCTAssertEqual(segments("a"), ["a"])
        XCTAssertEqual(segments("a.b.c"), ["a", "b", "c"])
        XCTAssertEqual(segments("."), ["", ""])
        XCTAssertEqual(segments("a."), ["a", ""])
        XCTAssertEqual(segments(".a"), ["", "a"])
        XCTAssertEqual(segments("a..b"), ["a", "", "b"])
        XCTAssertEqual(segments(String(repeating: "x.", count: 1000)).count, 1001)
    }

    func testListIndexes() {
        let indexes: [(String, Int)] = [
            ("0", 0), ("7", 7), ("10", 10), ("999999999999999999", 999_999_999_999_999_999), ("00", -1), ("01", -1),
            ("-1", -1),
            ("+1", -1), ("1.0", 1), ("1a", -1), ("", -1), ("9999999999999999999", -1), ("٣", -1), (" 1", -1),
        ]
        for (text, index) in indexes {
            let path = VariablePath(arena.copy(text), arena: arena)
            XCTAssertEqual(path.count == 0 ? -1 : path[0].index, index, text)
        }
    }

    func testHashesAreThoseOfKeys() {
        let path = VariablePath(arena.copy("user.email"), arena: arena)
        XCTAssertEqual(path[1].name.hash, TextHash.hash(ByteView("email")))
    }

    func testKeptInAValue() {
        let path = VariablePath(VariablePath(arena.copy("a.b"), arena: arena).value)
        XCTAssertEqual(path.count, 2)
        XCTAssertTrue(path[1].key == HashedKey(ByteView("b")).key)
        XCTAssertEqual(VariablePath(VariablePath(.empty, arena: arena).value).count, 0)
    }

    func testStep() {
        let value = RuleValue(["list": [10, 20], "object": ["0": "zero"]], arena: arena)
        func step(_ value: RuleValue?, _ key: String) -> RuleValue? {
            value?.step(arena.copy(key))
        }
        XCTAssertEqual(step(step(value, "list"), "1")?.integer, 20)
        XCTAssertNil(step(step(value, "list"), "2"))
        XCTAssertNil(step(step(value, "list"), "length"))
        XCTAssertEqual(step(step(value, "object"), "0")?.text.string, "zero")
        XCTAssertNil(step(step(value, "object"), "1"))
        XCTAssertNil(step(RuleValue(ByteView("text")), "0"))
        XCTAssertNil(step(.null, ""))
    }

    func testIsSame() {
        let path = { (text: String) in VariablePath(self.arena.copy(text), arena: self.arena) }
        XCTAssertTrue(path("a.b").isSame(as: path("a.b")))
        XCTAssertFalse(path("a.b").isSame(as: path("a.c")))
        XCTAssertFalse(path("a.b").isSame(as: path("a")))
    }
}
