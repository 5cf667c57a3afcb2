import XCTest

@testable import Flagd

final class ByteViewTests: XCTestCase {
    private let arena = Arena()

    private func view(_ text: String) -> ByteView { arena.copy(text) }

    func testContents() {
        let text = view("hello")
        XCTAssertEqual(text.count, 5)
        XCTAssertEqual(text[1], UInt8(ascii: "e"))
        XCTAssertEqual(text[1..<3].string, "el")
        XCTAssertEqual(text[5..<5].count, 0)
        XCTAssertEqual(text.array, Array("hello".utf8))
        XCTAssertTrue(ByteView.empty.isEmpty)
        XCTAssertEqual(ByteView("literal").string, "literal")
        XCTAssertEqual(text.offset(of: text[2..<4]), 2)
        XCTAssertTrue(ByteView(UnsafeBufferPointer<UInt8>(start: nil, count: 0)).isEmpty)
    }

    func testWords() {
        let text = view("0123456789")
        XCTAssertEqual(text.word(at: 1), 0x3837_3635_3433_3231)
    }

    func testFirstIndex() {
        let text = view("a.b.")
        XCTAssertEqual(text.firstIndex(of: UInt8(ascii: ".")), 1)
        XCTAssertEqual(text.firstIndex(of: UInt8(ascii: "."), from: 2), 3)
        XCTAssertNil(text.firstIndex(of: UInt8(ascii: "."), from: 4))
        XCTAssertNil(text.firstIndex(of: UInt8(ascii: "x")))
        XCTAssertNil(text[0..<1].firstIndex(of: UInt8(ascii: ".")))
    }

    /// All lengths, with a difference at every place.
    func testEquality() {
        for length in 0..<80 {
            let text = (0..<length).map { UInt8(33 + $0) }
            let same = String(decoding: text, as: UTF8.self)
            XCTAssertTrue(view(same) == view(same))
            XCTAssertTrue(view(same + "x").hasPrefix(view(same)))
            XCTAssertTrue(view("x" + same).hasSuffix(view(same)))
            XCTAssertFalse(view(same) == view(same + "x"))
            for place in 0..<length {
                var other = text
                other[place] ^= 1
                let different = view(String(decoding: other, as: UTF8.self))
                XCTAssertFalse(view(same) == different, "\(length), \(place)")
                XCTAssertFalse(view(same + "x").hasPrefix(different))
                XCTAssertFalse(view("x" + same).hasSuffix(different))
            }
        }
    }

    func testPrefixAndSuffixOfShorterTexts() {
        XCTAssertTrue(view("a").hasPrefix(.empty))
        XCTAssertTrue(view("a").hasSuffix(.empty))
        XCTAssertFalse(ByteView.empty.hasPrefix(view("a")))
        XCTAssertFalse(ByteView.empty.hasSuffix(view("a")))
    }

    func testOrderIsThatOfScalars() {
        let ascending = ["", "A", "B", "a", "aa", "b", "é", "\u{ffff}", "\u{10000}", "😀"]
        for (low, left) in ascending.enumerated() {
            for (high, right) in ascending.enumerated() {
                XCTAssertEqual(view(left).compare(view(right)).signum(), (low - high).signum(), "\(left) \(right)")
            }
        }
    }

    func testExcerpt() {
        XCTAssertEqual(view("short").excerpt, "short")
        let text = String(repeating: "x", count: 199)
        XCTAssertEqual(view(text + "y").excerpt, text + "y")
        XCTAssertEqual(view(text + "yz").excerpt, text + "y…")
        XCTAssertEqual(view(text + "€z").excerpt, text + "…")
    }

    func testIllFormedBytesBecomeText() {
        let bytes: [UInt8] = [0x61, 0xff, 0x62]
        XCTAssertEqual(bytes.withUnsafeBufferPointer { ByteView($0).string }, "a\u{fffd}b")
    }

    /// Every length around the sizes of the reads, and a difference at every place.
    func testEqualityAndCopiesOfAllLengths() {
        for length in 0...70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) }
            let text = bytes.withUnsafeBufferPointer { Arena.kept.copy(ByteView($0)) }
            var copied = [UInt8](repeating: 0xff, count: length + 1)
            copied.withUnsafeMutableBytes { if let base = $0.baseAddress { text.copy(to: base) } }
            XCTAssertEqual(copied, bytes + [0xff])
            for place in 0..<length {
                var other = bytes
                other[place] ^= 0x80
                other.withUnsafeBufferPointer { XCTAssertFalse(ByteView($0) == text, "\(place) of \(length)") }
            }
            bytes.withUnsafeBufferPointer { XCTAssertTrue(ByteView($0) == text) }
        }
    }

    func testWordsOfShortTexts() {
        for length in 0...15 {
            let bytes = (0..<length).map { UInt8($0 + 1) }
            let words = bytes.withUnsafeBufferPointer { ByteView($0).words }
            let expected = (bytes + [UInt8](repeating: 0, count: 16 - length)).withUnsafeBytes {
                (
                    UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)),
                    UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
            XCTAssertEqual(words.0, expected.0)
            XCTAssertEqual(words.1, expected.1)
        }
    }
}

extension Arena {
    /// Lives as long as the tests.
    fileprivate static let kept = Arena()
}
