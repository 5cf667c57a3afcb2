import XCTest

import FlagdHTTP2

/// Bytes from hexadecimal digits; spaces are allowed.
func hex(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text where character != " " {
        guard let digit = character.hexDigitValue.map(UInt8.init) else {
            XCTFail("\(character) is no hexadecimal digit")
            return []
        }
        if let first = high {
            bytes.append(first << 4 | digit)
            high = nil
        } else {
            high = digit
        }
    }
    XCTAssertNil(high, "odd number of digits in \(text)")
    return bytes
}

/// A small generator with the same sequence on every run (xorshift64*).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }
}

extension HeaderField {
    /// A field from a pair.
    init(_ pair: (String, String)) { self.init(pair.0, pair.1) }
}

/// Fields from pairs of name and value.
func fields(_ pairs: (String, String)...) -> [HeaderField] { pairs.map(HeaderField.init) }

/// The error a closure throws, which it must.
func errorThrown<Failure: Error>(
    as type: Failure.Type, file: StaticString = #filePath, line: UInt = #line, _ body: () throws -> Void
) -> Failure? {
    do {
        try body()
        XCTFail("nothing was thrown", file: file, line: line)
    } catch let error as Failure {
        return error
    } catch {
        XCTFail("\(error)", file: file, line: line)
    }
    return nil
}
