import XCTest

@testable import Flagd

/// The specification: evaluation, "Payloads", sentence by sentence.
final class PayloadRuleTests: XCTestCase {
    private let flag = #"{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}"#

    func testPayloadsFormOfAFile() throws {
        let flags = try TestFlags(
            """
            {"$schema":"https://flagd.dev/schema/v0/flags.json","metadata":{"v":1},
             "flags":{"f":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","targeting":{"$ref":"e"}}},
             "$evaluators":{"e":{"if":[{"var":"x"},"on",null]}}}
            """)
        assertOutcome(flags.boolean("f", ["x": 1]), true, "on", .targetingMatch)
        XCTAssertEqual(flags.boolean().flagMetadata, ["v": .integer(1)])
        XCTAssertEqual(flags.diagnostics, [])
    }

    func testPayloadsFormOfTheSyncStream() throws {
        let flags = try TestFlags(
            #"""
            {"flags":{"a\u003cb\u0026c\u003e":{"state":"ENABLED","defaultVariant":"","variants":{"x\u003c":"\u003ci\u003e"},
             "targeting":{"if":[{"\u003c":[{"var":"n"},1]},"x\u003c"]},"source":"flags.json","metadata":{"\u0026":1}}}}
            """#)
        assertOutcome(flags.string("a<b&c>", ["n": 0]), "<i>", "x<", .targetingMatch, key: "a<b&c>")
        assertOutcome(flags.string("a<b&c>", ["n": 1]), "caller", nil, .default)
        XCTAssertEqual(flags.string("a<b&c>").flagMetadata, ["&": .integer(1)])
    }

    func testPayloadsArrayForm() throws {
        let flags = try TestFlags(#"{"flags":[{"key":"f",\#(flag.dropFirst()),{"key":"g",\#(flag.dropFirst())]}"#)
        assertOutcome(flags.boolean("f"), true, "on", .static)
        assertOutcome(flags.boolean("g"), true, "on", .static)
        XCTAssertEqual(flags.set.count, 2)
        XCTAssertEqual(flags.diagnostics, [])
    }

    func testPayloadsArrayFormDuplicateKeysLastWinsWithADiagnostic() throws {
        let off = #""state":"ENABLED","variants":{"off":false},"defaultVariant":"off"}"#
        let flags = try TestFlags(
            #"{"flags":[{"key":"f","flagSetId":"1",\#(flag.dropFirst()),{"key":"f","flagSetId":"2",\#(off)]}"#)
        assertOutcome(flags.boolean("f"), false, "off", .static)
        XCTAssertEqual(flags.set.count, 1)
        XCTAssertEqual(flags.set.flags.map(\.key), ["f"])
        XCTAssertEqual(flags.set.diagnostics.map(\.pointer), ["/flags/1"])
        XCTAssertEqual(flags.set.diagnostics.map(\.flagKey), ["f"])
    }

    func testPayloadsArrayFormElementWithoutATextKeyIsDropped() throws {
        for element in ["{}", #"{"key":1}"#, #"{"key":null}"#, "5", "null", "[]", #""f""#] {
            let flags = try TestFlags(#"{"flags":[\#(element),{"key":"f",\#(flag.dropFirst())]}"#)
            XCTAssertEqual(flags.set.flags.map(\.key), ["f"], element)
            XCTAssertEqual(flags.set.diagnostics.map(\.pointer), ["/flags/0"], element)
            XCTAssertNil(flags.set.diagnostics.first?.flagKey, element)
        }
    }

    func testPayloadsEmptySets() throws {
        let sets = [
            "{}", #"{"flags":{}}"#, #"{"flags":null}"#, #"{"flags":[]}"#, #"{"metadata":{}}"#, " {\n} ", "\u{feff}{}",
        ]
        for payload in sets {
            let flags = try TestFlags(payload)
            XCTAssertTrue(flags.set.isEmpty, payload)
            assertOutcome(flags.boolean(), false, nil, .error, .flagNotFound)
        }
    }

    func testPayloadsThatAreAnError() {
        assertRejected("", saying: "empty")
        for text in [
            " ", "null", "[]", "5", #""{}""#, "{", "}", "{}{}", "{} x", #"{"flags":{}"#, #"{"flags":{},}"#, "{\u{0}}",
        ] {
            assertRejected(text)
        }
        for flags in ["1", "true", #""""#, #""{}""#, "-1"] { assertRejected(#"{"flags":\#(flags)}"#, saying: "flags") }
    }

    func testPayloadsUnknownMembersAreIgnored() throws {
        let flags = try TestFlags(
            #"""
            {"extra":[1],"flags":{"f":{"state":"ENABLED","x":{},"variants":{"on":true},"defaultVariant":"on","source":1}},"z":null}
            """#)
        assertOutcome(flags.boolean(), true, "on", .static)
        XCTAssertEqual(flags.diagnostics, [])
    }

    func testPayloadsDuplicateMembersLastWins() throws {
        let off = #"{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}"#
        assertOutcome(try TestFlags(#"{"flags":{"f":\#(flag),"f":\#(off)}}"#).boolean(), false, "off", .static)
        let twice = try TestFlags(#"{"flags":{"f":\#(flag),"g":5},"flags":{"f":\#(off)}}"#)
        assertOutcome(twice.boolean(), false, "off", .static)
        assertOutcome(twice.boolean("g"), false, nil, .error, .flagNotFound, key: "g")
        XCTAssertEqual(twice.diagnostics, [])
        let members = try TestFlags(
            #"""
            {"flags":{"f":{"state":1,"state":"ENABLED","variants":5,"variants":{"on":1,"on":true,"off":false},
             "defaultVariant":"off","defaultVariant":"on","metadata":{"a":1,"a":2},"metadata":{"b":1,"b":2}}},
             "metadata":{"c":1},"metadata":{"d":1,"d":2}}
            """#)
        assertOutcome(members.boolean(), true, "on", .static)
        XCTAssertEqual(members.boolean().flagMetadata, ["b": .integer(2), "d": .integer(2)])
        assertOutcome(try TestFlags(#"{"flags":5,"flags":{"f":\#(flag)}}"#).boolean(), true, "on", .static)
        assertRejected(#"{"flags":{"f":\#(flag)},"flags":5}"#, saying: "flags")
        XCTAssertTrue(try TestFlags(#"{"flags":{"f":\#(flag)},"flags":null}"#).set.isEmpty)
        let evaluators = try TestFlags(
            #"""
            {"flags":{"f":{"variants":{"on":true,"off":false},"targeting":{"$ref":"e"}}},
             "$evaluators":{"e":"x"},"$evaluators":{"e":"on","e":"off"}}
            """#)
        assertOutcome(evaluators.boolean(), false, "off", .targetingMatch)
    }

    func testPayloadsAtMost128OpenBrackets() throws {
        // The payload's, the flags', the flag's and the variants' objects are open around the value.
        let inside = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        let payload = { (depth: Int) in
            #"{"flags":{"f":{"variants":{"on":\#(inside(depth))},"defaultVariant":"on"}}}"#
        }
        assertOutcome(try TestFlags(payload(124)).object(), try JSON.parse(Array(inside(124).utf8)), "on", .static)
        let tooDeep = try TestFlags(payload(125))
        XCTAssertEqual(tooDeep.object().errorCode, .parseError)
        XCTAssertEqual(tooDeep.object().errorMessage, "flag 'f' cannot be used: it has more than 128 open brackets")
        assertRejected(#"{"flags":{},"other":\#(inside(128))}"#, saying: "128")
    }

    func testPayloadsAFlagThatIsTooDeepCostsNoOther() throws {
        let deep = String(repeating: #"{"a":["#, count: 50_000) + "1.5e3" + String(repeating: "]}", count: 50_000)
        for payload in [
            #"{"flags":{"deep":\#(deep),"f":\#(flag)}}"#,
            #"{"flags":[{"targeting":\#(deep),"key":"deep"},{"key":"f",\#(flag.dropFirst())]}"#,
        ] {
            let flags = try TestFlags(payload)
            assertOutcome(flags.boolean(), true, "on", .static)
            XCTAssertEqual(flags.value("deep").errorCode, .parseError)
            XCTAssertEqual(flags.set.count, 2)
        }
        // What is skipped has to be JSON all the same.
        assertRejected(#"{"flags":{"deep":\#(deep.dropLast()),"f":\#(flag)}}"#, saying: "expected")
        assertRejected(#"{"flags":{"deep":\#(deep.replacing("1.5e3", with: "x"))}}"#, saying: "unexpected")
    }

    func testPayloadsNumbersStayExact() throws {
        let numbers = [
            ("9223372036854775807", Value.integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("18446744073709551615", .unsignedInteger(.max)), ("9223372036854775808", .unsignedInteger(1 << 63)),
            ("9007199254740993", .integer(9_007_199_254_740_993)), ("18446744073709551616", .double(0x1p64)),
            ("-9223372036854775809", .double(-0x1p63)), ("1.0", .double(1)), ("1e2", .double(100)),
            ("0.1", .double(0.1)),
        ]
        for (text, value) in numbers {
            let flags = try TestFlags(#"{"flags":{"f":{"variants":{"on":{"n":\#(text)}},"defaultVariant":"on"}}}"#)
            XCTAssertEqual(flags.object().value, ["n": value], text)
            XCTAssertEqual(try JSON.parse(Array(text.utf8)), value)
        }
        assertRejected(#"{"flags":{"f":{"variants":{"on":1e309},"defaultVariant":"on"}}}"#, saying: "number")
        assertRejected(#"{"n":-1e309}"#)
    }

    func testPayloadsLoneSurrogateEscapeIsReplaced() throws {
        for (escape, text) in [
            (#"\ud800"#, "\u{fffd}"), (#"\udc00"#, "\u{fffd}"), (#"\ud800\ud800"#, "\u{fffd}\u{fffd}"),
            (#"\ud83d\ude00"#, "😀"), (#"\ud83dx"#, "\u{fffd}x"), (#"\ud83d\n"#, "\u{fffd}\n"),
            (#"\ud83d\u0041"#, "\u{fffd}A"), (#"\udfff\ud800"#, "\u{fffd}\u{fffd}"),
        ] {
            let flags = try TestFlags(#"{"flags":{"f":{"variants":{"on":"\#(escape)"},"defaultVariant":"on"}}}"#)
            XCTAssertEqual(Array(flags.string().value.unicodeScalars), Array(text.unicodeScalars), escape)
        }
        for bad in [#"\ud83d\u"#, #"\u12"#, #"\u12g4"#, #"\x"#, #"\"#, #"\U0041"#] {
            assertRejected(#"{"a":"\#(bad)"}"#)
        }
    }

    func testPayloadsOneBadFlagNeverCostsTheOthers() throws {
        let bad = [
            ("5", "/flags/f"), ("null", "/flags/f"), ("[]", "/flags/f"), (#""x""#, "/flags/f"),
            (#"{"variants":{"on":true},"state":1,"defaultVariant":"on"}"#, "/flags/f/state"),
            (#"{"variants":{"on":true},"state":true}"#, "/flags/f/state"),
            (#"{"variants":{"on":true},"defaultVariant":7}"#, "/flags/f/defaultVariant"),
            (#"{"variants":{"on":true},"defaultVariant":{}}"#, "/flags/f/defaultVariant"),
            (#"{"defaultVariant":"on"}"#, "/flags/f"), (#"{"variants":{}}"#, "/flags/f/variants"),
            (#"{"variants":null}"#, "/flags/f/variants"), (#"{"variants":[true]}"#, "/flags/f/variants"),
            (#"{"variants":{"on":true},"targeting":{"$ref":"none"}}"#, "/flags/f/targeting"),
        ]
        for (text, pointer) in bad {
            let flags = try TestFlags(#"{"flags":{"f":\#(text),"g":\#(flag)}}"#)
            assertOutcome(flags.boolean(), false, nil, .error, .parseError)
            assertOutcome(flags.boolean("g"), true, "on", .static)
            XCTAssertEqual(flags.set.count, 2, text)
            let errors = flags.set.diagnostics.filter { $0.severity == .error }
            XCTAssertEqual(errors.map(\.pointer), [pointer], text)
            XCTAssertEqual(errors.map(\.flagKey), ["f"], text)
            XCTAssertFalse(errors.contains { $0.reason.isEmpty }, text)
        }
    }

    func testPayloadsStateAndDefaultVariantMayBeNull() throws {
        let flags = try TestFlags(#"{"flags":{"f":{"variants":{"on":true},"state":null,"defaultVariant":null}}}"#)
        assertOutcome(flags.boolean(), false, nil, .default)
        XCTAssertEqual(flags.diagnostics, [])
    }

    func testPayloadsStrictModeRejectsTheWholePayload() throws {
        let strict = EvaluationOptions(isStrict: true)
        assertRejected(#"{"flags":{"f":5,"g":\#(flag)}}"#, options: strict, saying: "/flags/f")
        assertRejected(
            #"{"flags":{"f":{"variants":{"on":true},"targeting":{"$ref":"none"}}}}"#, options: strict, saying: "none")
        XCTAssertEqual(try TestFlags(#"{"flags":{"g":\#(flag)}}"#, options: strict).set.count, 1)
        // What merely deserves a warning is no reason to reject.
        let warned = #"{"flags":{"f":{"state":"ON","variants":{"on":true,"x":1},"defaultVariant":"none"}}}"#
        XCTAssertEqual(try TestFlags(warned, options: strict).set.diagnostics.count, 3)
    }

    /// Of several flags of one key only the last is there: what was wrong with the others is no longer wrong.
    func testPayloadsStrictModeLooksAtTheLastOfDuplicates() throws {
        let strict = EvaluationOptions(isStrict: true)
        let reference = #"{"variants":{"on":false},"targeting":{"$ref":"none"}}"#
        for earlier in ["5", #"{"variants":{}}"#, reference, #"{"variants":{"on":1,"x":"text"},"metadata":5}"#] {
            let flags = try TestFlags(#"{"flags":{"f":\#(earlier),"g":\#(flag),"f":\#(flag)}}"#, options: strict)
            XCTAssertEqual(flags.diagnostics, [], earlier)
            assertOutcome(flags.boolean(), true, "on", .static)
        }
        assertRejected(#"{"flags":{"f":\#(flag),"f":5}}"#, options: strict, saying: "/flags/f")
        assertRejected(#"{"flags":{"f":5,"f":\#(reference)}}"#, options: strict, saying: "/flags/f/targeting")
        let list = try TestFlags(
            #"{"flags":[{"key":"f"},{"key":"f","state":1},{"key":"f",\#(flag.dropFirst())]}"#, options: strict)
        XCTAssertEqual(list.set.diagnostics.map(\.pointer), ["/flags/2"])
        let metadata = try TestFlags(#"{"metadata":5,"metadata":{"a":null},"metadata":{"b":[]}}"#)
        XCTAssertEqual(metadata.set.diagnostics.map(\.pointer), ["/metadata/b"])
    }

    func testPayloadsDiagnosticsOfWhatWorksHardly() throws {
        let warnings: [(String, String)] = [
            (#""variants":{"on":true,"x":"text"}"#, "/flags/f/variants"),
            (#""variants":{"on":null}"#, "/flags/f/variants"),
            (#""state":"MAYBE","variants":{"on":true}"#, "/flags/f/state"),
            (#""variants":{"on":true},"defaultVariant":"none""#, "/flags/f/defaultVariant"),
            (#""variants":{"on":true},"metadata":5"#, "/flags/f/metadata"),
            (#""variants":{"on":true},"metadata":{"a":[]}"#, "/flags/f/metadata/a"),
            (#""variants":{"on":true},"metadata":{"a/b~c":null}"#, "/flags/f/metadata/a~1b~0c"),
            (#""variants":{"on":9007199254740992}"#, "/flags/f/variants/on"),
            (#""variants":{"o/n":-9007199254740992}"#, "/flags/f/variants/o~1n"),
            (#""variants":{"on":true},"targeting":{"unknown":1}"#, "/flags/f/targeting"),
            (#""variants":{"on":true},"targeting":{"fractional":[["on",1.5]]}"#, "/flags/f/targeting"),
            (#""variants":{"on":true},"targeting":{"fractional":[["on",0]]}"#, "/flags/f/targeting"),
            (#""variants":{"on":true},"targeting":{"fractional":[[["on"],1]]}"#, "/flags/f/targeting"),
            (#""variants":{"on":true},"targeting":{"sem_ver":["1.2.3","==","1.2.3"]}"#, "/flags/f/targeting"),
            (#""variants":{"on":true},"targeting":{"sem_ver":[{"var":"v"},"=","1.2.x"]}"#, "/flags/f/targeting"),
            (#""variants":{"on":true},"targeting":{"sem_ver":[{"var":"v"},"="]}"#, "/flags/f/targeting"),
            (#""variants":{"on":true},"targeting":{"starts_with":[{"var":"v"},1]}"#, "/flags/f/targeting"),
            (#""variants":{"on":true},"targeting":{"ends_with":[{"var":"v"}]}"#, "/flags/f/targeting"),
        ]
        for (members, pointer) in warnings {
            let flags = try TestFlags(#"{"flags":{"f":{\#(members)}}}"#)
            XCTAssertEqual(flags.set.diagnostics.map(\.pointer), [pointer], members)
            XCTAssertEqual(flags.set.diagnostics.map(\.severity), [.warning], members)
        }
        let exact = #"{"flags":{"f":{"variants":{"on":9007199254740991,"x":-9007199254740991,"y":1.5}}}}"#
        XCTAssertEqual(try TestFlags(exact).diagnostics, [])
    }

    func testPayloadsUnknownStateIsEnabled() throws {
        let flags = try TestFlags(#"{"flags":{"f":{"state":"disabled","variants":{"on":true},"defaultVariant":"on"}}}"#)
        assertOutcome(flags.boolean(), true, "on", .static)
    }

    func testPayloadsSetMetadataDiagnostics() throws {
        XCTAssertEqual(try TestFlags(#"{"metadata":5}"#).set.diagnostics.map(\.pointer), ["/metadata"])
        let flags = try TestFlags(#"{"metadata":{"a":{},"b":1}}"#)
        XCTAssertEqual(flags.set.diagnostics.map(\.pointer), ["/metadata/a"])
        XCTAssertEqual(flags.boolean().flagMetadata, ["b": .integer(1)])
    }

    func testPayloadsLaterOnesWin() throws {
        let flags = try TestFlags(
            #"{"metadata":{"s":1,"t":1},"flags":{"f":{"variants":{"a":1},"defaultVariant":"a"},"g":{"variants":{"a":1},"defaultVariant":"a"}}}"#,
            #"{"metadata":{"s":2},"flags":{"f":{"variants":{"b":2},"defaultVariant":"b"}}}"#)
        assertOutcome(flags.integer("f"), 2, "b", .static)
        assertOutcome(flags.integer("g"), 1, "a", .static)
        XCTAssertEqual(flags.integer("f").flagMetadata, ["s": .integer(2)])
        XCTAssertEqual(flags.integer("g").flagMetadata, ["s": .integer(1), "t": .integer(1)])
        XCTAssertEqual(flags.integer("none").flagMetadata, ["s": .integer(2), "t": .integer(1)])
    }
}
