import XCTest

@testable import Flagd

final class FlagExplainerTests: XCTestCase {
    private func facts(_ explanation: Explanation) -> [String] {
        explanation.steps.compactMap { if case .fact(let words) = $0.subject { words } else { nil } }
    }

    private func explain(_ flag: String, _ context: EvaluationContext? = nil) throws -> Explanation {
        let flags = try TestFlags(#"{"flags":{"f":\#(flag)}}"#)
        let explanation = flags.evaluator.explain("f", context: context)
        XCTAssertEqual(explanation.details, flags.evaluator.resolveValue("f", default: .null, context: context))
        return explanation
    }

    func testAStaticFlag() throws {
        let explanation = try explain(#"{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}"#)
        XCTAssertEqual(facts(explanation), ["state ENABLED", "no rule", "the default variant 'on'"])
        XCTAssertEqual(explanation.details.reason, .static)
    }

    func testWithoutDefaultVariant() throws {
        let explanation = try explain(#"{"state":"ENABLED","variants":{"on":true}}"#)
        XCTAssertEqual(
            facts(explanation), ["state ENABLED", "no rule", "no default variant: the caller's default"])
    }

    func testAnUnknownState() throws {
        let explanation = try explain(#"{"state":"MAYBE","variants":{"on":true},"defaultVariant":"on"}"#)
        XCTAssertEqual(facts(explanation).first, "state 'MAYBE', which means ENABLED")
        let absent = try explain(#"{"variants":{"on":true},"defaultVariant":"on"}"#)
        XCTAssertEqual(facts(absent).first, "state ENABLED, for want of another")
    }

    func testADisabledFlag() throws {
        let explanation = try explain(
            #"{"state":"DISABLED","variants":{"on":true},"defaultVariant":"on","targeting":{"nope":1}}"#)
        XCTAssertEqual(
            facts(explanation), ["state DISABLED: neither rule nor variants are looked at", "the caller's default"])
        XCTAssertEqual(explanation.details.reason, .disabled)
    }

    func testAFlagThatCannotBeUsed() throws {
        let explanation = try explain(#"{"state":"ENABLED","variants":{}}"#)
        XCTAssertEqual(facts(explanation).first, "the flag cannot be used: it has no variants")
        XCTAssertEqual(explanation.details.errorCode, .parseError)
    }

    func testARuleThatNamesAVariant() throws {
        let explanation = try explain(
            #"{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"var":"p"}}"#,
            ["p": "on"])
        XCTAssertEqual(facts(explanation), ["state ENABLED", "the variant 'on'"])
        XCTAssertEqual(explanation.steps.map(\.role), [nil, "rule", nil])
    }

    func testARuleThatGivesNothing() throws {
        let flag = #"{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","targeting":{"var":"p"}}"#
        XCTAssertEqual(facts(try explain(flag)).last, "the rule gives null: the default variant 'on'")
        let bare = #"{"state":"ENABLED","variants":{"on":true},"targeting":{"var":"p"}}"#
        XCTAssertEqual(
            facts(try explain(bare)).last, "the rule gives null, and there is no default variant: the caller's default")
        XCTAssertEqual(
            facts(try explain(flag, ["p": "off"])).last,
            "flag 'f': its rule gave 'off', which is none of its variants")
        XCTAssertEqual(
            facts(try explain(flag, ["p": [1]])).last,
            "flag 'f': its rule gave a list or an object, which names no variant")
    }

    func testAFlagThatDoesNotExist() throws {
        let flags = try TestFlags(rule: #""a""#)
        let explanation = flags.evaluator.explain("other", context: nil)
        XCTAssertEqual(facts(explanation), ["the flag is not among the 1 of the set"])
        XCTAssertEqual(explanation.details.errorCode, .flagNotFound)
    }

    func testEscapedKeysAndEvaluatorsOfTheirOwnPayload() throws {
        let flags = try TestFlags(
            #"{"flags":{"g":{"state":"ENABLED","variants":{"a":1,"b":2},"targeting":{"$ref":"e"}}},"$evaluators":{"e":"a"}}"#,
            #"{"flags":{"h\u003c":{"state":"ENABLED","variants":{"a":1,"b":2},"targeting":{"\u0024ref":"e"}}},"$evaluators":{"e":"b"}}"#
        )
        XCTAssertEqual(Explained(flags, key: "g").ruleLines, [#"rule: $ref e → "a""#, #"  "a""#])
        XCTAssertEqual(Explained(flags, key: "h<").ruleLines, [#"rule: $ref e → "b""#, #"  "b""#])
    }

    func testTheArrayForm() throws {
        let flags = try TestFlags(
            #"{"flags":[{"key":"f","state":"ENABLED","variants":{"a":1},"targeting":{"cat":["a"]}}]}"#)
        XCTAssertEqual(Explained(flags).ruleLines, [#"rule: cat → "a""#, #"  "a""#])
    }
}
