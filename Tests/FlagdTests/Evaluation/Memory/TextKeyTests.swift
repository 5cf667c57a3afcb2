import XCTest

@testable import Flagd

final class TextKeyTests: XCTestCase {
    private let arena = Arena()

    /// Texts of every length to 40, and at every length one that differs in each place.
    private var texts: [String] {
        (0...40).flatMap { length in
            [String(repeating: "a", count: length)]
                + (0..<length).map { place in
                    String(repeating: "a", count: place) + "b" + String(repeating: "a", count: length - place - 1)
                }
        }
    }

    func testEqualWhenTheTextsAre() {
        let keys = texts.map { HashedKey(arena.copy($0)).key }
        for (index, text) in texts.enumerated() {
            let key = HashedKey(arena.copy(text)).key
            for (other, candidate) in keys.enumerated() { XCTAssertEqual(key == candidate, index == other, text) }
            XCTAssertFalse(key == .none)
        }
    }

    func testZeroBytesCount() {
        let keys = ["", "\0", "\0\0", "a", "a\0"].map { HashedKey(arena.copy($0)).key }
        for (index, key) in keys.enumerated() {
            for (other, candidate) in keys.enumerated() { XCTAssertEqual(key == candidate, index == other) }
        }
    }

    func testTheTextOfAKey() {
        for text in texts + ["é", "äöüäöüä", "日本語", "日本語日本語"] {
            let key = HashedKey(arena.copy(text)).key
            XCTAssertEqual(withUnsafePointer(to: key) { TextKey.text(of: $0).string }, text)
        }
    }

    /// A string's own representation, its bytes, and its bytes in an allocation of their own are the same key.
    func testStringsOfAllRepresentations() {
        for text in texts + ["é", "äöüäöüä", "日本語", "日本語日本語", "\0"] {
            var allocated = text
            allocated.reserveCapacity(100)
            for representation in [text, allocated, String(Substring("x" + text).dropFirst())] {
                for knowsStrings in [true, false] {
                    let hash = HashedKey.with(representation, seed: 7, knowsStrings: knowsStrings) { given in
                        XCTAssertTrue(given.key == HashedKey(arena.copy(text), seed: 7).key, text)
                        return given.hash
                    }
                    XCTAssertEqual(hash, HashedKey(arena.copy(text), seed: 7).hash, text)
                }
            }
        }
    }

    #if _pointerBitWidth(_64) && _endian(little)
    /// Swift's short strings are laid out as the fast way expects; where they are not, the slow way is taken.
    func testKnowsStrings() {
        XCTAssertTrue(TextKey.knowsStrings)
    }
    #endif
}
