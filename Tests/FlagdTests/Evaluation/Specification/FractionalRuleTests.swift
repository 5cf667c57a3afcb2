import XCTest

@testable import Flagd

/// The specification: evaluation, "fractional".
///
/// The expected buckets were computed by an independent implementation.
final class FractionalRuleTests: XCTestCase {
    private let quarters = #"["a",25],["b",25],["c",25],["d",25]"#

    private func assertBucket(
        _ arguments: String, _ data: String = "{}", version: FractionalVersion = .v2, gives expected: String,
        line: UInt = #line
    ) {
        assertRule(#"{"fractional":[\#(arguments)]}"#, data, gives: expected, version: version, line: line)
        // The same buckets, not known to the compiler.
        let unprepared = arguments.replacingOccurrences(of: "25]", with: #"{"+":[25,{"var":"zero"}]}]"#)
        assertRule(#"{"fractional":[\#(unprepared)]}"#, data, gives: expected, version: version, line: line)
    }

    // MARK: v2

    func testFractionalV2TextAsBucketBy() {
        let expected = [
            ("", "a"), ("flagkey", "d"), ("a", "a"), ("b", "c"), ("c", "d"), ("user-1", "d"), ("user-2", "d"),
            ("user-3", "a"), ("user-4", "d"), ("user-5", "d"), ("é", "a"), ("e\\u0301", "c"), ("😀", "c"),
        ]
        for (seed, variant) in expected {
            assertBucket(#""\#(seed)",\#(quarters)"#, gives: #""\#(variant)""#)
            assertBucket(#"{"var":"s"},\#(quarters)"#, #"{"s":"\#(seed)"}"#, gives: #""\#(variant)""#)
            assertBucket(#"{"cat":[{"var":"s"}]},\#(quarters)"#, #"{"s":"\#(seed)"}"#, gives: #""\#(variant)""#)
        }
    }

    /// What `cat` makes of two values buckets like the text itself, in all versions.
    func testFractionalOfTwoValuesPutTogether() {
        let pairs = [
            (#""""#, #""user-1""#, "user-1"), (#""user-""#, #""1""#, "user-1"), (#""user-1""#, #""""#, "user-1"),
            (#""""#, #""""#, ""),
            (#""a text of more than 32 bytes""#, #"", and more""#, "a text of more than 32 bytes, and more"),
            (#""user-""#, "5", "user-5"), (#""user-""#, "null", "user-"), ("true", #""b""#, "trueb"), ("1", "2", "12"),
            (#""user-""#, "[1,2]", "user-1,2"),
        ]
        for version in FractionalVersion.allCases {
            for (left, right, text) in pairs {
                let whole = Rule.text(#"{"fractional":["\#(text)",\#(quarters)]}"#, version: version)
                let data = #"{"l":\#(left),"r":\#(right)}"#
                assertBucket(#"{"cat":[{"var":"l"},{"var":"r"}]},\#(quarters)"#, data, version: version, gives: whole)
                assertBucket(#"{"cat":[\#(left),{"var":"r"}]},\#(quarters)"#, data, version: version, gives: whole)
            }
        }
    }

    func testFractionalV2ImplicitKeyIsFlagKeyAndTargetingKey() throws {
        let variants = #""variants":{"a":"a","b":"b","c":"c","d":"d"}"#
        let flags = try TestFlags(
            #"{"flags":{"flag":{\#(variants),"targeting":{"fractional":[\#(quarters)]}},"g":{\#(variants),"targeting":{"fractional":[null,\#(quarters)]}}}}"#
        )
        let expected = [("flagkey", "b"), ("a", "b"), ("user-1", "c"), ("user-2", "a"), ("user-5", "d"), ("é", "d")]
        for (key, variant) in expected {
            XCTAssertEqual(flags.string("flag", ["targetingKey": .string(key)]).variant, variant, key)
            // A bare rule finds the flag's key in its data; without one it is "".
            assertBucket(
                quarters, #"{"targetingKey":"\#(key)","$flagd":{"flagKey":"flag"}}"#, gives: #""\#(variant)""#)
            assertBucket(quarters, #"{"targetingKey":"flag\#(key)"}"#, gives: #""\#(variant)""#)
            assertBucket("null,\(quarters)", #"{"targetingKey":"flag\#(key)"}"#, gives: #""\#(variant)""#)
        }
        XCTAssertEqual(flags.string("g", ["targetingKey": "x"]).reason, .targetingMatch)
    }

    func testFractionalV2ImplicitKeyMustBeANonEmptyText() throws {
        for data in [
            "{}", #"{"targetingKey":""}"#, #"{"targetingKey":5}"#, #"{"targetingKey":null}"#,
            #"{"targetingKey":["a"]}"#,
        ] {
            assertBucket(quarters, data, gives: "null")
            assertBucket("null,\(quarters)", data, gives: "null")
        }
        let flags = try TestFlags(rule: #"{"fractional":[\#(quarters)]}"#)
        assertOutcome(flags.string(), "d", "d", .default)
        assertOutcome(flags.string("f", ["targetingKey": ""]), "d", "d", .default)
    }

    func testFractionalV2KeysAreFoundWhereTheRuleStands() {
        let rule = #"{"map":[{"var":"l"},{"fractional":[\#(quarters)]}]}"#
        let data =
            #"{"targetingKey":"outer","l":[{"targetingKey":"user-1"},{"targetingKey":"user-1","$flagd":{"flagKey":"flag"}},{},"x"]}"#
        assertRule(rule, data, gives: #"["d","c",null,null]"#)
    }

    func testFractionalV2KeysInAnIterationOfAFlag() throws {
        let flags = try TestFlags(
            rule: #"{"reduce":[{"map":[{"var":"l"},{"fractional":[\#(quarters)]}]},{"var":"current"}]}"#)
        // The element has no flag key: it is "".
        assertOutcome(flags.string("f", ["l": [["targetingKey": "user-3"]]]), "a", "a", .targetingMatch)
        assertOutcome(flags.string("f", ["l": [[:]], "targetingKey": "u"]), "d", "d", .default)
    }

    func testFractionalV2OtherFirstArgumentIsNull() {
        for first in ["5", "1.5", "true", "false"] { assertBucket("\(first),\(quarters)", gives: "null") }
        assertBucket(#"{"var":"o"},\#(quarters)"#, #"{"o":{"a":1}}"#, gives: "null")
        assertRule(#"{"fractional":[]}"#, gives: "null")
        assertRule(#"{"fractional":"seed"}"#, gives: "null")
        assertRule(#"{"fractional":["seed"]}"#, gives: "null")
    }

    func testFractionalV2FailedBucketByIsNull() {
        assertBucket(#"{"/":[1,0]},\#(quarters)"#, #"{"targetingKey":"flagflagkey"}"#, gives: #""b""#)
    }

    func testFractionalV2Variants() {
        assertRule(#"{"fractional":["x",["v",1]]}"#, gives: #""v""#)
        assertRule(#"{"fractional":["x",[true,1]]}"#, gives: "true")
        assertRule(#"{"fractional":["x",[1.5,1]]}"#, gives: "1.5")
        assertRule(#"{"fractional":["x",[null,1]]}"#, gives: "null")
        assertRule(#"{"fractional":["x",[{"var":"v"},1]]}"#, #"{"v":"w"}"#, gives: #""w""#)
        assertRule(#"{"fractional":["x",["a",1],[["b"],0]]}"#, gives: "null")
        assertRule(#"{"fractional":["x",["a",1],[{"var":"o"},0]]}"#, #"{"o":{"a":1}}"#, gives: "null")
    }

    func testFractionalV2BucketsMustBeListsOfAtLeastOne() {
        for bad in ["[]", "5", #""b""#, "null", "true", #"{"var":"absent"}"#] {
            assertRule(#"{"fractional":["x",["a",1],\#(bad)]}"#, gives: "null")
        }
        assertRule(#"{"fractional":["x",["a"]]}"#, gives: #""a""#)
        assertRule(#"{"fractional":["x",["a",1,"ignored",{}]]}"#, gives: #""a""#)
        assertRule(#"{"fractional":["x",{"var":"bucket"}]}"#, #"{"bucket":["a",1]}"#, gives: #""a""#)
    }

    func testFractionalV2Weights() {
        // "c" hashes to 0.88 of the range.
        assertRule(#"{"fractional":["c",["a",90],["b",10]]}"#, gives: #""a""#)
        assertRule(#"{"fractional":["c",["a",80],["b",20]]}"#, gives: #""b""#)
        assertRule(#"{"fractional":["c",["a"],["b",null]]}"#, gives: #""b""#)
        assertRule(#"{"fractional":["c",["a",50.0],["b",50]]}"#, gives: #""b""#)
        assertRule(#"{"fractional":["c",["a",1],["b",-5]]}"#, gives: #""a""#)
        assertRule(#"{"fractional":["c",["a",1],["b",-9223372036854775808]]}"#, gives: #""a""#)
        assertRule(#"{"fractional":["c",["a",1],["b",-1e300]]}"#, gives: #""a""#)
        assertRule(#"{"fractional":["c",["a",1],["b",{"var":"w"}]]}"#, #"{"w":-1e19}"#, gives: #""a""#)
        assertRule(#"{"fractional":["c",["a",1],["b",{"-":[1,1]}]]}"#, gives: #""a""#)
        assertRule(#"{"fractional":["c",["a",{"var":"w"}],["b",1]]}"#, #"{"w":0}"#, gives: #""b""#)
        for bad in ["1.5", #""1""#, "true", "2147483648", "18446744073709551615", "1e300", "[1]"] {
            assertRule(#"{"fractional":["c",["a",1],["b",\#(bad)]]}"#, gives: "null")
            assertRule(#"{"fractional":["c",["a",1],["b",{"var":"w"}]]}"#, #"{"w":\#(bad)}"#, gives: "null")
        }
    }

    func testFractionalV2Totals() {
        assertRule(#"{"fractional":["c",["a",0],["b",0]]}"#, gives: "null")
        assertRule(#"{"fractional":["c",["a",-1]]}"#, gives: "null")
        assertRule(#"{"fractional":["c",["a",2147483647]]}"#, gives: #""a""#)
        assertRule(#"{"fractional":["c",["a",2147483646],["b",1]]}"#, gives: #""a""#)
        assertRule(#"{"fractional":["c",["a",2147483647],["b",1]]}"#, gives: "null")
        assertRule(#"{"fractional":["c",["a",2147483647],["b",{"var":"w"}]]}"#, #"{"w":1}"#, gives: "null")
    }

    // MARK: v1

    func testFractionalV1() {
        let expected = [
            ("", "a"), ("flagkey", "b"), ("a", "b"), ("b", "d"), ("c", "a"), ("user-2", "b"), ("e\\u0301", "d"),
            ("😀", "c"),
        ]
        for (seed, variant) in expected {
            assertBucket(#""\#(seed)",\#(quarters)"#, version: .v1, gives: #""\#(variant)""#)
            assertBucket(#"{"var":"s"},\#(quarters)"#, #"{"s":"\#(seed)"}"#, version: .v1, gives: #""\#(variant)""#)
        }
        assertBucket(quarters, #"{"targetingKey":"a","$flagd":{"flagKey":"flag"}}"#, version: .v1, gives: #""c""#)
        assertBucket(quarters, #"{"targetingKey":""}"#, version: .v1, gives: "null")
    }

    func testFractionalV1WithoutAWinner() {
        // No known text hashes to the one value that no bucket holds; the share itself must not reach 100.
        XCTAssertFalse(Bucketing.holds(0x7fff_ffff, end: 100, total: 100, version: .v1))
        XCTAssertFalse(Bucketing.holds(0x8000_0000, end: 100, total: 100, version: .v1))
        XCTAssertTrue(Bucketing.holds(0x7fff_fffe, end: 100, total: 100, version: .v1))
        XCTAssertTrue(Bucketing.holds(0xffff_ffff, end: 2, total: 2_147_483_647, version: .v1))
        XCTAssertTrue(Bucketing.holds(0xffff_ffff, end: 100, total: 100, version: .v2))
    }

    // MARK: v3

    func testFractionalV3BucketsAnyValue() {
        let expected = [
            (#""""#, "a"), (#""b""#, "c"), (#""c""#, "b"), (#""user-3""#, "d"), ("1", "d"), ("1.0", "d"), ("-1", "b"),
            ("1.5", "a"), ("0.1", "a"), ("true", "a"), ("false", "a"), ("-0.0", "b"), ("9223372036854775808", "c"),
            ("1e300", "c"),
        ]
        for (value, variant) in expected {
            assertBucket("\(value),\(quarters)", version: .v3, gives: #""\#(variant)""#)
            assertBucket(#"{"var":"v"},\#(quarters)"#, #"{"v":\#(value)}"#, version: .v3, gives: #""\#(variant)""#)
        }
        assertBucket(#"{"var":"v"},\#(quarters)"#, #"{"v":{"b":1,"aa":2,"a":[]}}"#, version: .v3, gives: #""a""#)
        assertBucket(#"{"var":"v"},\#(quarters)"#, #"{"v":{"a":[],"aa":2.0,"b":1}}"#, version: .v3, gives: #""a""#)
    }

    func testFractionalV3NullIsNull() {
        assertBucket("null,\(quarters)", #"{"targetingKey":"u"}"#, version: .v3, gives: "null")
        assertBucket(#"{"/":[1,0]},\#(quarters)"#, #"{"targetingKey":"u"}"#, version: .v3, gives: "null")
    }

    func testFractionalV3ImplicitKeyIsAnArray() throws {
        let expected = [("", "b"), ("flagkey", "d"), ("a", "b"), ("c", "c"), ("user-4", "a"), ("é", "d")]
        let variants = #""variants":{"a":"a","b":"b","c":"c","d":"d"}"#
        let flags = try TestFlags(
            #"{"flags":{"flag":{\#(variants),"targeting":{"fractional":[\#(quarters)]}}}}"#,
            options: EvaluationOptions(fractionalVersion: .v3))
        for (key, variant) in expected {
            XCTAssertEqual(flags.string("flag", ["targetingKey": .string(key)]).variant, variant, key)
        }
        for data in ["{}", #"{"targetingKey":5}"#, #"{"targetingKey":null}"#] {
            assertBucket(quarters, data, version: .v3, gives: "null")
        }
    }

    func testFractionalV3ListIsTheFirstBucket() {
        assertRule(#"{"fractional":[["a",1]]}"#, #"{"targetingKey":"u"}"#, gives: #""a""#, version: .v3)
        assertRule(
            #"{"fractional":[{"var":"l"},["b",1]]}"#, #"{"targetingKey":"u","l":["a",0]}"#, gives: #""b""#, version: .v3
        )
    }

    func testFractionalVersionIsTheFlagSetsOption() throws {
        let rule = #"{"fractional":["c",\#(quarters)]}"#
        for (version, variant) in [(FractionalVersion.v1, "a"), (.v2, "d"), (.v3, "b")] {
            let flags = try TestFlags(rule: rule, options: EvaluationOptions(fractionalVersion: version))
            XCTAssertEqual(flags.string().variant, variant)
        }
        XCTAssertEqual(EvaluationOptions().fractionalVersion, .v2)
    }
}
