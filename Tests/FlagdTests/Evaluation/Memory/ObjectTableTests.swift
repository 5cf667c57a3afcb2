import XCTest

@testable import Flagd

final class ObjectTableTests: XCTestCase {
    private let arena = Arena()

    private func object(_ members: [(String, Int64)]) -> ObjectTable {
        var builder = ObjectTableBuilder()
        for (key, value) in members { builder.add(key: arena.copy(key), value: RuleValue(value)) }
        return builder.build(in: arena).members
    }

    private func find(_ key: String, in table: ObjectTable) -> Int64? {
        table.find(HashedKey(arena.copy(key)))?.integer
    }

    func testLongAndShortKeysSideBySide() {
        let names = ["", "a", "exactly-fifteen", "exactly--sixteen", String(repeating: "long", count: 20)]
        for filler in [0, 20] {
            let table = object((0..<filler).map { ("filler\($0)", 0) } + names.enumerated().map { ($1, Int64($0)) })
            for (index, name) in names.enumerated() { XCTAssertEqual(find(name, in: table), Int64(index), name) }
            XCTAssertNil(find("exactly-sixteen-", in: table))
        }
    }

    func testObjectsOfAllSizes() {
        for count in Array(0...20) + [31, 32, 33, 63, 64, 65, 100, 1000] {
            let table = object((0..<count).map { ("key\($0)", Int64($0)) })
            XCTAssertEqual(table.count, count)
            for index in 0..<count { XCTAssertEqual(find("key\(index)", in: table), Int64(index)) }
            for other in ["", "key", "key\(count)", "other"] { XCTAssertNil(find(other, in: table)) }
            XCTAssertEqual((0..<count).map { table.key(at: $0).string }, (0..<count).map { "key\($0)" })
        }
    }

    func testOfEqualKeysTheLastStays() {
        for filler in [0, 20] {
            let fillers = (0..<filler).map { ("filler\($0)", Int64(0)) }
            let table = object([("a", 1), ("b", 2)] + fillers + [("a", 3), ("", 4), ("a", 5), ("", 6)])
            XCTAssertEqual(table.count, 3 + filler)
            XCTAssertEqual(find("a", in: table), 5)
            XCTAssertEqual(find("b", in: table), 2)
            XCTAssertEqual(find("", in: table), 6)
        }
    }

    func testKeysAreComparedByBytes() {
        let table = object([("é", 1), ("e\u{301}", 2)])
        XCTAssertEqual(table.count, 2)
        XCTAssertEqual(find("é", in: table), 1)
        XCTAssertEqual(find("e\u{301}", in: table), 2)
    }

    func testSlotsAreAPowerOfTwoAtMostHalfFull() {
        for count in 1..<1000 {
            let slots = ObjectTable.slotCount(for: count)
            XCTAssertGreaterThanOrEqual(slots, count * 2)
            XCTAssertLessThan(slots, count * 4)
            XCTAssertEqual(slots & (slots - 1), 0)
        }
    }

    func testKeySet() {
        let key = { (text: String) in HashedKey(self.arena.copy(text)) }
        var set = KeySet(capacity: 0)
        for number in 0..<1000 {
            XCTAssertTrue(set.insert(key("key\(number)")))
            XCTAssertFalse(set.insert(key("key\(number)")))
        }
        XCTAssertEqual(set.count, 1000)
        for number in 0..<1000 { XCTAssertEqual(set.position(inserting: key("key\(number)")), number) }
        XCTAssertNil(set.position(of: key("")))
        XCTAssertEqual(set.position(inserting: key("")), 1000)
        XCTAssertEqual(set.position(inserting: key("")), 1000)
        XCTAssertEqual(set.position(of: key("")), 1000)
    }
}
