import XCTest

@testable import Flagd

final class RuleExplainerOperatorsTests: XCTestCase {
    func testIfShowsOnlyWhatIsEvaluated() throws {
        let rule = #"{"if":[{"==":[{"var":"p"},1]},"a",{"==":[{"var":"p"},2]},"b",{"==":[{"var":"p"},3]},"c","d"]}"#
        try assertExplained(
            rule, ["p": 2],
            gives: [
                #"rule: if → "b""#, "  condition 1: == → false", #"    var "p" → 2"#, "    1",
                "  condition 2: == → true", #"    var "p" → 2"#, "    2", #"  then: "b""#,
            ])
        let other = try Explained(rule: rule, ["p": 4]).ruleLines
        XCTAssertEqual(other.last, #"  else: "d""#)
        XCTAssertEqual(other.count, 11)
    }

    func testIfWithoutElse() throws {
        try assertExplained(
            #"{"if":[false,"a"]}"#,
            gives: ["rule: if → null (no condition holds, and there is no else)", "  condition 1: false"])
    }

    func testAndStopsAtTheFirstThatIsFalse() throws {
        try assertExplained(
            #"{"and":[true,{"var":"p"},{"nope":1}]}"#, ["p": 0],
            gives: ["rule: and → 0 (decided; not evaluated: 1 more)", "  true", #"  var "p" → 0"#])
    }

    func testOrStopsAtTheFirstThatIsTrue() throws {
        try assertExplained(
            #"{"or":[false,{"var":"p"},{"nope":1},2]}"#, ["p": "a"],
            gives: [#"rule: or → "a" (decided; not evaluated: 2 more)"#, "  false", #"  var "p" → "a""#])
    }

    func testVariables() throws {
        try assertExplained(#"{"var":"p.q.1"}"#, ["p": ["q": [1, "b"]]], gives: [#"rule: var "p.q.1" → "b""#])
        try assertExplained(#"{"var":"p"}"#, gives: [#"rule: var "p" missing → null"#])
        try assertExplained(#"{"var":["p","c"]}"#, ["p": "a"], gives: [#"rule: var "p" → "a""#])
        try assertExplained(
            #"{"var":["p",{"cat":["c"]}]}"#,
            gives: [#"rule: var "p" missing, default used → "c""#, #"  default: cat → "c""#, #"    "c""#])
    }

    func testAComputedPath() throws {
        try assertExplained(
            #"{"var":{"cat":["p","q"]}}"#, ["pq": "a"],
            gives: [#"rule: var "pq" → "a""#, #"  path: cat → "pq""#, #"    "p""#, #"    "q""#])
    }

    func testAPathAndADefaultFromAList() throws {
        try assertExplained(
            #"{"var":{"var":"l"}}"#, ["l": ["nothing", "b"]],
            gives: [
                #"rule: var "nothing" missing, default used → "b""#, #"  path: var "l" → ["nothing","b"]"#,
            ])
    }

    func testAllData() throws {
        try assertExplained(
            #"{"missing":[{"var":"p"}]}"#, ["p": "x"], gives: [#"rule: missing → ["x"]"#, #"  var "p" → "x""#])
        let explained = try Explained(rule: #"{"var":""}"#, ["p": 1])
        XCTAssertEqual(
            explained.ruleLines,
            [#"rule: var "" → {"$flagd":{"flagKey":"f","timestamp":1700000000},"p":1}"#])
    }

    func testSurplusArgumentsAreNotShown() throws {
        try assertExplained(#"{"!":[false,1,2]}"#, gives: ["rule: ! → true", "  false"])
    }

    func testASurplusArgumentThatEndsTheEvaluationIsShown() throws {
        let lines = try Explained(rule: #"{"!":[false,{"nope":1}]}"#).ruleLines
        XCTAssertEqual(lines.last, "  nope (reaches the unknown operator 'nope')")
    }
}
