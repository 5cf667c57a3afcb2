import XCTest

@testable import flagd_inspect

final class SpellingTests: XCTestCase {
    func testDistanceCountsEdits() {
        XCTAssertEqual(Spelling.distance("", ""), 0)
        XCTAssertEqual(Spelling.distance("", "abc"), 3)
        XCTAssertEqual(Spelling.distance("host", "hots"), 2)
        XCTAssertEqual(Spelling.distance("kitten", "sitting"), 3)
    }

    func testNearestPrefersTheFewestEdits() {
        XCTAssertEqual(Spelling.nearest(to: "wotch", among: ["fetch", "watch"]), "watch")
    }

    func testABeginningIsFound() {
        XCTAssertEqual(Spelling.nearest(to: "retry", among: ["host", "retry-backoff-ms"]), "retry-backoff-ms")
    }

    func testNothingIsGuessedFromAfar() {
        XCTAssertNil(Spelling.nearest(to: "colour", among: ["host", "port"]))
        XCTAssertNil(Spelling.nearest(to: "ab", among: ["cd"]))
        XCTAssertNil(Spelling.nearest(to: "", among: ["port"]))
    }
}
