import Flagd
import XCTest

@testable import flagd_inspect

final class BatchSessionTests: XCTestCase {
    private let flags =
        #"{"flags":{"a":{"state":"ENABLED","variants":{"x":"ex"},"defaultVariant":"x","metadata":{"m":1}}}}"#

    private func answers(_ lines: String..., options: FlagdOptions = FlagdOptions()) async throws -> [String] {
        var session = try BatchSession(options: options)
        var answers: [String] = []
        for line in lines { answers.append(await session.answer(Array(line.utf8))) }
        await session.end()
        return answers
    }

    private func check(_ line: String, _ expected: String, at source: UInt = #line) async throws {
        let found = try await answers(line)
        XCTAssertEqual(found, [expected], line: source)
    }

    func testFlagsAsAnObjectAndAsText() async throws {
        let expected = #"{"id":1,"value":"ex","variant":"x","reason":"STATIC","metadata":{"m":1}}"#
        let text = JSON.text(of: .string(flags))
        try await check(#"{"id":1,"flags":\#(flags),"flagKey":"a","type":"string"}"#, expected)
        try await check(#"{"id":1,"flags":\#(text),"flagKey":"a","type":"String"}"#, expected)
    }

    func testThePreviousFlagsAreUsedWhenNoneAreGiven() async throws {
        let all = try await answers(
            #"{"id":1,"flags":\#(flags),"flagKey":"a","type":"string"}"#,
            #"{"id":2,"flagKey":"b","type":"string","default":"d","flags":null}"#)
        XCTAssertEqual(all.last, #"{"id":2,"value":"d","reason":"ERROR","errorCode":"FLAG_NOT_FOUND","metadata":{}}"#)
    }

    func testAPayloadThatDoesNotLoadIsAParseErrorWithANote() async throws {
        for payload in [#""{""#, #""[]""#, #"{"flags":7}"#] {
            let all = try await answers(
                #"{"id":1,"flags":\#(payload),"flagKey":"a","type":"Integer","default":7}"#,
                #"{"id":2,"flagKey":"a","type":"Boolean","default":true}"#)
            XCTAssertTrue(
                all[0].hasPrefix(#"{"id":1,"value":7,"reason":"ERROR","errorCode":"PARSE_ERROR","note":""#), all[0])
            XCTAssertTrue(all[1].hasPrefix(#"{"id":2,"value":true,"reason":"ERROR","errorCode":"PARSE_ERROR""#), all[1])
        }
    }

    func testOptionsReachTheEvaluation() async throws {
        let oneBad = #"{"flags":{"a":{"state":"ENABLED","variants":{"x":"ex"},"defaultVariant":"x"},"b":3}}"#
        let request = #"{"id":1,"flags":\#(oneBad),"flagKey":"a","type":"string"}"#
        var options = FlagdOptions()
        let lenient = try await answers(request, options: options)
        XCTAssertEqual(lenient, [#"{"id":1,"value":"ex","variant":"x","reason":"STATIC","metadata":{}}"#])
        options.isStrict = true
        let strict = try await answers(request, options: options)
        XCTAssertTrue(strict[0].contains(#""errorCode":"PARSE_ERROR","note":"strict mode"#), strict[0])
        options.isStrict = false
        options.selector = "sel"
        let selected = try await answers(request, options: options)
        XCTAssertTrue(selected[0].hasSuffix(#""metadata":{"scope":"sel"}}"#), selected[0])
    }

    func testTheFractionalVersionCountsForRulesToo() async throws {
        // An object is a bucketing value in version 3 only.
        let rule = #"{"id":1,"rule":{"fractional":[{"var":""},["red",1],["blue",1]]},"data":{"a":1}}"#
        var options = FlagdOptions()
        let v2 = try await answers(rule, options: options)
        XCTAssertEqual(v2, [#"{"id":1,"result":null}"#])
        options.fractionalVersion = .v3
        let v3 = try await answers(rule, options: options)
        XCTAssertTrue([#"{"id":1,"result":"red"}"#, #"{"id":1,"result":"blue"}"#].contains(v3[0]), v3[0])
    }

    func testRulesSeeTheirDataExactlyAsGiven() async throws {
        try await check(#"{"id":1,"rule":{"var":""},"data":{"a":1}}"#, #"{"id":1,"result":{"a":1}}"#)
        try await check(#"{"id":1,"rule":{"var":"$flagd"},"data":{}}"#, #"{"id":1,"result":null}"#)
        let rule = #"{"fractional":[["red",1],["blue",1]]}"#
        let data = #"{"$flagd":{"flagKey":"f"},"targetingKey":"u"}"#
        let all = try await answers(
            #"{"id":1,"rule":\#(rule),"data":\#(data)}"#,
            #"{"id":2,"rule":{"fractional":["fu",["red",1],["blue",1]]},"data":null}"#)
        XCTAssertEqual(all[0].dropFirst(8), all[1].dropFirst(8))
    }

    func testAnUnknownOperatorIsAnError() async throws {
        let answer = try await answers(#"{"id":1,"rule":{"no-such-operator":[1]},"data":{}}"#)[0]
        XCTAssertTrue(answer.hasPrefix(#"{"id":1,"error":""#), answer)
        XCTAssertTrue(answer.contains("no-such-operator"), answer)
    }

    func testIdentifiersComeBackAsTheyStand() async throws {
        try await check(#"{"id":{"n":1.50},"rule":1}"#, #"{"id":{"n":1.50},"result":1}"#)
        try await check(#"{"rule":true}"#, #"{"result":true}"#)
    }

    func testRequestsThatCannotBeAnswered() async throws {
        let cases = [
            ("[1]", "the line is no JSON object"),
            (#"{"id":1}"#, "flagKey is missing or no text"),
            (#"{"id":1,"flagKey":"a"}"#, "type is missing"),
            (#"{"id":1,"flagKey":"a","type":"colour"}"#, "type is missing or none of boolean"),
            (#"{"id":1,"flagKey":"a","type":"integer","default":1.5}"#, "the default 1.5 is no integer"),
            (#"{"id":1,"flagKey":"a","type":"integer","context":3}"#, "context is no object"),
            (#"{"id":1,"flagKey":"a","type":"integer","flags":3}"#, "flags is neither an object nor a text"),
            (#"{"id":1,"flagKey":"a","type":"integer"}"#, "no flags were given"),
        ]
        for (line, message) in cases {
            let answer = try await answers(line)[0]
            XCTAssertTrue(answer.contains(#""error":"\#(message)"#), "\(line): \(answer)")
        }
    }
}
