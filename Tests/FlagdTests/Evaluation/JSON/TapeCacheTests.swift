import XCTest

@testable import Flagd

final class TapeCacheTests: XCTestCase {
    private let arena = Arena()
    private var cache = TapeCache<String>()

    /// A tape with the value behind another, so that it begins at another index than where it was kept.
    private func tape(_ value: String, behind first: String = "0") throws -> (tape: JSONTape, index: Int) {
        var tape = JSONTape()
        for text in [first, value] {
            var parser = JSONParser(arena.copy(text), arena: arena)
            try parser.value(onto: &tape)
        }
        return (tape, tape.end(of: 0))
    }

    private func store(_ value: String, circumstances: UInt = 0) throws {
        let (tape, index) = try tape(value)
        let place = try XCTUnwrap(cache.place(of: tape, index, circumstances: circumstances), value)
        cache.store(value, place, tape, index)
    }

    private func find(_ value: String, circumstances: UInt = 0) throws -> String? {
        let (tape, index) = try tape(value, behind: "[1,[2]]")
        return cache.place(of: tape, index, circumstances: circumstances).flatMap { cache.find($0, tape, index) }
    }

    func testEqualValuesAreFoundWhereverTheyStand() throws {
        let values = [
            "1", "1.5", "-0.0", "true", "null", #""""#, #""a""#, "[]", "{}",
            #"{"if":[{"==":[{"var":"a"},"b"]},"on",null]}"#,
        ]
        for value in values {
            XCTAssertNil(try find(value), value)
            try store(value)
            XCTAssertEqual(try find(value), value)
        }
        XCTAssertEqual(try find(#"{"if": [ {"==":[{"var":"\u0061"},"b"]},"on",null]}"#), values.last)
    }

    func testOtherValuesAreNot() throws {
        try store(#"{"a":[1,"x",true]}"#)
        for other in [
            #"{"a":[1.0,"x",true]}"#, #"{"a":[1,"y",true]}"#, #"{"a":[1,"x",1]}"#, #"{"a":[1,"x"]}"#,
            #"["a",[1,"x",true]]"#,
            #"{"a":[1,["x"],true]}"#, #"{"b":[1,"x",true]}"#, #"{"a":[1,"x",true],"a":1}"#,
        ] { XCTAssertNil(try find(other), other) }
    }

    func testCircumstancesCount() throws {
        try store("[1]", circumstances: 1)
        XCTAssertNil(try find("[1]"))
        XCTAssertNil(try find("[1]", circumstances: 2))
        XCTAssertEqual(try find("[1]", circumstances: 1), "[1]")
    }

    func testLongValuesAreNotKept() throws {
        let longest =
            "[" + Array(repeating: "1", count: TapeCache<String>.longestValue - 1).joined(separator: ",") + "]"
        try store(longest)
        XCTAssertEqual(try find(longest), longest)
        let (tape, index) = try tape("[1," + longest.dropFirst())
        XCTAssertNil(cache.place(of: tape, index))
    }

    func testMoreValuesThanPlaces() throws {
        for number in 0..<(TapeCache<String>.slotCount * 3) { try store("[\(number)]") }
        var kept = 0
        for number in 0..<(TapeCache<String>.slotCount * 3) {
            guard let found = try find("[\(number)]") else { continue }
            XCTAssertEqual(found, "[\(number)]")
            kept += 1
        }
        XCTAssertTrue((1...TapeCache<String>.slotCount).contains(kept), "\(kept)")
        cache.removeAll()
        XCTAssertNil(try find("[\(TapeCache<String>.slotCount * 3 - 1)]"))
    }
}
