import XCTest

@testable import Flagd

final class NumberTextTests: XCTestCase {
    private let arena = Arena()

    private func json(_ text: String) -> Value? {
        NumberText.parseJSON(arena.copy(text)).flatMap { $0.length == text.utf8.count ? Value($0.value) : nil }
    }

    private func loose(_ text: String) -> Value? { NumberText.parseLoosely(arena.copy(text)).map { Value($0) } }

    func testIntegersAtTheEdges() {
        XCTAssertEqual(json("9223372036854775807"), .integer(.max))
        XCTAssertEqual(json("9223372036854775808"), .unsignedInteger(1 << 63))
        XCTAssertEqual(json("-9223372036854775808"), .integer(.min))
        XCTAssertEqual(json("18446744073709551615"), .unsignedInteger(.max))
        for text in [
            "-9223372036854775809", "18446744073709551616", "-18446744073709551615", "99999999999999999999999",
        ] {
            guard case .double(let value)? = json(text) else { return XCTFail(text) }
            XCTAssertEqual(value, Double(text))
        }
        XCTAssertEqual(json("-0"), .integer(0))
    }

    func testFewDigits() {
        for text in ["0", "7", "10", "5991", "123456789012345678"] {
            for end in ["", ",", " ", "]", "x"] {
                var cursor = ByteCursor(arena.copy(text + end))
                XCTAssertEqual(NumberText.parseFewDigits(&cursor)?.integer, Int64(text), text + end)
                XCTAssertEqual(cursor.offset, text.utf8.count)
            }
        }
        for text in ["", "x", "-1", "-0", "00", "01", "1.5", "1e5", "1E5", "1234567890123456789", "1."] {
            var cursor = ByteCursor(arena.copy(text))
            XCTAssertNil(NumberText.parseFewDigits(&cursor), text)
            XCTAssertEqual(cursor.offset, 0)
        }
    }

    func testDoublesAreTheNearestOnes() {
        let texts = [
            "0.1", "0.30000000000000004", "1e22", "1e23", "9007199254740993.0", "123456789012345678e-5",
            "2.2250738585072014e-308",
            "2.2250738585072011e-308", "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
            "1.7976931348623157e308",
            "1.7976931348623158e308", "0.000000000000000000000000000000000000000000001", "1e-22", "5e-23",
            "6.02214076e23",
            "9007199254740992e22", "9007199254740993e22", "1234567890123456789012345678901234567890e-20",
            "0e999999999999", "1e-999999999999",
            "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880e0",
        ]
        for text in texts {
            XCTAssertEqual(json(text), Double(text).map { .double($0) }, text)
            XCTAssertEqual(json("-" + text), Double(text).map { .double(-$0) }, text)
            XCTAssertEqual(loose(text), Double(text).map { .double($0) }, text)
        }
        guard case .double(let zero)? = json("-0.0") else { return XCTFail("-0.0") }
        XCTAssertEqual(zero.sign, .minus)
    }

    func testRandomDoubles() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            XCTAssertEqual(loose(number.description), .double(number), number.description)
            let printed = NumberText.describe(number)
            XCTAssertEqual(Double(printed), number, printed)
        }
    }

    func testBeyondTheRange() {
        XCTAssertNil(NumberText.parseJSON(arena.copy("1e309")))
        XCTAssertNil(NumberText.parseJSON(arena.copy("-1.8e308")))
        XCTAssertNil(NumberText.parseJSON(arena.copy("1e99999999999999999999")))
        XCTAssertNil(NumberText.parseJSON(arena.copy(String(repeating: "9", count: 400))))
        XCTAssertEqual(NumberText.parseLoosely(arena.copy("1e309")).map { NumberText.isInfinite($0) }, true)
    }

    func testLengthOfANumberInAText() {
        for (text, length) in [("12,", 2), ("1.5]", 3), ("-1e5}", 4), ("0 ", 1), ("12abc", 2), ("1e5e", 3)] {
            XCTAssertEqual(NumberText.parseJSON(arena.copy(text))?.length, length, text)
        }
        for text in ["", "-", "x", "01", "1.", ".5", "1e", "+1", "1.x"] {
            XCTAssertNil(NumberText.parseJSON(arena.copy(text)), text)
        }
    }

    func testLooselyWhatJSONDoesNotKnow() {
        let texts: [(String, Value)] = [
            ("", 0), ("  ", 0), ("\u{b}\u{c}7\t", 7), ("+1", 1), ("01", 1), (".5", 0.5), ("1.", 1.0), ("-.5e1", -5.0),
            ("000", 0),
        ]
        for (text, value) in texts { XCTAssertEqual(loose(text), value, text) }
        for text in [".", "-", "+", "e1", "1 2", "0x1", "1f", "\u{a0}1", "١", "1\u{0}", "infinity", "InfinityX", "++1"]
        {
            XCTAssertNil(loose(text), text)
        }
    }

    func testDescribe() {
        let texts: [(Double, String)] = [
            (0, "0"), (-0.0, "0"), (1, "1"), (-1, "-1"), (0.1, "0.1"), (123456.789, "123456.789"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"), (1.5e21, "1.5e+21"), (0x1.ac53a7e04bcdap+66, "123456789012345680000"), (1e-6, "0.000001"),
            (1e-7, "1e-7"), (1.25e-7, "1.25e-7"), (.leastNonzeroMagnitude, "5e-324"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
            (4294967296, "4294967296"), (0.5, "0.5"), (100, "100"), (0x1p53, "9007199254740992"), (1e100, "1e+100"),
        ]
        for (number, text) in texts {
            XCTAssertEqual(NumberText.describe(number), text)
            if number > 0 { XCTAssertEqual(NumberText.describe(-number), "-" + text) }
        }
    }
}
