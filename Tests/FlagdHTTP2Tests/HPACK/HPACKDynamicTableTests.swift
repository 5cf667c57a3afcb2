import XCTest

import FlagdHTTP2

final class HPACKDynamicTableTests: XCTestCase {
    /// An entry of 40 bytes.
    private func entry(_ number: Int) -> HPACKTableEntry {
        HPACKTableEntry(HeaderField("name", String(String(10_000 + number).suffix(4))))
    }

    private func numbers(_ table: HPACKDynamicTable) -> [Int?] {
        (0..<table.count).map { place in table.entry(place).flatMap { Int($0.field.value) } }
    }

    func testNewestFirst() {
        var table = HPACKDynamicTable(maximumSize: 4096)
        for number in 0..<20 { table.insert(entry(number)) }
        XCTAssertEqual(numbers(table), (0..<20).reversed())
        XCTAssertEqual(table.size, 800)
        XCTAssertNil(table.entry(20))
        XCTAssertNil(table.entry(-1))
    }

    func testItem67EvictsTheOldest() {
        var table = HPACKDynamicTable(maximumSize: 100)
        for number in 0..<50 { table.insert(entry(number)) }
        XCTAssertEqual(numbers(table), [49, 48])
        XCTAssertEqual(table.size, 80)
    }

    func testItem67EntryAsLargeAsTheTable() {
        var table = HPACKDynamicTable(maximumSize: 40)
        table.insert(entry(1))
        table.insert(entry(2))
        XCTAssertEqual(numbers(table), [2])
    }

    func testItem67EntryLargerThanTheTableEmptiesIt() {
        var table = HPACKDynamicTable(maximumSize: 100)
        table.insert(entry(1))
        table.insert(HPACKTableEntry(HeaderField("name", String(repeating: "x", count: 65))))
        XCTAssertEqual(table.count, 0)
        XCTAssertEqual(table.size, 0)
        table.insert(entry(2))
        XCTAssertEqual(numbers(table), [2])
    }

    func testItem67ResizingEvicts() {
        var table = HPACKDynamicTable(maximumSize: 4096)
        for number in 0..<10 { table.insert(entry(number)) }
        table.setMaximumSize(120)
        XCTAssertEqual(numbers(table), [9, 8, 7])
        table.setMaximumSize(0)
        XCTAssertEqual(table.count, 0)
        table.insert(entry(1))
        XCTAssertEqual(table.count, 0)
        table.setMaximumSize(80)
        table.insert(entry(1))
        XCTAssertEqual(numbers(table), [1])
    }

    func testAgainstAPlainList() {
        var random = SeededGenerator(seed: 11)
        var table = HPACKDynamicTable(maximumSize: 400)
        var model: [HPACKTableEntry] = []
        var limit = 400
        for number in 0..<3000 {
            if number % 97 == 0 {
                limit = Int.random(in: 0...600, using: &random)
                table.setMaximumSize(limit)
            } else {
                let length = Int.random(in: 0...80, using: &random)
                let new = HPACKTableEntry(HeaderField("\(number)", String(repeating: "v", count: length)))
                table.insert(new)
                model.insert(new, at: 0)
            }
            while model.reduce(0, { $0 + $1.size }) > limit { model.removeLast() }
            XCTAssertEqual((0..<table.count).map { table.entry($0) }, model)
            XCTAssertEqual(table.size, model.reduce(0) { $0 + $1.size })
        }
    }
}
