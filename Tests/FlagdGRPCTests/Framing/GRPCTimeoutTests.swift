import FlagdGRPC
import XCTest

final class GRPCTimeoutTests: XCTestCase {
    func testItem90FinestUnitThatFits() {
        let cases: [(UInt64, String)] = [
            (1, "1n"), (99_999_999, "99999999n"), (100_000_000, "100000u"), (500_000_000, "500000u"),
            (99_999_999_000, "99999999u"), (100_000_000_000, "100000m"), (600_000_000_000, "600000m"),
            (99_999_999_000_000, "99999999m"), (100_000_000_000_000, "100000S"), (99_999_999_000_000_000, "99999999S"),
            (100_000_000_000_000_000, "1666667M"), (.max, "5124096H"),
        ]
        for (nanoseconds, text) in cases {
            XCTAssertEqual(GRPCTimeout.encode(nanoseconds: nanoseconds), text)
        }
    }

    func testItem90RoundsUpAndNeverOverEightDigits() {
        var generator = SplitMix(seed: 90)
        let units: [Character: UInt64] = [
            "n": 1, "u": 1_000, "m": 1_000_000, "S": 1_000_000_000, "M": 60_000_000_000, "H": 3_600_000_000_000,
        ]
        for _ in 0..<10_000 {
            let nanoseconds =
                UInt64.random(in: 1 ... .max, using: &generator) >> UInt64.random(in: 0...62, using: &generator)
            guard nanoseconds > 0 else { continue }
            var text = GRPCTimeout.encode(nanoseconds: nanoseconds)
            guard let unit = text.popLast().flatMap({ units[$0] }), let value = UInt64(text) else {
                return XCTFail("\(text) is no time-out")
            }
            XCTAssertLessThanOrEqual(text.count, 8)
            let (length, overflow) = value.multipliedReportingOverflow(by: unit)
            guard !overflow else { continue }
            XCTAssertGreaterThanOrEqual(length, nanoseconds)
            XCTAssertLessThan(length - nanoseconds, unit)
        }
    }

    func testNanosecondsOfADuration() {
        XCTAssertEqual(Duration.milliseconds(500).nanosecondsRoundedUp, 500_000_000)
        XCTAssertEqual(Duration.nanoseconds(1).nanosecondsRoundedUp, 1)
        XCTAssertEqual(Duration(secondsComponent: 0, attosecondsComponent: 1).nanosecondsRoundedUp, 1)
        XCTAssertEqual(Duration.zero.nanosecondsRoundedUp, 0)
        XCTAssertEqual(Duration.seconds(-5).nanosecondsRoundedUp, 0)
        XCTAssertEqual(Duration.nanoseconds(-1).nanosecondsRoundedUp, 0)
        XCTAssertEqual(Duration.seconds(Int64.max).nanosecondsRoundedUp, .max)
    }
}
