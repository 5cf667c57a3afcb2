import XCTest

import FlagdHTTP2

final class ResponseHeadTests: XCTestCase {
    private func violation(_ pairs: (String, String)...) -> MessageViolation? {
        do throws(MessageViolation) {
            _ = try ResponseHead(pairs.map(HeaderField.init))
            return nil
        } catch {
            return error
        }
    }

    func testReadsStatusAndLength() throws {
        let head = try ResponseHead(fields((":status", "200"), ("content-length", "17"), ("content-length", "17")))
        XCTAssertEqual(head.status, 200)
        XCTAssertEqual(head.contentLength, 17)
        XCTAssertFalse(head.isInformational)
        XCTAssertTrue(try ResponseHead(fields((":status", "103"))).isInformational)
        XCTAssertEqual(try ResponseHead(fields((":status", "999"))).status, 999)
    }

    func testItem56Status() {
        XCTAssertEqual(violation(), .missingStatus)
        XCTAssertEqual(violation(("a", "b")), .missingStatus)
        for status in ["", "20", "2000", "099", "000", "+20", "2 0", "abc", "20\u{665}", "-10", "2e2"] {
            XCTAssertEqual(violation((":status", status)), .invalidStatus, status)
        }
        XCTAssertEqual(violation((":status", "101")), .switchingProtocols)
        XCTAssertEqual(violation((":status", "200"), (":status", "200")), .duplicatePseudoField)
        XCTAssertEqual(violation(("a", "b"), (":status", "200")), .latePseudoField)
        for name in [":path", ":method", ":authority", ":x", ":", ":Status"] {
            XCTAssertEqual(violation((":status", "200"), (name, "x")), .unexpectedPseudoField, name)
        }
    }

    func testItem57And58FieldsAreChecked() {
        XCTAssertEqual(violation((":status", "200"), ("A", "b")), .invalidFieldName)
        XCTAssertEqual(violation((":status", "200"), ("a", "b\r")), .invalidFieldValue)
        XCTAssertEqual(violation((":status", "200"), ("connection", "close")), .connectionSpecificField)
    }

    func testItem61ContentLengthIsANumber() {
        for length in ["", "-1", "+1", "1 ", "1,1", "0x1", "99999999999999999999", "1e3"] {
            let found = violation((":status", "200"), ("content-length", length))
            XCTAssertTrue(found == .invalidContentLength || found == .invalidFieldValue, length)
        }
        XCTAssertEqual(
            violation((":status", "200"), ("content-length", "1"), ("content-length", "2")), .invalidContentLength)
    }

    func testItem56Trailers() {
        XCTAssertNil(ResponseHead.violation(ofTrailers: fields(("grpc-status", "0"), ("grpc-message", ""))))
        XCTAssertNil(ResponseHead.violation(ofTrailers: []))
        XCTAssertEqual(ResponseHead.violation(ofTrailers: fields((":status", "200"))), .pseudoFieldInTrailers)
        XCTAssertEqual(ResponseHead.violation(ofTrailers: fields(("A", "b"))), .invalidFieldName)
    }

    func testEachViolationHasItsOwnText() {
        let texts = MessageViolation.allCases.map(\.description)
        XCTAssertEqual(Set(texts).count, texts.count)
    }
}
