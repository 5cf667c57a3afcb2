import XCTest

@testable import Flagd

/// Own fixtures, computed by an independent implementation; the shared vectors stand in the conformance tests.
final class MurmurHash3Tests: XCTestCase {
    private func hash(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBufferPointer { MurmurHash3.hash(ByteView($0), seed: seed) }
    }

    func testTexts() {
        let vectors: [(String, UInt32)] = [
            ("", 0), ("a", 1_009_084_850), ("b", 2_514_386_435), ("flagkey", 3_527_042_665), ("user-1", 4_171_401_059),
            ("user-2", 3_734_456_267), ("user-3", 727_869_179), ("é", 269_551_495), ("e\u{301}", 2_670_895_720),
            ("😀", 3_199_479_546),
        ]
        for (text, expected) in vectors { XCTAssertEqual(hash(Array(text.utf8)), expected, text) }
    }

    func testAllTailLengths() {
        let expected: [UInt32] = [
            0, 223_053_920, 2_022_745_388, 1_479_532_193, 1_927_385_702, 628_767_944,
            3_622_247_691, 1_297_582_230, 3_448_502_332, 2_638_877_042, 1_275_628_890, 1_010_544_812,
            1_186_693_151, 3_671_514_124, 1_498_019_483, 3_635_041_492, 57_590_108,
        ]
        for (length, value) in expected.enumerated() {
            XCTAssertEqual(hash((0..<length).map { UInt8(200 + $0) }), value, "\(length) bytes")
        }
    }

    /// Wherever a text is divided, its hash is the same.
    func testTwoTexts() {
        for length in 0...40 {
            let bytes = (0..<length).map { UInt8(200 + $0) }
            bytes.withUnsafeBufferPointer { buffer in
                let whole = ByteView(buffer)
                for place in 0...length {
                    let hash = MurmurHash3.hash(whole[0..<place], whole[place..<length])
                    XCTAssertEqual(hash, MurmurHash3.hash(whole), "\(place) and \(length - place) bytes")
                }
            }
        }
    }

    func testSeed() {
        XCTAssertEqual(hash(Array("test".utf8), seed: 0x9747_b28c), 0x704b_81dc)
        XCTAssertEqual(hash([], seed: 1), 0x514e_28b7)
        XCTAssertEqual(hash([], seed: 0xffff_ffff), 0x81f1_6f39)
    }
}
