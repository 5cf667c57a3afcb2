import XCTest

@testable import Flagd

final class TextInternerTests: XCTestCase {
    func testEachTextStandsThereOnce() {
        let arena = Arena()
        var interner = TextInterner()
        for round in 0..<3 {
            for number in 0..<500 { XCTAssertEqual(interner.index(of: arena.copy("t\(number)")), number, "\(round)") }
        }
        XCTAssertEqual(interner.texts, (0..<500).map { "t\($0)" })
        XCTAssertEqual(interner.index(of: .empty), 500)
        XCTAssertEqual(interner.index(of: arena.copy("é")), 501)
        XCTAssertEqual(interner.index(of: arena.copy("e\u{301}")), 502)
        XCTAssertEqual(interner.index(of: .empty), 500)
    }

    func testTextsBehindThoseOfAnotherSet() {
        let arena = Arena()
        var interner = TextInterner(following: 7)
        XCTAssertEqual(interner.index(of: arena.copy("a")), 7)
        XCTAssertEqual(interner.index(of: arena.copy("b")), 8)
        XCTAssertEqual(interner.index(of: arena.copy("a")), 7)
        XCTAssertEqual(interner.texts, ["a", "b"])
    }
}
