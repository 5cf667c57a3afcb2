import FlagdGRPC
import XCTest

final class UTF8ValidationTests: XCTestCase {
    private static let boundaries: [UInt8] = [
        0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
        0xef,
        0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
    ]

    private func isValid(_ bytes: [UInt8]) -> Bool {
        UTF8Validation.isValid(bytes.span)
    }

    private func assertAgreesWithString(_ bytes: [UInt8], line: UInt = #line) {
        let expected = String(validating: bytes, as: UTF8.self) != nil
        if isValid(bytes) != expected { XCTFail("\(bytes) should be \(expected)", line: line) }
        // The end of the text and its middle are two ways through the code.
        if isValid(bytes + [0x61, 0x61, 0x61, 0x61]) != expected {
            XCTFail("\(bytes) should be \(expected) before more text", line: line)
        }
    }

    func testItem92EveryOneAndTwoByteSequence() {
        for first in 0...255 as ClosedRange<UInt8> {
            assertAgreesWithString([first])
            for second in 0...255 as ClosedRange<UInt8> { assertAgreesWithString([first, second]) }
        }
    }

    func testItem92BoundariesOfLongerSequences() {
        for first in Self.boundaries where first >= 0xe0 {
            for second in Self.boundaries {
                for third in Self.boundaries {
                    assertAgreesWithString([first, second, third])
                    guard first >= 0xf0 else { continue }
                    for fourth in Self.boundaries { assertAgreesWithString([first, second, third, fourth]) }
                }
            }
        }
    }

    func testEveryOffsetIntoTheSteps() {
        for offset in 0...132 {
            for tail in Array(0...9) + Array(60...68) {
                let before = Array(repeating: 0x61 as UInt8, count: offset)
                let after = Array(repeating: 0x7a as UInt8, count: tail)
                XCTAssertTrue(isValid(before + [0xf0, 0x9f, 0x98, 0x80] + after), "\(offset) \(tail)")
                XCTAssertFalse(isValid(before + [0xff] + after), "\(offset) \(tail)")
                XCTAssertFalse(isValid(before + [0xed, 0xa0, 0x80] + after), "\(offset) \(tail)")
            }
        }
    }

    func testRandomTextAndOneBrokenByte() {
        var generator = SplitMix(seed: 8)
        for _ in 0..<2_000 {
            let scalars = (0..<20).map { _ in Unicode.Scalar(UInt32.random(in: 0...0x10ffff, using: &generator)) ?? "x"
            }
            var bytes = Array(String(String.UnicodeScalarView(scalars)).utf8)
            XCTAssertTrue(isValid(bytes))
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            assertAgreesWithString(bytes)
        }
    }
}
