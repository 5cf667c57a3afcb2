import XCTest

@testable import Flagd

final class RuleExplainerIterationTests: XCTestCase {
    func testMapShowsEachElement() throws {
        try assertExplained(
            #"{"map":[{"var":"l"},{"*":[{"var":""},2]}]}"#, ["l": [1, 2]],
            gives: [
                "rule: map → [2,4]", #"  list: var "l" → [1,2]"#, "  element 0: 1 → 2", "    * → 2",
                #"      var "" → 1"#, "      2", "  element 1: 2 → 4", "    * → 4", #"      var "" → 2"#, "      2",
            ])
    }

    func testSomeStopsAtTheElementThatDecides() throws {
        try assertExplained(
            #"{"some":[[1,2,3],{"==":[{"var":""},2]}]}"#,
            gives: [
                "rule: some → true (decided; not evaluated: 1 more)", "  list: [1,2,3]",
                "  element 0: 1 → false", "    == → false", #"      var "" → 1"#, "      2", "  element 1: 2 → true",
                "    == → true", #"      var "" → 2"#, "      2",
            ])
        XCTAssertEqual(try Explained(rule: #"{"all":[[1,0,3],{"var":""}]}"#).rule?.steps.count, 3)
        XCTAssertEqual(try Explained(rule: #"{"none":[[0,1,3],{"var":""}]}"#).rule?.steps.count, 3)
        XCTAssertEqual(try Explained(rule: #"{"filter":[[0,1,3],{"var":""}]}"#).rule?.steps.count, 4)
    }

    func testReduceCarriesTheAccumulator() throws {
        try assertExplained(
            #"{"reduce":[["x","y"],{"cat":[{"var":"accumulator"},{"var":"current"}]},{"cat":["w"]}]}"#,
            gives: [
                #"rule: reduce → "wxy""#, #"  list: ["x","y"]"#, #"  initial: cat → "w""#, #"    "w""#,
                #"  element 0: "x" → "wx""#, #"    cat → "wx""#, #"      var "accumulator" → "w""#,
                #"      var "current" → "x""#, #"  element 1: "y" → "wxy""#, #"    cat → "wxy""#,
                #"      var "accumulator" → "wx""#, #"      var "current" → "y""#,
            ])
    }

    func testAnIterationInAnIterationSeesItsOwnElement() throws {
        let lines = try Explained(
            rule: #"{"map":[[[1],[2]],{"map":[{"var":""},{"+":[{"var":""},1]}]}]}"#
        ).ruleLines
        XCTAssertEqual(lines.first, "rule: map → [[2],[3]]")
        XCTAssertTrue(lines.contains("      element 0: 2 → 3"), lines.joined(separator: "\n"))
    }

    func testNoList() throws {
        try assertExplained(
            #"{"all":[{"var":"p"},{"nope":1}]}"#, ["p": "text"],
            gives: ["rule: all → false (there is no list)", #"  list: var "p" → "text""#])
        try assertExplained(
            #"{"reduce":[null,{"var":"current"},"a"]}"#,
            gives: [#"rule: reduce → "a" (there is no list)"#, "  list: null", #"  initial: "a""#])
    }

    func testLongListsAreShownUpToTheLimit() throws {
        let count = ExplanationLimits.maximumElements + 3
        let list = Value.list(Array(repeating: 1, count: count))
        for operation in ["map", "filter", "all"] {
            let explained = try Explained(rule: #"{"\#(operation)":[{"var":"l"},{"var":""}]}"#, ["l": list])
            XCTAssertEqual(explained.rule?.steps.count, ExplanationLimits.maximumElements + 1, operation)
            XCTAssertEqual(explained.rule?.notes, ["not shown: 3 more elements"], operation)
            XCTAssertFalse(explained.explanation.isComplete)
        }
        let reduced = try Explained(rule: #"{"reduce":[{"var":"l"},{"+":[{"var":"current"},1]},0]}"#, ["l": list])
        XCTAssertEqual(reduced.rule?.steps.count, ExplanationLimits.maximumElements + 2)
        XCTAssertEqual(reduced.rule?.value, 2)
    }

    func testAnAccumulatorThatGrowsTooLargeEndsTheElements() throws {
        let text = String(repeating: "x", count: 4000)
        let rule = #"{"reduce":[{"var":"l"},{"cat":[{"var":"accumulator"},{"var":"accumulator"}]},{"var":"t"}]}"#
        let explained = try Explained(rule: rule, ["l": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "t": .string(text)])
        XCTAssertEqual(explained.rule?.notes.last, "not shown: 2 more elements")
        XCTAssertFalse(explained.explanation.isComplete)
        XCTAssertEqual(explained.explanation.details.errorCode, .general)
    }
}
