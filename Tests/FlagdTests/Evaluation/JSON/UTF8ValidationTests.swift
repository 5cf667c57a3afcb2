import XCTest

@testable import Flagd

final class UTF8ValidationTests: XCTestCase {
    private func length(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { UTF8Validation.sequenceLength(in: ByteView($0), at: 0) }
    }

    /// All sequences of up to three bytes, and of four at the edges, against the standard library.
    func testAgainstTheStandardLibrary() {
        func check(_ bytes: [UInt8], line: UInt = #line) {
            let expected = String(validating: bytes, as: UTF8.self).map { _ in bytes.count }
            if length(bytes) != expected { XCTFail("\(bytes)", line: line) }
        }
        let edges: [UInt8] = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff]
        for first in UInt8(0x80)...0xff {
            check([first])
            for second in edges {
                guard first >= 0xc0 else { continue }
                if first < 0xe0 { check([first, second]) }
                for third in edges {
                    if (0xe0..<0xf0).contains(first) { check([first, second, third]) }
                    for fourth in edges where first >= 0xf0 { check([first, second, third, fourth]) }
                }
            }
        }
    }

    func testSequenceCutOff() {
        for scalar in ["é", "€", "😀"] {
            let bytes = Array(scalar.utf8)
            XCTAssertEqual(length(bytes), bytes.count)
            for count in 1..<bytes.count { XCTAssertNil(length(Array(bytes[..<count]))) }
            XCTAssertEqual(length(bytes + [0x80]), bytes.count)
        }
    }
}
