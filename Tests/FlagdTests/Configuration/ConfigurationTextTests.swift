import XCTest

@testable import Flagd

final class ConfigurationTextTests: XCTestCase {
    func testBooleans() {
        for text in ["true", "TRUE", " True ", "1", "yes", "YES"] {
            XCTAssertEqual(ConfigurationText.boolean(text), true)
        }
        for text in ["false", "False", "0", "no", "\tNO"] { XCTAssertEqual(ConfigurationText.boolean(text), false) }
        for text in ["", "on", "off", "2", "truely", "ja"] { XCTAssertNil(ConfigurationText.boolean(text), text) }
    }

    func testIntegersAreTrimmedAndStrict() {
        XCTAssertEqual(ConfigurationText.integer(" 42\n", in: 0...100), 42)
        XCTAssertEqual(ConfigurationText.integer("-3", in: -5...5), -3)
        XCTAssertEqual(ConfigurationText.integer("007", in: 0...10), 7)
        for text in ["", "-", "+1", "1.0", "1e3", "0x10", "1 2", "４２", "101", "99999999999999999999", "1_0"] {
            XCTAssertNil(ConfigurationText.integer(text, in: 0...100), text)
        }
    }

    func testIntervals() {
        let range = 1...Int(Int32.max)
        let expected: KeyValuePairs<String, Duration> = [
            "60": .seconds(60), "60s": .seconds(60), "1m30s": .seconds(90), "500ms": .milliseconds(500),
            "1h2m3s4ms": .milliseconds(3_723_004), " 5s ": .seconds(5), "2m": .seconds(120),
        ]
        for (text, interval) in expected {
            XCTAssertEqual(ConfigurationText.interval(text, in: range), interval, text)
        }
        for text in ["", "s", "5x", "30s1m", "5s5s", "-5s", "1.5s", "0", "0s", "9999999h", "5 s", "m5"] {
            XCTAssertNil(ConfigurationText.interval(text, in: range), text)
        }
    }

    func testLists() {
        XCTAssertEqual(ConfigurationText.list("A, B ,,c"), ["A", "B", "c"])
        XCTAssertEqual(ConfigurationText.list(" , "), [])
    }

    func testTrimmed() {
        XCTAssertEqual(ConfigurationText.trimmed(" \t a b \n"), "a b")
        XCTAssertEqual(ConfigurationText.trimmed("   "), "")
    }

    func testWholeMilliseconds() {
        XCTAssertEqual(Duration.milliseconds(1500).wholeMilliseconds, 1500)
        XCTAssertEqual(Duration.microseconds(999).wholeMilliseconds, 0)
        XCTAssertEqual(Duration.seconds(Int64.max).wholeMilliseconds, .max)
        XCTAssertEqual(Duration.seconds(Int64.min).wholeMilliseconds, .min)
    }
}
