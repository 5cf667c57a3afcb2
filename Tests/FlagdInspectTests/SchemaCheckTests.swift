import Flagd
import XCTest

@testable import flagd_inspect

final class SchemaCheckTests: XCTestCase {
    private func findings(_ payload: Value) -> [String] {
        SchemaCheck(payload).findings.map { "\($0.flagKey ?? "-") \($0.pointer) \($0.reason)" }
    }

    func testAProperPayloadHasNoFindings() {
        let flag: Value = [
            "state": "ENABLED", "variants": ["on": true], "defaultVariant": .null, "targeting": [:],
            "metadata": ["a": 1],
        ]
        XCTAssertEqual(findings(["flags": ["a": flag], "$evaluators": ["e": [:]], "$schema": "s"]), [])
        XCTAssertEqual(findings(["flags": []]), [])
        XCTAssertEqual(findings([1]), [])
    }

    func testRequiredMembers() {
        XCTAssertEqual(findings([:]), ["- /flags flags are missing"])
        XCTAssertEqual(
            findings(["flags": ["a/b~c": ["variants": ["on": true]]]]),
            ["a/b~c /flags/a~1b~0c state is missing; the flag counts as enabled"])
        XCTAssertEqual(
            findings(["flags": [["key": "k", "variants": ["on": true]]]]),
            ["k /flags/0 state is missing; the flag counts as enabled"])
    }

    func testAStateThatIsNullIsMissing() {
        XCTAssertEqual(
            findings(["flags": ["k": ["state": .null, "variants": ["on": true]]]]),
            ["k /flags/k state is missing; the flag counts as enabled"])
    }

    private func findings(ofRule rule: Value) -> [String] {
        findings(["flags": ["k": ["state": "ENABLED", "variants": ["a": "a"], "targeting": rule]]])
    }

    func testShapesOfOperators() {
        let email: Value = ["var": "email"]
        XCTAssertEqual(
            findings(ofRule: ["if": [["==": [1, 1]], ["fractional": ["seed", ["a", 1, 2], ["b", -5]]]]]),
            [
                "k /flags/k/targeting/if/1/fractional/0 the value to bucket by is a constant: everybody is in the same bucket",
                "k /flags/k/targeting/if/1/fractional/1 a bucket is a variant and a weight; the rest is ignored",
                "k /flags/k/targeting/if/1/fractional/2/1 a negative weight counts as 0",
            ])
        for name in ["fractional", "sem_ver", "starts_with", "ends_with"] {
            XCTAssertEqual(
                findings(ofRule: .structure([name: email])),
                ["k /flags/k/targeting/\(name) the arguments of '\(name)' are no list"])
            XCTAssertEqual(findings(ofRule: .structure([name: ["$ref": "e"]])), [])
        }
        for rule: Value in [
            ["fractional": [email, ["a", 50.0], ["b", email], ["c"]]], ["fractional": [["a", 0]]],
            ["sem_ver": [email, "=", "1.0.0"]], ["starts_with": [email, "a"]], ["ends_with": [email, "a"]],
            ["fractional": "seed", "several": 1],
        ] {
            XCTAssertEqual(findings(ofRule: rule), [])
        }
        XCTAssertEqual(
            findings(["flags": [:], "$evaluators": ["e": ["fractional": [["a", -1]]]]]),
            ["- /$evaluators/e/fractional/0/1 a negative weight counts as 0"])
    }

    func testWhatFlagdAddsToTheContext() {
        for path: Value in ["$flagd.other", ["$flagd.other", 1]] {
            XCTAssertEqual(
                findings(ofRule: ["==": [["var": path], 1]]),
                [
                    "k /flags/k/targeting/==/0/var '$flagd.other' is nothing that flagd adds; there are $flagd.flagKey and $flagd.timestamp"
                ])
        }
        for path: Value in ["$flagd.flagKey", "$flagd.timestamp", "$flagd", "a.$flagd.other", 1, [], .null] {
            XCTAssertEqual(findings(ofRule: ["var": path]), [])
        }
    }

    func testTypes() {
        let flag: Value = ["state": "ENABLED", "variants": ["n": .null, "l": [1], "": true], "targeting": "on"]
        XCTAssertEqual(
            findings(["flags": ["": flag], "$evaluators": ["e": 1]]),
            [
                "- /$evaluators/e the evaluator is no object", " /flags/ the flag's key is empty",
                " /flags//targeting the rule is no object", " /flags//variants/ the variant's name is empty",
                " /flags//variants/l a variant is a boolean, a string, a number or an object, not a list",
                " /flags//variants/n a variant is a boolean, a string, a number or an object, not null",
            ])
        XCTAssertEqual(findings(["flags": [], "$evaluators": 1]), ["- /$evaluators the evaluators are no object"])
    }
}
