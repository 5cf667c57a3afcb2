import XCTest

@testable import Flagd

/// The whole of an explanation, to read and as data.
final class ExplanationTests: XCTestCase {
    private func explained() throws -> Explained {
        try Explained(
            rule: #"{"if":[{"$ref":"gold"},{"fractional":[["a",25],["b",75]]},"c"]}"#,
            ["targetingKey": "user-1", "tier": "gold"], evaluators: #"{"gold":{"==":[{"var":"tier"},"gold"]}}"#)
    }

    func testDescription() throws {
        XCTAssertEqual(
            try explained().explanation.description,
            """
            flag 'f'
            ├─ state ENABLED
            ├─ rule: if → "b"
            │  ├─ condition 1: $ref gold → true
            │  │  └─ == → true
            │  │     ├─ var "tier" → "gold"
            │  │     └─ "gold"
            │  └─ then: fractional → "b"
            │     ├─ hashed "fuser-1": 0x5554ebe0, bucket 33 of 100, at 33.3327 % (v2)
            │     ├─ "a": weight 25, 0 % to 25 %, buckets 0 to 24, hashes 0x00000000 to 0x3fffffff
            │     └─ "b": weight 75, 25 % to 100 %, buckets 25 to 99, hashes 0x40000000 to 0xffffffff ← won
            ├─ the variant 'b'
            └─ value "b", variant 'b', reason TARGETING_MATCH
            """)
    }

    func testAnErrorsDescription() throws {
        let explanation = try Explained(rule: #"{"nope":1}"#).explanation
        XCTAssertEqual(
            explanation.description,
            """
            flag 'f'
            ├─ state ENABLED
            ├─ rule: nope (reaches the unknown operator 'nope')
            ├─ flag 'f': its rule uses the unknown operator 'nope'
            └─ value null, reason ERROR, error PARSE_ERROR
            """)
    }

    func testStructure() throws {
        let structure = try explained().explanation.structure
        let members = try XCTUnwrap(structure.structureValue)
        XCTAssertEqual(
            members.keys,
            [
                "errorCode", "errorMessage", "flagKey", "isComplete", "metadata", "reason", "steps", "timestamp",
                "value", "variant",
            ])
        XCTAssertEqual(members["timestamp"], 1_700_000_000)
        XCTAssertEqual(members["errorCode"], .null)
        XCTAssertEqual(try JSON.parse(Array(JSON.text(of: structure).utf8)), structure)
        let rule = try XCTUnwrap(members["steps"]?.listValue?[1].structureValue)
        XCTAssertEqual(rule["kind"], "operation")
        XCTAssertEqual(rule["name"], "if")
        XCTAssertEqual(rule["role"], "rule")
        XCTAssertEqual(rule["value"], "b")
        let fractional = try XCTUnwrap(rule["steps"]?.listValue?.last?.structureValue)
        XCTAssertEqual(fractional["kind"], "fractional")
        let bucketing = try XCTUnwrap(fractional["bucketing"]?.structureValue)
        XCTAssertEqual(bucketing["hashedText"], "fuser-1")
        XCTAssertEqual(bucketing["totalWeight"], 100)
        XCTAssertEqual(bucketing["winnerIndex"], 1)
        XCTAssertEqual(
            bucketing["ranges"]?.listValue?.first,
            ["variant": "a", "weight": 25, "buckets": [0, 25], "percent": [0, 25], "hashes": [0, 0x4000_0000]])
    }

    func testStepsOfEveryKindHaveTheirMembers() throws {
        let steps: [(String, Value)] = [
            (#""a""#, ["kind": "literal", "role": "rule", "value": "a"]),
            (
                #"{"var":"p"}"#,
                [
                    "kind": "variable", "path": "p", "isFound": false, "usesDefault": false, "role": "rule",
                    "value": .null,
                ]
            ),
            (
                #"{"nope":1}"#,
                [
                    "kind": "operation", "name": "nope", "role": "rule",
                    "notes": ["reaches the unknown operator 'nope'"],
                ]
            ),
            (
                #"{"$ref":"e"}"#,
                [
                    "kind": "reference", "name": "e", "role": "rule", "value": "a",
                    "steps": [["kind": "literal", "value": "a"]],
                ]
            ),
            (
                #"{"fractional":[]}"#,
                [
                    "kind": "fractional", "bucketing": .null, "role": "rule", "value": .null,
                    "notes": ["there are no variants"],
                ]
            ),
        ]
        for (rule, expected) in steps {
            XCTAssertEqual(try Explained(rule: rule, evaluators: #"{"e":"a"}"#).rule?.structure, expected, rule)
        }
        let map = try Explained(rule: #"{"map":[[1],true]}"#)
        XCTAssertEqual(
            map.rule?.steps.last?.structure,
            [
                "kind": "element", "element": 1, "role": "element 0", "value": true,
                "steps": [["kind": "literal", "value": true]],
            ])
        let list = try Explained(rule: #"[{"var":"p"}]"#)
        XCTAssertEqual(list.rule?.structure.structureValue?["kind"], "list")
        XCTAssertEqual(
            list.explanation.steps.first?.structure, ["kind": "fact", "text": "state ENABLED"])
    }
}
