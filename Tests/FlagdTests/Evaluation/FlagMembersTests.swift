import XCTest

@testable import Flagd

final class FlagMembersTests: XCTestCase {
    private let arena = Arena()

    private func tape(_ text: String) throws -> JSONTape {
        var parser = JSONParser(arena.copy(text), arena: arena)
        var tape = JSONTape()
        try parser.value(onto: &tape)
        return tape
    }

    func testPlaces() throws {
        let tape = try tape(
            #"{"state":"S","other":[1],"variants":{"a":1},"metadata":{},"targeting":[2],"defaultVariant":"d","state":"T"}"#
        )
        let members = try XCTUnwrap(FlagMembers(tape))
        XCTAssertEqual(members.state.map { tape.value(at: $0) }, "T")
        XCTAssertEqual(members.variants.map { tape.value(at: $0) }, ["a": 1])
        XCTAssertEqual(members.metadata.map { tape.value(at: $0) }, [:])
        XCTAssertEqual(members.targeting.map { tape.value(at: $0) }, [2])
        XCTAssertEqual(members.defaultVariant.map { tape.value(at: $0) }, "d")
        XCTAssertNil(members.problem(on: tape))
    }

    func testNoObject() throws {
        for text in ["5", "[]", "null", #""{}""#] { XCTAssertNil(FlagMembers(try tape(text))) }
        XCTAssertNil(FlagMembers(JSONTape()))
    }

    func testNamesOfTheSameLength() throws {
        let tape = try tape(#"{"stats":1,"variantz":1,"metadatb":1,"targetinh":1,"defaultVarianu":1}"#)
        let members = try XCTUnwrap(FlagMembers(tape))
        XCTAssertNil(
            members.state ?? members.variants ?? members.metadata ?? members.targeting ?? members.defaultVariant)
    }

    func testProblems() throws {
        let problems: [(String, String?)] = [
            (#"{"variants":{"a":1}}"#, nil), (#"{"variants":{"a":1},"state":null}"#, nil), ("{}", ""),
            (#"{"variants":{}}"#, "/variants"),
            (#"{"variants":[]}"#, "/variants"), (#"{"variants":{"a":1},"state":[]}"#, "/state"),
            (#"{"variants":{"a":1},"defaultVariant":1}"#, "/defaultVariant"),
        ]
        for (text, member) in problems {
            let tape = try tape(text)
            XCTAssertEqual(try XCTUnwrap(FlagMembers(tape)).problem(on: tape)?.member, member, text)
        }
    }

    func testFlagTypes() throws {
        let value = { (value: Value) in RuleValue(value, arena: self.arena) }
        XCTAssertEqual(value(10.0).flagType, .integer)
        XCTAssertEqual(value(1e300).flagType, .double)
        XCTAssertEqual(value(.unsignedInteger(.max)).flagType, .integer)
        XCTAssertNil(value(.null).flagType)
        XCTAssertEqual(value([]).flagType, .object)
    }

    func testBeyondExactDoubles() {
        for (number, expected) in [
            (9_007_199_254_740_991, false), (9_007_199_254_740_992, true), (-9_007_199_254_740_991, false),
            (-9_007_199_254_740_992, true), (.min, true),
        ] as [(Int64, Bool)] {
            XCTAssertEqual(RuleValue(number).isBeyondExactDoubles, expected)
        }
        XCTAssertTrue(RuleValue(unsigned: .max).isBeyondExactDoubles)
        XCTAssertFalse(RuleValue(1e300).isBeyondExactDoubles)
    }
}
