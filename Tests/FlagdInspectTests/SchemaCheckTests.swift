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
