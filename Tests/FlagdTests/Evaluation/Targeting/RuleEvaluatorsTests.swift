import XCTest

@testable import Flagd

final class RuleEvaluatorsTests: XCTestCase {
    private let arena = Arena()

    private func evaluators(_ text: String) throws -> RuleEvaluators {
        var parser = JSONParser(arena.copy(text), arena: arena)
        var tape = JSONTape()
        try parser.value(onto: &tape)
        return RuleEvaluators(tape, arena: arena)
    }

    private func size(_ name: String, _ text: String) throws -> Int {
        var evaluators = try evaluators(text)
        return evaluators.expandedSize(of: arena.copy(name))
    }

    func testFind() throws {
        let found = try evaluators(#"{"a":1,"b":[2],"a":"last"}"#)
        XCTAssertEqual(found.find(ByteView("a")).map { $0.tape.value(at: $0.index) }, "last")
        XCTAssertEqual(found.find(ByteView("b")).map { $0.tape.value(at: $0.index) }, [2])
        XCTAssertNil(found.find(ByteView("c")))
        for text in ["[]", "5", "null", "{}"] { XCTAssertNil(try evaluators(text).find(ByteView("a"))) }
        XCTAssertNil(RuleEvaluators(JSONTape(), arena: arena).find(ByteView("a")))
    }

    func testExpandedSize() throws {
        XCTAssertEqual(try size("none", "{}"), 0)
        XCTAssertEqual(try size("a", #"{"a":1}"#), 1)
        XCTAssertEqual(try size("a", #"{"a":[1,2,3]}"#), 4)
        // The reference's own nodes and what they stand for.
        XCTAssertEqual(try size("a", #"{"a":{"$ref":"b"},"b":[1,2,3]}"#), 7)
        XCTAssertEqual(try size("a", #"{"a":[{"$ref":"b"},{"$ref":"b"}],"b":1}"#), 9)
        XCTAssertEqual(try size("a", #"{"a":{"$ref":"none"}}"#), 3)
    }

    func testExpandedSizeIsFoundWithoutExpanding() throws {
        let text =
            "{" + (0..<100).map { #""e\#($0)":[{"$ref":"e\#($0 + 1)"},{"$ref":"e\#($0 + 1)"}]"# }.joined(separator: ",")
            + #","e100":1}"#
        XCTAssertGreaterThanOrEqual(try size("e0", text), 1 << 40)
        XCTAssertEqual(try size("e98", text), 1 + 2 * (3 + 1 + 2 * (3 + 1)))
        let chain = "{" + (0..<50_000).map { #""e\#($0)":{"$ref":"e\#($0 + 1)"}"# }.joined(separator: ",") + "}"
        XCTAssertEqual(try size("e0", chain), 150_000)
    }

    func testExpandedSizeOfWhatRefersToItself() throws {
        XCTAssertLessThan(try size("a", #"{"a":[{"$ref":"a"},{"$ref":"b"}],"b":{"$ref":"a"}}"#), 100)
    }

    func testLeadToNoRule() throws {
        let found = try evaluators(
            #"{"null":null,"empty":{},"rule":1,"a":{"$ref":"empty"},"b":{"$ref":"a"},"loop":{"$ref":"loop"}}"#)
        let lead = { (text: String) throws in
            var parser = JSONParser(self.arena.copy(text), arena: self.arena)
            var tape = JSONTape()
            try parser.value(onto: &tape)
            return found.leadToNoRule(tape, at: 0)
        }
        for text in ["null", "{}", #"{"$ref":"null"}"#, #"{"$ref":"b"}"#] { XCTAssertTrue(try lead(text), text) }
        for text in [
            "1", "[]", #"{"$ref":"rule"}"#, #"{"$ref":"none"}"#, #"{"$ref":"loop"}"#, #"{"!":{"$ref":"null"}}"#,
        ] {
            XCTAssertFalse(try lead(text), text)
        }
    }
}
