import XCTest

@testable import Flagd

final class FoldingBudgetTests: XCTestCase {
    func testARuleHasItsLimit() {
        var budget = FoldingBudget()
        XCTAssertEqual(budget.remainingBytes, EvaluationLimits.maximumFoldedBytes)
        budget.spend(1000)
        XCTAssertEqual(budget.remainingBytes, EvaluationLimits.maximumFoldedBytes - 1000)
        budget.spend(.max)
        XCTAssertEqual(budget.remainingBytes, 0)
        budget.beginRule()
        XCTAssertEqual(budget.remainingBytes, EvaluationLimits.maximumFoldedBytes)
    }

    func testAllRulesTogetherHaveALimit() {
        var budget = FoldingBudget()
        var bytes = 0
        while budget.remainingBytes > 0 {
            bytes += budget.remainingBytes
            budget.spend(budget.remainingBytes)
            budget.beginRule()
        }
        XCTAssertEqual(bytes, EvaluationLimits.maximumFoldedBytesInAll)
    }
}
