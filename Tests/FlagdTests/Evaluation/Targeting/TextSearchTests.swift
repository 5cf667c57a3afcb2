import XCTest

@testable import Flagd

final class TextSearchTests: XCTestCase {
    private let arena = Arena()

    private func contains(_ needle: String, _ haystack: String) -> Bool {
        TextSearch.contains(arena.copy(needle), in: arena.copy(haystack))
    }

    func testContains() {
        XCTAssertTrue(contains("", ""))
        XCTAssertTrue(contains("", "a"))
        XCTAssertFalse(contains("a", ""))
        XCTAssertTrue(contains("a", "a"))
        XCTAssertTrue(contains("lo", "hello"))
        XCTAssertTrue(contains("hello", "hello"))
        XCTAssertFalse(contains("hellos", "hello"))
        XCTAssertFalse(contains("ol", "hello"))
        XCTAssertTrue(contains("aab", "aaab"))
    }

    /// Needles that almost match everywhere, found by the search that cannot become quadratic.
    func testLongNeedles() {
        let many = String(repeating: "a", count: 5000)
        let needle = String(repeating: "a", count: 50)
        XCTAssertTrue(contains(needle + "b", many + "b"))
        XCTAssertFalse(contains(needle + "b", many))
        XCTAssertTrue(contains(needle + "b" + needle, many + "b" + many))
        XCTAssertFalse(contains(needle + "b" + needle + "b", many + "b" + many))
        let periodic = String(repeating: "ab", count: 30)
        XCTAssertTrue(contains(periodic + "c", String(repeating: "ab", count: 500) + "c"))
        XCTAssertFalse(contains(periodic + "c", String(repeating: "ab", count: 500) + "d"))
    }

    func testAgainstTheStandardLibrary() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<3000 {
            let haystack = (0..<generator.number(below: 200)).map { _ in "ab"[generator.number(below: 2)] }.joined()
            let needle = (0..<generator.number(below: 45)).map { _ in "ab"[generator.number(below: 2)] }.joined()
            XCTAssertEqual(
                contains(needle, haystack), needle.isEmpty || haystack.contains(needle), "\(needle) in \(haystack)")
        }
    }

    func testScalars() {
        let text = arena.copy("aé€😀e\u{301}")
        XCTAssertEqual(TextSearch.scalarCount(text), 6)
        XCTAssertEqual((0...7).map { TextSearch.offset(ofScalar: $0, in: text) }, [0, 1, 3, 6, 10, 11, 13, 13])
        XCTAssertEqual(TextSearch.scalarCount(.empty), 0)
        XCTAssertEqual(TextSearch.offset(ofScalar: 0, in: .empty), 0)
    }
}

extension String {
    fileprivate subscript(position: Int) -> String { String(self[index(startIndex, offsetBy: position)]) }
}
