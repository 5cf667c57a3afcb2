import FlagdGRPC
import Foundation
import XCTest

final class Base64Tests: XCTestCase {
    func testKnownAnswers() {
        // RFC 4648 section 10.
        let cases = [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ]
        for (text, encoded) in cases {
            XCTAssertEqual(Base64.encode(Array(text.utf8)), encoded)
            XCTAssertEqual(Base64.decode(encoded), Array(text.utf8))
            let padding = String(repeating: "=", count: (4 - encoded.count % 4) % 4)
            XCTAssertEqual(Base64.decode(encoded + padding), Array(text.utf8))
        }
    }

    func testAgreesWithFoundation() {
        var generator = SplitMix(seed: 64)
        for length in 0...100 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let padded = Data(bytes).base64EncodedString()
            XCTAssertEqual(Base64.encode(bytes), padded.replacingOccurrences(of: "=", with: ""))
            XCTAssertEqual(Base64.decode(padded), bytes)
        }
    }

    func testRefusesWhatIsNoBase64() {
        for text in ["A", "AAAAA", "Zg=", "Zg===", "=", "====", "Z=g=", "Zm9v Zm9v", "Zm9-", "Zm9_", "Zé", "Zg==Zg=="] {
            XCTAssertNil(Base64.decode(text), text)
        }
    }
}
