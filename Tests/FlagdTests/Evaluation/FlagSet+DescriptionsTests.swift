import XCTest

@testable import Flagd

final class FlagSetDescriptionsTests: XCTestCase {
    func testFlags() throws {
        let flags = try TestFlags(
            #"""
            {"metadata":{"s":1},"flags":{
             "b":{"state":"DISABLED","variants":{"y":"Y","x":"X"},"defaultVariant":"x","metadata":{"m":2}},
             "a":{"variants":{"n":1,"d":1.5},"defaultVariant":"","targeting":{"var":"v"}},
             "bad":{"variants":5}}}
            """#)
        let described = flags.set.flags
        XCTAssertEqual(described.map(\.key), ["b", "a", "bad"])
        XCTAssertEqual(described[0].variants, ["x": "X", "y": "Y"])
        XCTAssertEqual(described[0].defaultVariant, "x")
        XCTAssertFalse(described[0].isEnabled)
        XCTAssertFalse(described[0].hasTargeting)
        XCTAssertEqual(described[0].type, .string)
        XCTAssertEqual(described[0].metadata, ["m": .integer(2), "s": .integer(1)])
        XCTAssertNil(described[1].defaultVariant)
        XCTAssertTrue(described[1].isEnabled)
        XCTAssertTrue(described[1].hasTargeting)
        XCTAssertEqual(described[1].type, .double)
        XCTAssertEqual(described[1].metadata, ["s": .integer(1)])
        XCTAssertNil(described[2].type)
        XCTAssertEqual(described[2].variants, [:])
    }

    func testCommonType() throws {
        let types: [(String, FlagDescription.ValueType?)] = [
            (#"{"a":true,"b":false}"#, .boolean), (#"{"a":"x"}"#, .string), (#"{"a":1,"b":-2}"#, .integer),
            (#"{"a":1.0,"b":2}"#, .integer),
            (#"{"a":1.5,"b":2}"#, .double), (#"{"a":2,"b":1.5,"c":3}"#, .double),
            (#"{"a":18446744073709551615}"#, .integer),
            (#"{"a":[],"b":{"x":1}}"#, .object), (#"{"a":1,"b":"1"}"#, nil), (#"{"a":true,"b":1}"#, nil),
            (#"{"a":null}"#, nil),
            (#"{"a":null,"b":"x"}"#, .string),
        ]
        for (variants, type) in types {
            let flags = try TestFlags(#"{"flags":{"f":{"variants":\#(variants)}}}"#)
            XCTAssertEqual(flags.set.flags.first?.type, type, variants)
        }
    }
}
