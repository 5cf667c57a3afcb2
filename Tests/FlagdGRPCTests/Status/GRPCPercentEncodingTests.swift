import FlagdGRPC
import XCTest

final class GRPCPercentEncodingTests: XCTestCase {
    func testItem82Decoding() {
        let texts = [
            ("", ""), ("plain text", "plain text"), ("my%20message", "my message"), ("%E4%BD%A0", "你"),
            ("%e4%bd%a0!", "你!"), ("100%25", "100%"), ("a%0Ab", "a\nb"), ("%41%42", "AB"),
        ]
        for (encoded, text) in texts { XCTAssertEqual(GRPCPercentEncoding.decode(encoded), text) }
    }

    func testItem82BrokenSequencesStandForThemselves() {
        for text in ["%", "%%", "%4", "a%", "%zz", "%4g", "%g4", "50% off", "%\u{e9}1"] {
            XCTAssertEqual(GRPCPercentEncoding.decode(text), text)
        }
        XCTAssertEqual(GRPCPercentEncoding.decode("%%41"), "%A")
    }

    func testItem82BytesThatAreNoUTF8BecomeReplacements() {
        XCTAssertEqual(GRPCPercentEncoding.decode("a%FFb"), "a\u{fffd}b")
        XCTAssertEqual(GRPCPercentEncoding.decode("%E4%BD"), "\u{fffd}")
    }
}
