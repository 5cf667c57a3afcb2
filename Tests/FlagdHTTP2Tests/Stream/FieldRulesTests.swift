import XCTest

import FlagdHTTP2

final class FieldRulesTests: XCTestCase {
    func testItem57EachByteOfAName() {
        for byte in UInt8(0)...127 {
            let text = String(decoding: [0x61, byte], as: UTF8.self)
            let isLegal = byte > 0x20 && byte < 0x7f && byte != 0x3a && !(0x41...0x5a).contains(byte)
            XCTAssertEqual(FieldRules.isValidName(text.utf8), isLegal, "\(byte)")
        }
        XCTAssertFalse(FieldRules.isValidName("".utf8))
        XCTAssertFalse(FieldRules.isValidName("\u{e9}".utf8))
    }

    func testItem57EachByteOfAValue() {
        for byte in UInt8(0)...127 {
            let text = String(decoding: [0x61, byte, 0x61], as: UTF8.self)
            XCTAssertEqual(FieldRules.isValidValue(text.utf8), ![0, 10, 13].contains(byte), "\(byte)")
        }
        for text in [" a", "a ", "\ta", "a\t", " ", "\t"] { XCTAssertFalse(FieldRules.isValidValue(text.utf8)) }
    }

    func testItem62LegalOddities() {
        for value in ["", "a\tb", "a b", "\u{e9}", "\u{fffd}", "\u{7f}", "\u{1}"] {
            XCTAssertNil(FieldRules.violation(of: HeaderField("x-bin", value)), value.debugDescription)
        }
    }

    func testItem58ConnectionSpecificFields() {
        for name in ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"] {
            XCTAssertEqual(FieldRules.violation(of: HeaderField(name, "x")), .connectionSpecificField)
        }
        XCTAssertEqual(FieldRules.violation(of: HeaderField("te", "gzip")), .connectionSpecificField)
        XCTAssertNil(FieldRules.violation(of: HeaderField("te", "trailers")))
    }

    func testItem64RequestOfAGRPCCall() {
        let request = fields(
            (":method", "POST"), (":scheme", "http"), (":path", "/flagd.sync.v1.FlagSyncService/SyncFlags"),
            (":authority", "localhost:8015"), ("te", "trailers"), ("grpc-timeout", "10S"),
            ("content-type", "application/grpc"), ("user-agent", "grpc-swift-flagd/1.0"))
        XCTAssertNil(RequestRules.violation(of: request))
    }

    func testItem64PseudoFieldsOfRequests() {
        let method = HeaderField(":method", "GET")
        let scheme = HeaderField(":scheme", "http")
        let path = HeaderField(":path", "/")
        let cases: [([HeaderField], MessageViolation?)] = [
            ([method, scheme, path], nil), ([path, scheme, method], nil),
            ([scheme, path], .missingPseudoField), ([method, path], .missingPseudoField),
            ([method, scheme], .missingPseudoField), ([method, scheme, HeaderField(":path", "")], .missingPseudoField),
            ([HeaderField(":method", ""), scheme, path], .missingPseudoField), ([], .missingPseudoField),
            ([method, method, scheme, path], .duplicatePseudoField),
            ([method, scheme, path, HeaderField(":status", "200")], .unexpectedPseudoField),
            ([method, scheme, path, HeaderField("a", "b"), HeaderField(":authority", "x")], .latePseudoField),
            ([HeaderField(":method", "CONNECT"), HeaderField(":authority", "x")], nil),
        ]
        for (request, expected) in cases { XCTAssertEqual(RequestRules.violation(of: request), expected, "\(request)") }
    }

    func testItem65MetadataThatWouldBreakTheMessage() {
        let start = fields((":method", "GET"), (":scheme", "http"), (":path", "/"))
        let cases: [(String, String, MessageViolation)] = [
            ("x", "a\r\nb: c", .invalidFieldValue), ("x", "a\nb", .invalidFieldValue), ("x", "a\0", .invalidFieldValue),
            ("X", "a", .invalidFieldName), ("x y", "a", .invalidFieldName), ("", "a", .invalidFieldName),
            ("x:y", "a", .invalidFieldName), ("x\n", "a", .invalidFieldName), ("x", " a", .invalidFieldValue),
            (":x", "a", .unexpectedPseudoField), ("connection", "close", .connectionSpecificField),
        ]
        for (name, value, expected) in cases {
            XCTAssertEqual(RequestRules.violation(of: start + fields((name, value))), expected, "\(name): \(value)")
        }
        let path = fields((":method", "GET"), (":scheme", "http"), (":path", "/\r\nx: y"))
        XCTAssertEqual(RequestRules.violation(of: path), .invalidFieldValue)
    }
}
