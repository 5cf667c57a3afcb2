import XCTest

@testable import Flagd

final class ValueExcerptTests: XCTestCase {
    private func excerpt(_ value: Value) -> (value: Value, isCut: Bool) {
        let arena = Arena()
        var excerpt = ValueExcerpt()
        let shown = withExtendedLifetime(arena) { excerpt.value(RuleValue(value, arena: arena)) }
        return (shown, excerpt.isCut)
    }

    func testSmallValuesAreWhole() {
        let values: [Value] = [
            .null, true, 7, 1.5, .unsignedInteger(.max), "text", [1, [2]], ["a": ["b": [.null]]], [], [:],
        ]
        for value in values {
            let (shown, isCut) = excerpt(value)
            XCTAssertEqual(shown, value)
            XCTAssertFalse(isCut)
        }
    }

    func testLongListsAndObjectsAreCut() {
        let limit = ExplanationLimits.maximumValueParts
        let list = excerpt(.list(Array(repeating: 1, count: limit + 1)))
        XCTAssertEqual(list.value.listValue?.count, limit)
        XCTAssertTrue(list.isCut)
        XCTAssertFalse(excerpt(.list(Array(repeating: 1, count: limit))).isCut)
        let object = Structure(members: (0...limit).map { ("k\($0)", .null) })
        XCTAssertEqual(excerpt(.structure(object)).value.structureValue?.count, limit)
        let nested = excerpt([.list(Array(repeating: 1, count: limit)), [1]])
        XCTAssertEqual(nested.value.listValue?.map { $0.listValue?.count }, [limit - 2, 0])
        XCTAssertTrue(nested.isCut)
    }

    func testDeepValuesAreCut() {
        var value: Value = 1
        for _ in 0..<ExplanationLimits.maximumValueDepth { value = [value] }
        XCTAssertFalse(excerpt(value).isCut)
        XCTAssertTrue(excerpt([value]).isCut)
    }

    func testLongTextsAreCutBehindAWholeScalar() {
        let limit = ExplanationLimits.maximumTextBytes
        XCTAssertFalse(excerpt(.string(String(repeating: "x", count: limit))).isCut)
        let (shown, isCut) = excerpt(.string("x" + String(repeating: "é", count: limit)))
        XCTAssertTrue(isCut)
        XCTAssertEqual(shown.stringValue?.utf8.count, limit - 1)
        XCTAssertEqual(shown.stringValue?.unicodeScalars.last, "é")
    }
}
