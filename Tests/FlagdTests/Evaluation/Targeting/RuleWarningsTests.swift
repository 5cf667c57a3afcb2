import XCTest

@testable import Flagd

final class RuleWarningsTests: XCTestCase {
    func testEachReasonOnceForARule() {
        var warnings = RuleWarnings()
        for reason in ["a", "b", "a"] { warnings.add(reason) }
        XCTAssertEqual(warnings.reasons, ["a", "b"])
        warnings.beginRule()
        XCTAssertEqual(warnings.reasons, [])
        warnings.add("a")
        XCTAssertEqual(warnings.reasons, ["a"])
    }

    func testLimitOfARule() {
        var warnings = RuleWarnings()
        var made = 0
        let reason = { (number: Int) in
            made += 1
            return "\(number)"
        }
        for number in 0..<EvaluationLimits.maximumWarnings + 5 { warnings.add(reason(number)) }
        XCTAssertEqual(made, EvaluationLimits.maximumWarnings)
        XCTAssertEqual(warnings.reasons.count, EvaluationLimits.maximumWarnings + 1)
        XCTAssertEqual(warnings.reasons.last, "further warnings are left out")
        warnings.beginRule()
        warnings.add("a")
        XCTAssertEqual(warnings.reasons, ["a"])
    }

    func testLimitOfAllRules() {
        var warnings = RuleWarnings()
        for _ in 0..<EvaluationLimits.maximumWarningsInAll {
            warnings.beginRule()
            warnings.add("a")
        }
        XCTAssertEqual(warnings.reasons, ["a", "further warnings are left out"])
        XCTAssertFalse(warnings.areCut)
        warnings.beginRule()
        warnings.add("a")
        XCTAssertEqual(warnings.reasons, [])
        XCTAssert(warnings.areCut)
        warnings.beginRule()
        XCTAssertFalse(warnings.areCut)
    }
}
