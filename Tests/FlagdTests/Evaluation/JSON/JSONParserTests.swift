import XCTest

@testable import Flagd

final class JSONParserTests: XCTestCase {
    private func parse(_ text: String) throws(JSONError) -> Value { try JSON.parse(Array(text.utf8)) }

    private func assertFails(
        _ bytes: [UInt8], at offset: Int? = nil, saying part: String = "", line: UInt = #line
    ) {
        do throws(JSONError) {
            let value = try JSON.parse(bytes)
            XCTFail("\(String(decoding: bytes, as: UTF8.self)) is \(value)", line: line)
        } catch {
            if let offset { XCTAssertEqual(error.offset, offset, "\(error)", line: line) }
            XCTAssert(part.isEmpty || error.reason.contains(part), "\(error)", line: line)
        }
    }

    private func assertFails(_ text: String, at offset: Int? = nil, saying part: String = "", line: UInt = #line) {
        assertFails(Array(text.utf8), at: offset, saying: part, line: line)
    }

    func testScalars() throws {
        XCTAssertEqual(try parse("null"), .null)
        XCTAssertEqual(try parse("true"), true)
        XCTAssertEqual(try parse("false"), false)
        XCTAssertEqual(try parse("-12"), -12)
        XCTAssertEqual(try parse("1.5"), 1.5)
        XCTAssertEqual(try parse(#""text""#), "text")
        XCTAssertEqual(try parse(#""""#), "")
    }

    func testContainers() throws {
        XCTAssertEqual(try parse("[]"), [])
        XCTAssertEqual(try parse("{}"), [:])
        XCTAssertEqual(try parse(#"[1,[2,{"a":[]}],"x"]"#), [1, [2, ["a": []]], "x"])
        XCTAssertEqual(try parse(#"{"a":{"b":{}},"":[null]}"#), ["a": ["b": [:]], "": [.null]])
        XCTAssertEqual(try parse(#"{"a":1,"b":2,"a":3}"#), ["a": 3, "b": 2])
    }

    func testWhiteSpace() throws {
        XCTAssertEqual(try parse(" \t\r\n[ 1 ,\n2 ] \t"), [1, 2])
        XCTAssertEqual(try parse("{ \"a\" :\n1 }"), ["a": 1])
        for other in ["\u{a0}1", "\u{b}1", "\u{c}1", "\u{2028}1", "\u{0}1"] { assertFails(other, at: 0) }
    }

    func testByteOrderMarkOnlyAtTheStart() throws {
        XCTAssertEqual(try parse("\u{feff}[1]"), [1])
        assertFails("[\u{feff}1]", at: 1)
        assertFails("\u{feff}\u{feff}1", at: 3)
    }

    func testEscapes() throws {
        XCTAssertEqual(try parse(#""\"\\\/\b\f\n\r\t""#), "\"\\/\u{8}\u{c}\n\r\t")
        XCTAssertEqual(try parse(#""\u00e9\u20AC\u0000x""#), "é€\u{0}x")
        XCTAssertEqual(try parse(#""\ud83d\ude00 \uD83D\uDE00""#), "😀 😀")
        XCTAssertEqual(try parse(#"{"\u0061":1}"#), ["a": 1])
        XCTAssertEqual(
            try parse(#""plain then \n plain then \t and a long plain rest""#),
            "plain then \n plain then \t and a long plain rest")
    }

    func testTextsOfAllLengths() throws {
        for length in 0..<40 {
            for special in ["", "é", "😀", #"\n"#, #"\u00e9"#] {
                let plain = String(repeating: "x", count: length)
                let expected =
                    plain
                    + special.replacingOccurrences(of: #"\n"#, with: "\n").replacingOccurrences(
                        of: #"\u00e9"#, with: "é") + plain
                XCTAssertEqual(try parse("\"\(plain)\(special)\(plain)\""), .string(expected))
                assertFails("\"\(plain)\(special)\(plain)", saying: "does not end")
            }
        }
    }

    func testControlCharactersInTexts() throws {
        for byte in UInt8(0)..<0x20 {
            for prefix in ["", "1234567", "12345678", "a longer text of some words "] {
                assertFails(Array("\"\(prefix)".utf8) + [byte] + Array("x\"".utf8), saying: "control character")
            }
        }
        XCTAssertEqual(try JSON.parse([0x22, 0x7f, 0x22]), "\u{7f}")
    }

    func testIllFormedUTF8() {
        let sequences: [[UInt8]] = [
            [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x20], [0xe0, 0x9f, 0xbf], [0xe2, 0x82],
            [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80],
            [0xf5, 0x80, 0x80, 0x80],
            [0xff], [0xfe], [0xf0, 0x9f, 0x98], [0xe2, 0x28, 0xa1],
        ]
        for sequence in sequences {
            for prefix in ["", "1234567", "12345678"] {
                assertFails(Array("\"\(prefix)".utf8) + sequence + [0x22], saying: "UTF-8")
                assertFails(Array("{\"\(prefix)".utf8) + sequence + Array("\":1}".utf8), saying: "UTF-8")
            }
        }
    }

    func testNumbersByTheGrammar() throws {
        for bad in [
            "01", "-", "+1", "1.", ".5", "-.5", "1e", "1e+", "1.e1", "00", "-01", "1.5.5", "0x1", "1_0", "--1",
            "Infinity", "NaN",
            "1e400", "-1e400", "1 2",
        ] {
            assertFails(bad)
            assertFails("[\(bad)]")
        }
        for good in ["0", "-0", "0.0", "1e5", "1E-5", "1e+5", "0e0", "123456789012345678901234567890"] {
            _ = try parse(good)
        }
    }

    func testWhatIsNoValue() {
        assertFails("", at: 0, saying: "end of text")
        assertFails("  ", at: 2, saying: "end of text")
        for text in [
            "tru", "truex", "nul", "True", "nulll", "falsefalse", "'a'", "undefined", "}", "]", ",", ":", "/**/1",
            "[1,]", "[,1]", "[1 2]", "[1", "[",
        ] {
            assertFails(text)
        }
        for text in [
            #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "{,}", "{a:1}", "{1:1}", #"{"a" 1}"#, #"{"a":1"b":2}"#, "{", #"{"a"#,
            #"{"a":1"#, "{]", "[}",
        ] {
            assertFails(text)
        }
        assertFails("1 1", at: 2, saying: "behind")
    }

    func testErrorsSayWhere() {
        assertFails(#"{"a":1,"b":x}"#, at: 11)
        assertFails("[1,2,\u{1}]", at: 5)
        XCTAssertEqual("\(JSONError(reason: "something", offset: 7))", "something at byte 7")
    }

    func testDepth() throws {
        let nested = { (open: String, close: String, depth: Int) in
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        _ = try parse(nested("[", "]", JSONLimits.maximumDepth))
        _ = try parse(nested(#"{"a":"#, "}", JSONLimits.maximumDepth))
        assertFails(nested("[", "]", JSONLimits.maximumDepth + 1), saying: "128")
        assertFails(nested(#"{"a":"#, "}", JSONLimits.maximumDepth + 1), saying: "128")
        assertFails(String(repeating: "[", count: 1_000_000), at: 129, saying: "128")
        // What is closed does not count.
        _ = try parse("[" + Array(repeating: nested("[", "]", 127), count: 10).joined(separator: ",") + "]")
    }

    /// Longer than the tape has room for at first, and around where it gets more.
    func testLongContainers() throws {
        for count in Array(1..<80) + [255, 256, 257, 1000] {
            let numbers = (0..<count).map { Value(integerLiteral: Int64($0)) }
            let list = "[" + (0..<count).map { "\($0)" }.joined(separator: ",") + "]"
            XCTAssertEqual(try parse(list), .list(numbers))
            XCTAssertEqual(try parse("[\(list),{\"a\":\(list)}]"), [.list(numbers), ["a": .list(numbers)]])
            let object = "{" + (0..<count).map { "\"k\($0)\":[\($0)]" }.joined(separator: ",") + "}"
            let members = (0..<count).map { ("k\($0)", Value.list([numbers[$0]])) }
            XCTAssertEqual(try parse(object), .structure(Structure(members: members)))
            assertFails(String(list.dropLast()), at: list.utf8.count - 1, saying: "',' or ']'")
            assertFails(String(object.dropLast()), at: object.utf8.count - 1, saying: "',' or '}'")
        }
    }

    func testEveryPrefixOfATextFails() throws {
        let text = Array(#"{"a":[1,-2.5e3,true,null,{"b":"\u00e9\n😀"}],"c":false}"#.utf8)
        _ = try JSON.parse(text)
        for length in 0..<text.count { assertFails(Array(text[..<length])) }
    }

    func testKnownObjectsAreReadPast() {
        let arena = Arena()
        let text = arena.copy(#" {"a":[1]} , {"a":[2]}"#)
        var parser = JSONParser(text, arena: arena)
        XCTAssertNil(parser.skip(ByteView(#"{"a":[2]}"#)))
        XCTAssertEqual(parser.position, 1)
        XCTAssertEqual(parser.skip(ByteView(#"{"a":[1]}"#)).map { text.offset(of: $0) }, 1)
        XCTAssertEqual(parser.position, 10)
        parser = JSONParser(text[13..<text.count], arena: arena)
        XCTAssertNil(parser.skip(ByteView(#"{"a":[2]} "#)), "longer than the text")
        XCTAssertEqual(parser.skip(ByteView(#"{"a":[2]}"#))?.string, #"{"a":[2]}"#)
    }

    func testDrivenByHand() throws {
        let arena = Arena()
        let text = arena.copy(#" {"a" : [1, {"x":2}] , "b":[]} "#)
        var parser = JSONParser(text, arena: arena)
        var tape = JSONTape()
        XCTAssertEqual(parser.peek(), UInt8(ascii: "{"))
        try parser.beginObject()
        XCTAssertEqual(try parser.nextKey(isFirst: true)?.string, "a")
        try parser.beginArray()
        XCTAssertTrue(try parser.nextElement(isFirst: true))
        XCTAssertEqual(try parser.rawValue(onto: &tape).string, "1")
        XCTAssertTrue(try parser.nextElement(isFirst: false))
        XCTAssertEqual(try parser.rawValue(onto: &tape).string, #"{"x":2}"#)
        XCTAssertFalse(try parser.nextElement(isFirst: false))
        XCTAssertEqual(try parser.nextKey(isFirst: false)?.string, "b")
        XCTAssertThrowsError(try parser.beginObject())
        try parser.beginArray()
        XCTAssertFalse(try parser.nextElement(isFirst: true))
        XCTAssertNil(try parser.nextKey(isFirst: false))
        try parser.finish()
        XCTAssertEqual(parser.peek(), 0)
    }
}
