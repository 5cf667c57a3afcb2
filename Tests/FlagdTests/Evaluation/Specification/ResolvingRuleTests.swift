import XCTest

@testable import Flagd

/// The specification: evaluation, "Resolving a flag", by its numbers.
final class ResolvingRuleTests: XCTestCase {
    // MARK: 1

    func testResolving1NotInTheSet() throws {
        let flags = try TestFlags(#"{"flags":{"é":{"variants":{"a":"x"},"defaultVariant":"a"}},"metadata":{"m":1}}"#)
        assertOutcome(flags.boolean("none"), false, nil, .error, .flagNotFound, key: "none")
        assertOutcome(flags.string("none"), "caller", nil, .error, .flagNotFound, key: "none")
        assertOutcome(flags.integer("none"), -1, nil, .error, .flagNotFound, key: "none")
        assertOutcome(flags.double("none"), -1, nil, .error, .flagNotFound, key: "none")
        assertOutcome(flags.object("none"), "caller", nil, .error, .flagNotFound, key: "none")
        assertOutcome(flags.string(""), "caller", nil, .error, .flagNotFound, key: "")
        XCTAssertEqual(flags.string("none").flagMetadata, ["m": .integer(1)])
        // Keys are compared by bytes.
        assertOutcome(flags.string("é"), "x", "a", .static)
        assertOutcome(flags.string("e\u{301}"), "caller", nil, .error, .flagNotFound, key: "e\u{301}")
    }

    // MARK: 2

    func testResolving2Disabled() throws {
        let rule = #""targeting":{"unknown":1}"#
        let flags = try TestFlags(
            """
            {"metadata":{"s":1},"flags":{
             "f":{"state":"DISABLED","variants":{"a":"x"},"defaultVariant":"a","metadata":{"m":2},\(rule)},
             "unusable":{"state":"DISABLED","variants":5,"metadata":{"m":3}},
             "broken":{"state":"DISABLED","variants":{"a":"x"},"targeting":{"$ref":"none"}}}}
            """)
        assertOutcome(flags.string(), "caller", nil, .disabled)
        assertOutcome(flags.boolean(), false, nil, .disabled)
        XCTAssertEqual(flags.string().flagMetadata, ["m": .integer(2), "s": .integer(1)])
        assertOutcome(flags.string("unusable"), "caller", nil, .disabled)
        XCTAssertEqual(flags.string("unusable").flagMetadata, ["m": .integer(3), "s": .integer(1)])
        assertOutcome(flags.string("broken"), "caller", nil, .disabled)
    }

    // MARK: 3

    func testResolving3NoTargeting() throws {
        for targeting in ["", #","targeting":null"#, #","targeting":{}"#] {
            let flags = try TestFlags(
                #"{"flags":{"f":{"state":"ENABLED","variants":{"a":"x"},"defaultVariant":"a"\#(targeting)}}}"#)
            assertOutcome(flags.string(), "x", "a", .static)
            assertOutcome(flags.string("f", ["targetingKey": "u"]), "x", "a", .static)
        }
    }

    func testResolving3DefaultVariantAbsent() throws {
        for variant in ["", #","defaultVariant":null"#, #","defaultVariant":"""#] {
            let flags = try TestFlags(#"{"flags":{"f":{"variants":{"a":"x","":"y"}\#(variant)}}}"#)
            assertOutcome(flags.string(), "caller", nil, .default)
            assertOutcome(flags.boolean(), false, nil, .default)
        }
    }

    // MARK: 4

    func testResolving4NullIsTheDefaultVariant() throws {
        for rule in ["[]", #"{"var":"absent"}"#, #"{"if":[false,"a"]}"#, #"{"/":[1,0]}"#, #"{"max":[]}"#]
        where rule != "[]" {
            assertOutcome(try TestFlags(rule: rule).string(), "d", "d", .default)
            assertOutcome(try TestFlags(rule: rule, defaultVariant: "null").string(), "caller", nil, .default)
            assertOutcome(try TestFlags(rule: rule, defaultVariant: #""""#).string(), "caller", nil, .default)
        }
    }

    func testResolving4TextNamesAVariant() throws {
        assertOutcome(try TestFlags(rule: #""a""#).string(), "a", "a", .targetingMatch)
        assertOutcome(try TestFlags(rule: #"{"if":[true,"b"]}"#).string(), "b", "b", .targetingMatch)
        let read = try TestFlags(rule: #"{"var":"name"}"#)
        assertOutcome(read.string("f", ["name": "c"]), "c", "c", .targetingMatch)
        assertOutcome(read.string("f", ["name": "d"]), "d", "d", .targetingMatch)
        assertOutcome(try TestFlags(rule: #"{"cat":["","a"]}"#).string(), "a", "a", .targetingMatch)
    }

    func testResolving4BooleanAndNumberNameAVariantByTheirText() throws {
        assertOutcome(try TestFlags(rule: "true").string(), "true", "true", .targetingMatch)
        assertOutcome(try TestFlags(rule: "false").string(), "caller", nil, .error, .general)
        assertOutcome(
            try TestFlags(rule: #"{"==":[1,{"var":"x"}]}"#).string("f", ["x": 1]), "true", "true", .targetingMatch)
        for one in ["1", "1.0", "1e0"] {
            assertOutcome(try TestFlags(rule: one).string(), "1", "1", .targetingMatch)
        }
        assertOutcome(try TestFlags(rule: #"{"var":"x"}"#).string("f", ["x": 1.0]), "1", "1", .targetingMatch)
        let numbers = try TestFlags(
            #"""
            {"flags":{"f":{"variants":{"0.1":"tenth","1e+21":"large","-5":"minus","18446744073709551615":"max"},
             "targeting":{"var":"x"}}}}
            """#)
        assertOutcome(numbers.string("f", ["x": 0.1]), "tenth", "0.1", .targetingMatch)
        assertOutcome(numbers.string("f", ["x": 1e21]), "large", "1e+21", .targetingMatch)
        assertOutcome(numbers.string("f", ["x": -5]), "minus", "-5", .targetingMatch)
        assertOutcome(
            numbers.string("f", ["x": .unsignedInteger(.max)]), "max", "18446744073709551615", .targetingMatch)
    }

    func testResolving4UnknownVariantIsGeneralNeverTheDefault() throws {
        for rule in [#""none""#, #""""#, "2", "false", #"{"cat":["a","b"]}"#, #""A""#] {
            assertOutcome(try TestFlags(rule: rule).string(), "caller", nil, .error, .general)
        }
        XCTAssertEqual(
            try TestFlags(rule: #""none""#).string().errorMessage?.contains("'none'"), true)
    }

    func testResolving4UnknownVariantOfAnyLengthIsACalmMessage() throws {
        let flags = try TestFlags(rule: #"{"var":"x"}"#)
        let details = flags.string("f", ["x": .string(String(repeating: "long ", count: 100_000))])
        assertOutcome(details, "caller", nil, .error, .general)
        XCTAssertLessThan(details.errorMessage?.utf8.count ?? 0, 500)
    }

    func testResolving4ListOrObjectIsGeneral() throws {
        for rule in ["[]", #"["a"]"#, #"{"a":1,"b":2}"#, #"{"merge":["a"]}"#] {
            assertOutcome(try TestFlags(rule: rule).string(), "caller", nil, .error, .general)
        }
    }

    func testResolving4UnknownOperatorReached() throws {
        for rule in [#"{"unknown":1}"#, #"{"if":[{"unknown":1},"a"]}"#, #"{"cat":["a",{"unknown":[]}]}"#] {
            let flags = try TestFlags(rule: rule)
            assertOutcome(flags.string(), "caller", nil, .error, .parseError)
            XCTAssertEqual(flags.string().errorMessage?.contains("unknown"), true)
            XCTAssertEqual(flags.set.diagnostics.count, 1)
        }
    }

    func testResolving4UnknownOperatorNotReached() throws {
        let flags = try TestFlags(rule: #"{"if":[{"==":[{"var":"x"},1]},"a",{"unknown":1}]}"#)
        assertOutcome(flags.string("f", ["x": 1]), "a", "a", .targetingMatch)
        assertOutcome(flags.string("f", ["x": 2]), "caller", nil, .error, .parseError)
        XCTAssertEqual(flags.set.diagnostics.map(\.severity), [.warning])
        let dropped = try TestFlags(rule: #"{"if":[true,"a",{"unknown":1}]}"#)
        assertOutcome(dropped.string(), "a", "a", .targetingMatch)
        XCTAssertEqual(dropped.set.diagnostics.count, 1)
    }

    // MARK: 5

    private let typed = """
        {"flags":{"bool":{"variants":{"v":true},"defaultVariant":"v"},"text":{"variants":{"v":"1"},"defaultVariant":"v"},
         "int":{"variants":{"v":10},"defaultVariant":"v"},"whole":{"variants":{"v":10.0},"defaultVariant":"v"},
         "pi":{"variants":{"v":3.14},"defaultVariant":"v"},"object":{"variants":{"v":{"a":1}},"defaultVariant":"v"},
         "list":{"variants":{"v":[1]},"defaultVariant":"v"},"null":{"variants":{"v":null},"defaultVariant":"v"},
         "odd":{"variants":{"v":9007199254740993},"defaultVariant":"v"},
         "max":{"variants":{"v":9223372036854775807},"defaultVariant":"v"},
         "min":{"variants":{"v":-9223372036854775808},"defaultVariant":"v"},
         "unsigned":{"variants":{"v":18446744073709551615},"defaultVariant":"v"},
         "two63":{"variants":{"v":9223372036854775808},"defaultVariant":"v"},
         "huge":{"variants":{"v":1e300},"defaultVariant":"v"},"zero":{"variants":{"v":-0.0},"defaultVariant":"v"}}}
        """

    func testResolving5BooleanAndStringExactly() throws {
        let flags = try TestFlags(typed)
        assertOutcome(flags.boolean("bool"), true, "v", .static)
        assertOutcome(flags.string("text"), "1", "v", .static)
        for key in ["text", "int", "whole", "pi", "object", "list", "null", "zero"] {
            assertOutcome(flags.boolean(key), false, "v", .error, .typeMismatch, key: key)
        }
        for key in ["bool", "int", "whole", "pi", "object", "list", "null"] {
            assertOutcome(flags.string(key), "caller", "v", .error, .typeMismatch, key: key)
        }
    }

    func testResolving5ObjectsAreObjectsAndArrays() throws {
        let flags = try TestFlags(typed)
        assertOutcome(flags.object("object"), ["a": 1], "v", .static)
        assertOutcome(flags.object("list"), [1], "v", .static)
        for key in ["bool", "text", "int", "pi", "null"] {
            assertOutcome(flags.object(key), "caller", "v", .error, .typeMismatch, key: key)
        }
    }

    func testResolving5IntegersLosslessIn64Bits() throws {
        let flags = try TestFlags(typed)
        assertOutcome(flags.integer("int"), 10, "v", .static)
        assertOutcome(flags.integer("whole"), 10, "v", .static)
        assertOutcome(flags.integer("odd"), 9_007_199_254_740_993, "v", .static)
        assertOutcome(flags.integer("max"), .max, "v", .static)
        assertOutcome(flags.integer("min"), .min, "v", .static)
        assertOutcome(flags.integer("zero"), 0, "v", .static)
        for key in ["bool", "text", "pi", "object", "list", "null", "unsigned", "two63", "huge"] {
            assertOutcome(flags.integer(key), -1, "v", .error, .typeMismatch, key: key)
        }
    }

    func testResolving5DoublesLossless() throws {
        let flags = try TestFlags(typed)
        assertOutcome(flags.double("pi"), 3.14, "v", .static)
        assertOutcome(flags.double("int"), 10, "v", .static)
        assertOutcome(flags.double("whole"), 10, "v", .static)
        assertOutcome(flags.double("min"), -0x1p63, "v", .static)
        assertOutcome(flags.double("two63"), 0x1p63, "v", .static)
        assertOutcome(flags.double("huge"), 1e300, "v", .static)
        for key in ["bool", "text", "object", "list", "null", "odd", "max", "unsigned"] {
            assertOutcome(flags.double(key), -1, "v", .error, .typeMismatch, key: key)
        }
    }

    func testResolving5AnyType() throws {
        let flags = try TestFlags(typed)
        assertOutcome(flags.value("bool"), true, "v", .static)
        assertOutcome(flags.value("text"), "1", "v", .static)
        assertOutcome(flags.value("odd"), 9_007_199_254_740_993, "v", .static)
        assertOutcome(flags.value("null"), .null, "v", .static)
        assertOutcome(flags.value("list"), [1], "v", .static)
    }

    func testResolving5TypeMismatchAfterTargeting() throws {
        assertOutcome(try TestFlags(rule: #""a""#).boolean(), false, "a", .error, .typeMismatch)
        assertOutcome(try TestFlags(rule: #"{"var":"absent"}"#).integer(), -1, "d", .error, .typeMismatch)
    }

    func testResolving5UnknownDefaultVariantIsGeneralWhenNeeded() throws {
        let flags = try TestFlags(rule: #"{"var":"x"}"#, defaultVariant: #""none""#)
        assertOutcome(flags.string("f", ["x": "a"]), "a", "a", .targetingMatch)
        assertOutcome(flags.string(), "caller", nil, .error, .general)
        let fixed = try TestFlags(#"{"flags":{"f":{"variants":{"a":"x"},"defaultVariant":"none"}}}"#)
        assertOutcome(fixed.string(), "caller", nil, .error, .general)
        XCTAssertEqual(fixed.string().errorMessage?.contains("'none'"), true)
    }

    // MARK: 6

    func testResolving6MetadataMerged() throws {
        let flags = try TestFlags(
            """
            {"metadata":{"s":"set","both":"set","n":null},"flags":{
             "f":{"variants":{"a":"x"},"defaultVariant":"a","metadata":{"both":"flag","f":1.5,"drop":[1],"t":true}},
             "plain":{"variants":{"a":"x"},"defaultVariant":"a"},
             "mismatch":{"variants":{"a":1},"defaultVariant":"a","metadata":{"f":1}},
             "unusable":{"variants":{},"metadata":{"f":2}},
             "noObject":7}}
            """)
        XCTAssertEqual(
            flags.string().flagMetadata,
            ["s": .string("set"), "both": .string("flag"), "f": .double(1.5), "t": .boolean(true)])
        let ofSet: FlagMetadata = ["s": .string("set"), "both": .string("set")]
        XCTAssertEqual(flags.string("plain").flagMetadata, ofSet)
        XCTAssertEqual(flags.string("none").flagMetadata, ofSet)
        XCTAssertEqual(flags.string("noObject").flagMetadata, ofSet)
        XCTAssertEqual(flags.string("mismatch").flagMetadata["f"], .integer(1))
        XCTAssertEqual(flags.string("unusable").flagMetadata["f"], .integer(2))
        XCTAssertEqual(flags.string("unusable").flagMetadata["s"], .string("set"))
    }

    func testResolving6ScopeWithASelector() throws {
        let payload =
            #"{"flags":{"f":{"variants":{"a":"x"},"defaultVariant":"a"},"g":{"variants":{"a":"x"},"metadata":{"scope":"own"}}}}"#
        let flags = try TestFlags(payload, options: EvaluationOptions(selector: "app=web"))
        XCTAssertEqual(flags.string("f").flagMetadata, ["scope": .string("app=web")])
        XCTAssertEqual(flags.string("g").flagMetadata, ["scope": .string("own")])
        XCTAssertEqual(flags.string("none").flagMetadata, ["scope": .string("app=web")])
        let set = try TestFlags(#"{"metadata":{"scope":"set"}}"#, options: EvaluationOptions(selector: "s"))
        XCTAssertEqual(set.string("none").flagMetadata, ["scope": .string("set")])
    }

    func testResolving6MetadataEmptyWithoutAny() throws {
        let flags = try TestFlags(#"{"flags":{"f":{"variants":{"a":"x"},"defaultVariant":"a","metadata":{}}}}"#)
        XCTAssertTrue(flags.string().flagMetadata.isEmpty)
        XCTAssertTrue(flags.string("none").flagMetadata.isEmpty)
    }

    func testResolving6SplitOnlyWithTheOption() throws {
        let rule = #"{"fractional":["seed",["a",1],["b",0]]}"#
        assertOutcome(try TestFlags(rule: rule).string(), "a", "a", .targetingMatch)
        let split = EvaluationOptions(reportsSplit: true)
        assertOutcome(try TestFlags(rule: rule, options: split).string(), "a", "a", .split)
        assertOutcome(try TestFlags(rule: #"{"if":[true,\#(rule)]}"#, options: split).string(), "a", "a", .split)
        let dynamic = #"{"fractional":[{"var":"x"},["a",1]]}"#
        assertOutcome(try TestFlags(rule: dynamic, options: split).string("f", ["x": "y"]), "a", "a", .split)
        for other in [#""a""#, #"{"if":[\#(rule),"a"]}"#, #"{"cat":["",\#(rule)]}"#] {
            assertOutcome(try TestFlags(rule: other, options: split).string(), "a", "a", .targetingMatch)
        }
        let none = #"{"fractional":["seed",[null,1]]}"#
        assertOutcome(try TestFlags(rule: none, options: split).string(), "d", "d", .default)
    }

    // MARK: 7

    func testResolving7BeforeAnyFlagSet() {
        let evaluator = Evaluator()
        assertOutcome(
            evaluator.resolveBoolean("f", default: true, context: nil), true, nil, .error, .providerNotReady)
        XCTAssertTrue(evaluator.resolveString("f", default: "", context: nil).flagMetadata.isEmpty)
        evaluator.withdraw(fatal: true)
        assertOutcome(evaluator.resolveInteger("f", default: 7, context: nil), 7, nil, .error, .providerFatal)
        XCTAssertTrue(evaluator.evaluateAll(context: nil).isEmpty)
    }

    func testResolving7WithdrawnSet() throws {
        let flags = try TestFlags(#"{"flags":{"f":{"variants":{"a":"x"},"defaultVariant":"a"}}}"#)
        flags.evaluator.withdraw()
        assertOutcome(flags.string(), "caller", nil, .error, .providerNotReady)
        flags.evaluator.publish(flags.set)
        assertOutcome(flags.string(), "x", "a", .static)
    }
}
