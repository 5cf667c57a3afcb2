import XCTest

@testable import Flagd

final class TextHashTests: XCTestCase {
    private let arena = Arena()

    func testEqualTextsHaveEqualHashes() {
        for length in 0..<100 {
            let text = String(repeating: "x", count: length)
            XCTAssertEqual(TextHash.hash(arena.copy(text)), TextHash.hash(arena.copy(text)))
            XCTAssertEqual(
                TextHash.hash(arena.copy(text)), HashedKey(arena.copy(text), seed: TextHash.processSeed).hash)
        }
    }

    /// Every length, a change at every place: no two hashes are the same.
    func testDifferentTextsHaveDifferentHashes() {
        var hashes: Set<UInt64> = []
        var count = 0
        for length in 0..<70 {
            hashes.insert(TextHash.hash(arena.copy(String(repeating: "a", count: length))))
            count += 1
            for place in 0..<length {
                var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                bytes[place] = UInt8(ascii: "b")
                hashes.insert(TextHash.hash(arena.copy(String(decoding: bytes, as: UTF8.self))))
                count += 1
            }
        }
        XCTAssertEqual(hashes.count, count)
    }

    func testTheSeedMatters() {
        let text = arena.copy("flag")
        XCTAssertNotEqual(HashedKey(text, seed: 1).hash, HashedKey(text, seed: 2).hash)
    }

    func testLowBitsAreSpread() {
        var slots = [Int](repeating: 0, count: 64)
        for number in 0..<6400 {
            slots[Int(HashedKey(arena.copy("flag-\(number)"), seed: 0xdead_beef_cafe_babe).hash & 63)] += 1
        }
        XCTAssertTrue(slots.allSatisfy { (40...180).contains($0) }, "\(slots)")
    }
}
