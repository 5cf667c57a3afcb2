import XCTest

@testable import Flagd

/// The specification: evaluation, "Payloads", what it says of `$ref`.
final class ReferenceRuleTests: XCTestCase {
    private func flags(_ targeting: String, _ evaluators: String) throws -> TestFlags {
        try TestFlags(
            """
            {"flags":{"f":{"variants":{"a":"a","b":"b","$ref":"r"},"defaultVariant":"b","targeting":\(targeting)},
             "ok":{"variants":{"a":"a"},"targeting":{"$ref":"fine"}}},
             "$evaluators":{"fine":"a",\(evaluators.dropFirst())}
            """)
    }

    private func check(
        _ targeting: String, _ evaluators: String, _ context: EvaluationContext = [:], gives variant: String,
        line: UInt = #line
    ) throws {
        let flags = try flags(targeting, evaluators)
        assertOutcome(flags.string("f", context), variant, variant, .targetingMatch, line: line)
        XCTAssertEqual(flags.diagnostics, [], line: line)
    }

    private func checkFails(_ targeting: String, _ evaluators: String, naming name: String, line: UInt = #line) throws {
        let flags = try flags(targeting, evaluators)
        assertOutcome(flags.string(), "caller", nil, .error, .parseError, line: line)
        XCTAssertEqual(flags.set.diagnostics.map(\.flagKey), ["f"], line: line)
        XCTAssert(flags.diagnostics.first?.contains(name) ?? false, "\(flags.diagnostics)", line: line)
        assertOutcome(flags.string("ok"), "a", "a", .targetingMatch, key: "ok", line: line)
    }

    func testReferenceWherever() throws {
        try check(#"{"$ref":"e"}"#, #"{"e":"a"}"#, gives: "a")
        try check(#"{"if":[{"$ref":"e"},"a","b"]}"#, #"{"e":{"==":[{"var":"x"},1]}}"#, ["x": 1], gives: "a")
        try check(#"{"if":[{"$ref":"e"},"a","b"]}"#, #"{"e":{"==":[{"var":"x"},1]}}"#, ["x": 2], gives: "b")
        try check(#"{"if":[false,"b",{"$ref":"e"}]}"#, #"{"e":{"if":[false,"b","a"]}}"#, gives: "a")
        try check(#"{"if":{"$ref":"e"}}"#, #"{"e":[false,"b","a"]}"#, gives: "a")
        try check(#"{"cat":{"$ref":"e"}}"#, #"{"e":["a",""]}"#, gives: "a")
        try check(#"{"cat":[{"$ref":"e"}]}"#, #"{"e":["a"]}"#, gives: "a")
        try check(#"{"var":{"$ref":"e"}}"#, #"{"e":"x"}"#, ["x": "a"], gives: "a")
        try check(#"{"if":[{"in":[{"var":"x"},{"$ref":"e"}]},"a"]}"#, #"{"e":["p","q"]}"#, ["x": "q"], gives: "a")
        try check(#"{"if":[{"some":{"$ref":"e"}},"a"]}"#, #"{"e":[[0,5],{">":[{"var":""},4]}]}"#, gives: "a")
        try check(
            #"{"if":[{"some":[{"$ref":"l"},{"$ref":"e"}]},"a"]}"#, #"{"l":[5],"e":{">":[{"var":""},4]}}"#, gives: "a")
        try check(#"{"fractional":["x",{"$ref":"e"}]}"#, #"{"e":["a",1]}"#, gives: "a")
        try check(#"{"fractional":{"$ref":"e"}}"#, #"{"e":["x",["a",1]]}"#, gives: "a")
        try check(
            #"{"if":[{"==":[{"var":"o"},[{"p":1,"q":{"$ref":"e"}}]]},"a"]}"#, #"{"e":[2]}"#,
            ["o": [["p": 1, "q": [2]]]], gives: "a")
    }

    func testReferenceBeforeAndBehindTheFlags() throws {
        let flag = #""flags":{"f":{"variants":{"a":"a"},"targeting":{"$ref":"e"}}}"#
        let evaluators = #""$evaluators":{"e":"a"}"#
        for payload in ["{\(flag),\(evaluators)}", "{\(evaluators),\(flag)}"] {
            assertOutcome(try TestFlags(payload).string(), "a", "a", .targetingMatch)
        }
    }

    func testReferenceNested() throws {
        try check(#"{"$ref":"e"}"#, #"{"e":{"$ref":"g"},"g":{"if":[{"$ref":"h"},"a"]},"h":true}"#, gives: "a")
        try check(#"{"if":[{"$ref":"h"},{"$ref":"e"}]}"#, #"{"e":{"if":[{"$ref":"h"},"a"]},"h":true}"#, gives: "a")
    }

    func testReferenceToNothingOrToItselfIsAParseErrorOnThatFlagOnly() throws {
        try checkFails(#"{"$ref":"none"}"#, #"{"e":1}"#, naming: "none")
        try checkFails(#"{"if":[true,"a",{"$ref":"none"}]}"#, #"{"e":1}"#, naming: "none")
        try checkFails(#"{"$ref":"e"}"#, #"{"e":{"$ref":"none"}}"#, naming: "none")
        try checkFails(#"{"$ref":"e"}"#, #"{"e":{"$ref":"e"}}"#, naming: "e")
        try checkFails(#"{"$ref":"e"}"#, #"{"e":{"!":[{"$ref":"g"}]},"g":[{"$ref":"e"}]}"#, naming: "e")
    }

    func testReferenceWithoutEvaluators() throws {
        for evaluators in ["", #","$evaluators":null"#, #","$evaluators":[1]"#, #","$evaluators":5"#] {
            let flags = try TestFlags(
                #"{"flags":{"f":{"variants":{"a":"a"},"targeting":{"$ref":"e"}}}\#(evaluators)}"#)
            assertOutcome(flags.string(), "caller", nil, .error, .parseError)
        }
    }

    func testReferenceTextIsJustText() throws {
        try check(#"{"if":[{"==":["$ref","$ref"]},"a"]}"#, #"{"e":1}"#, gives: "a")
        try check(#"{"if":[{"==":[{"var":"$ref"},1]},"a"]}"#, #"{"e":1}"#, ["$ref": 1], gives: "a")
        let flags = try flags(#"{"if":[true,"$ref"]}"#, #"{"e":1}"#)
        assertOutcome(flags.string(), "r", "$ref", .targetingMatch)
    }

    func testReferenceIsAnObjectOfExactlyOneMember() throws {
        try check(
            #"{"if":[{"==":[{"var":"o"},[{"$ref":"e","x":1}]]},"a"]}"#, #"{"e":1}"#, ["o": [["$ref": "e", "x": 1]]],
            gives: "a")
        let number = try flags(#"{"$ref":5}"#, #"{"5":"a"}"#)
        assertOutcome(number.string(), "caller", nil, .error, .parseError)
    }

    func testReferenceInTargetingOnly() throws {
        let flags = try TestFlags(
            #"{"flags":{"f":{"variants":{"a":{"$ref":"e"}},"defaultVariant":"a","metadata":{"$ref":"e"}}},"$evaluators":{"e":1}}"#
        )
        assertOutcome(flags.object(), ["$ref": "e"], "a", .static)
        XCTAssertEqual(flags.object().flagMetadata, ["$ref": .string("e")])
    }

    func testReferenceToNoRuleIsNoTargeting() throws {
        for nothing in ["{}", "null"] {
            let flags = try flags(#"{"$ref":"e"}"#, #"{"e":{"$ref":"g"},"g":\#(nothing)}"#)
            assertOutcome(flags.string(), "b", "b", .static)
        }
    }

    func testReferenceInAMemberThatALaterOneReplaces() throws {
        let object = #"{"p":{"$ref":"none"},"q":2,"p":{"$ref":"e"}}"#
        try check(
            #"{"if":[{"==":[{"var":"o"},\#(object)]},"a"]}"#, #"{"e":1}"#, ["o": ["p": 1, "q": 2]], gives: "a")
        try checkFails(#"{"if":[{"==":[{"var":"o"},\#(object)]},"a"]}"#, #"{"g":1}"#, naming: "'e'")
    }

    func testReferenceInAnOperatorNobodyKnows() throws {
        for argument in [#"{"$ref":"none"}"#, #"[1,{"$ref":"none"}]"#, #"{"$ref":"loop"}"#] {
            let flags = try flags(#"{"if":[true,"a",{"unknown":\#(argument)}]}"#, #"{"loop":[{"$ref":"loop"}]}"#)
            assertOutcome(flags.string(), "caller", nil, .error, .parseError)
            assertOutcome(flags.string("ok"), "a", "a", .targetingMatch, key: "ok")
        }
        let flags = try flags(#"{"if":[true,"a",{"unknown":{"$ref":"e"}}]}"#, #"{"e":1}"#)
        assertOutcome(flags.string(), "a", "a", .targetingMatch)
    }

    func testReferenceDepth() throws {
        let nested = { (depth: Int) in
            String(repeating: #"{"!":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        }
        // One bracket is the `if`, one its list.
        let targeting = #"{"if":[{"$ref":"e"},"a","b"]}"#
        try check(targeting, #"{"e":\#(nested(126))}"#, gives: "a")
        try checkFails(targeting, #"{"e":{"!":{"$ref":"g"}},"g":\#(nested(126))}"#, naming: "128")
    }

    func testReferenceChainHasALimit() throws {
        let chain = { (length: Int) in
            "{" + (0..<length).map { #""e\#($0)":{"$ref":"e\#($0 + 1)"}"# }.joined(separator: ",")
                + #","e\#(length)":"a"}"#
        }
        try check(#"{"$ref":"e0"}"#, chain(EvaluationLimits.maximumReferenceDepth - 1), gives: "a")
        try checkFails(#"{"$ref":"e0"}"#, chain(EvaluationLimits.maximumReferenceDepth), naming: "128")
        try checkFails(#"{"$ref":"e0"}"#, chain(20_000), naming: "128")
    }

    func testReferenceBombCostsItsFlagOnly() throws {
        let bomb =
            "{" + (0..<60).map { #""e\#($0)":[{"$ref":"e\#($0 + 1)"},{"$ref":"e\#($0 + 1)"}]"# }.joined(separator: ",")
            + #","e60":"a"}"#
        try checkFails(#"{"in":["a",{"$ref":"e0"}]}"#, bomb, naming: "$ref")
        // Twenty bombs, none of which may use up what the others have.
        let flags = try TestFlags(
            "{\"flags\":{"
                + (0..<20).map { #""f\#($0)":{"variants":{"a":"a"},"targeting":{"in":["a",{"$ref":"e\#($0)"}]}}"# }
                .joined(separator: ",")
                + #","ok":{"variants":{"a":"a"},"targeting":{"$ref":"e60"}}},"$evaluators":\#(bomb)}"#)
        assertOutcome(flags.string("ok"), "a", "a", .targetingMatch, key: "ok")
        assertOutcome(flags.string("f0"), "caller", nil, .error, .parseError, key: "f0")
    }
}
