import FlagdTestSupport
import XCTest

@testable import Flagd

/// The cases of jsonlogic.com, of which flagd's rules are a dialect.
final class JSONLogicTests: XCTestCase {
    func testOfficialCases() throws {
        let lines = try SharedData.lines("vectors/jsonlogic-official.jsonl")
        XCTAssertEqual(lines.count, 277)
        for line in lines {
            let testCase = try XCTUnwrap(try JSON.parse(line).structureValue)
            let id = testCase["id"]?.stringValue ?? "?"
            let rule = try XCTUnwrap(testCase["rule"], id)
            let data = testCase["data"] ?? .null
            let expected = try XCTUnwrap(testCase["expected"], id)
            let result = RuleEvaluation.evaluate(
                rule: Array(JSON.text(of: rule).utf8), data: Array(JSON.text(of: data).utf8))
            switch result {
            case .success(let value):
                XCTAssert(
                    value == expected,
                    "\(id): \(JSON.text(of: rule)) of \(JSON.text(of: data)) is \(JSON.text(of: value)), "
                        + "not \(JSON.text(of: expected))")
            case .failure(let error):
                XCTFail("\(id): \(JSON.text(of: rule)): \(error)")
            }
        }
    }
}
