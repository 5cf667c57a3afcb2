import XCTest

@testable import Flagd

final class StructureTests: XCTestCase {
    func testMembersAreSortedByUTF8AndOfEqualKeysTheLastWins() {
        let structure = Structure(members: [("b", 1), ("é", 2), ("a", 3), ("B", 4), ("e\u{301}", 5), ("a", 6), ("", 7)])
        XCTAssertEqual(
            structure.keys.map { Array($0.utf8) }, ["", "B", "a", "b", "e\u{301}", "é"].map { Array($0.utf8) })
        XCTAssertEqual(structure["a"], 6)
        XCTAssertEqual(structure["é"], 2)
        XCTAssertEqual(structure["e\u{301}"], 5)
        XCTAssertNil(structure["c"])
        XCTAssertEqual(structure.count, 6)
    }

    func testWriting() {
        var structure: Structure = [:]
        structure["b"] = 1
        structure["a"] = 2
        structure["b"] = 3
        structure["c"] = 4
        XCTAssertEqual(structure, ["a": 2, "b": 3, "c": 4])
        structure["b"] = nil
        structure["none"] = nil
        XCTAssertEqual(structure.map(\.key), ["a", "c"])
        structure["a"] = .null
        XCTAssertEqual(structure["a"], .null)
    }

    func testManyMembers() {
        let structure = Structure(members: (0..<1000).reversed().map { ("k\($0)", .integer(Int64($0))) })
        for number in 0..<1000 { XCTAssertEqual(structure["k\(number)"], .integer(Int64(number))) }
        XCTAssertNil(structure["k1000"])
        XCTAssertTrue(zip(structure.keys, structure.keys.dropFirst()).allSatisfy { $0.utf8.compared(to: $1.utf8) < 0 })
    }

    func testDictionaries() {
        XCTAssertEqual(Structure(["a": 1, "b": "x"]), ["a": 1, "b": "x"])
        XCTAssertEqual((["a": 1, "b": "x"] as Structure).dictionary, ["a": 1, "b": "x"])
        XCTAssertEqual((["é": 1, "e\u{301}": 2] as Structure).dictionary.count, 1)
    }

    func testMerging() {
        let merged = (["a": 1, "b": 2] as Structure).merging(["b": 3, "c": 4])
        XCTAssertEqual(merged, ["a": 1, "b": 3, "c": 4])
        XCTAssertEqual(([:] as Structure).merging([:]), [:])
    }

    func testEquality() {
        XCTAssertEqual(["a": 1, "b": 2] as Structure, ["b": 2, "a": 1.0])
        XCTAssertNotEqual(["a": 1] as Structure, ["a": 1, "b": 2])
        XCTAssertNotEqual(["é": 1] as Structure, ["e\u{301}": 1])
        XCTAssertNotEqual(["a": 1] as Structure, ["b": 1])
    }

    func testOrderOfUTF8() {
        let ascending = ["", "A", "a", "aa", "ab", "b", "e\u{301}", "é", "\u{ffff}", "\u{10000}"]
        for (low, left) in ascending.enumerated() {
            for (high, right) in ascending.enumerated() {
                XCTAssertEqual(left.utf8.compared(to: right.utf8).signum(), (low - high).signum(), "\(left) \(right)")
            }
        }
    }
}
