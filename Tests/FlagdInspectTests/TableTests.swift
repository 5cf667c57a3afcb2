import XCTest

@testable import flagd_inspect

final class TableTests: XCTestCase {
    func testColumnsAreAsWideAsTheirWidestCell() {
        var table = Table("flag", "value")
        table.add("banner", "1")
        table.add("b", "true")
        XCTAssertEqual(
            table.lines(indent: 2),
            ["  flag    value", "  ------  -----", "  banner  1", "  b       true"])
    }

    func testMissingCellsAreEmptyAndSurplusOnesDropped() {
        var table = Table("a", "b")
        table.add("1")
        table.add("1", "2", "3")
        XCTAssertEqual(table.lines(), ["a  b", "-  -", "1", "1  2"])
    }

    func testWidthCountsCharactersNotBytes() {
        var table = Table("é", "x")
        table.add("ab", "y")
        XCTAssertEqual(table.lines(), ["é   x", "--  -", "ab  y"])
    }
}
