import XCTest

@testable import Flagd

final class JSONTapeTests: XCTestCase {
    private let arena = Arena()

    private func tape(_ text: String) throws -> JSONTape {
        var parser = JSONParser(arena.copy(text), arena: arena)
        var tape = JSONTape()
        try parser.value(onto: &tape)
        try parser.finish()
        return tape
    }

    func testNodesLieFlat() throws {
        let tape = try tape(#"[1,[2,3],{"a":[],"b":4},"x"]"#)
        XCTAssertEqual(tape.count, 11)
        guard case .array(4, 11) = tape[0] else { return XCTFail("\(tape[0])") }
        guard case .array(2, 5) = tape[2] else { return XCTFail("\(tape[2])") }
        guard case .object(2, 10) = tape[5] else { return XCTFail("\(tape[5])") }
        guard case .array(0, 8) = tape[7] else { return XCTFail("\(tape[7])") }
        XCTAssertEqual(tape.elements(of: 0), [1, 2, 5, 10])
        XCTAssertEqual(tape.members(of: 5).map(\.key.string), ["a", "b"])
        XCTAssertEqual(tape.members(of: 5).map(\.value), [7, 9])
        XCTAssertEqual((0..<11).map { tape.end(of: $0) }, [11, 2, 5, 4, 5, 10, 7, 8, 9, 10, 11])
        XCTAssertEqual(tape.kind(at: 0), .list)
        XCTAssertEqual(tape.kind(at: 5), .object)
        XCTAssertEqual(tape.text(at: 10)?.string, "x")
        XCTAssertNil(tape.text(at: 0))
    }

    func testWhatIsNoContainerHasNothingInIt() throws {
        let tape = try tape("[5,{}]")
        XCTAssertEqual(tape.elements(of: 1), [])
        XCTAssertEqual(tape.elements(of: 2), [])
        XCTAssertTrue(tape.members(of: 0).isEmpty)
        XCTAssertNil(tape.member(ByteView("a"), of: 0))
        XCTAssertNil(tape.member(ByteView("a"), of: 2))
    }

    func testMemberIsTheLastOfItsName() throws {
        let tape = try tape(#"{"a":1,"b":[2],"a":3}"#)
        XCTAssertEqual(tape.member(ByteView("a"), of: 0).map { tape.value(at: $0) }, 3)
        XCTAssertEqual(tape.member(ByteView("b"), of: 0).map { tape.value(at: $0) }, [2])
        XCTAssertNil(tape.member(ByteView("c"), of: 0))
    }

    func testOnlyMember() throws {
        XCTAssertNil(try tape("{}").onlyMember(of: 0))
        XCTAssertNil(try tape("[1]").onlyMember(of: 0))
        XCTAssertNil(try tape(#"{"a":1,"b":2}"#).onlyMember(of: 0))
        XCTAssertEqual(try tape(#"{"a":1}"#).onlyMember(of: 0)?.key.string, "a")
        let twice = try tape(#"{"a":[1,2],"a":7}"#)
        XCTAssertEqual(twice.onlyMember(of: 0).map { twice.value(at: $0.value) }, 7)
    }

    func testRemoveAll() throws {
        var tape = try tape("[1]")
        tape.removeAll()
        XCTAssertEqual(tape.count, 0)
    }

    func testReferenceAndNoRule() throws {
        XCTAssertEqual(try tape(#"{"$ref":"a"}"#).reference(at: 0)?.string, "a")
        for text in [#"{"$ref":1}"#, #"{"$ref":"a","b":1}"#, #""$ref""#, #"{"ref":"a"}"#, "[]"] {
            XCTAssertNil(try tape(text).reference(at: 0), text)
        }
        for text in ["null", "{}"] { XCTAssertTrue(try tape(text).isNoRule(at: 0)) }
        for text in ["[]", "0", "false", #""""#, #"{"a":1}"#] { XCTAssertFalse(try tape(text).isNoRule(at: 0)) }
    }

    func testAreMetadata() throws {
        XCTAssertTrue(try tape(#"{"a":1,"b":1.5,"c":"x","d":true,"e":18446744073709551615}"#).areMetadata(0))
        for bad in ["null", "[]", "{}"] { XCTAssertFalse(try tape(#"{"a":1,"b":\#(bad)}"#).areMetadata(0)) }
    }
}
