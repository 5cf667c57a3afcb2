import FlagdGRPC
import FlagdHTTP2
import XCTest

final class GRPCStatusMappingTests: XCTestCase {
    func testItem80HTTPStatus() {
        let codes: [Int: GRPCStatusCode] = [
            400: .internalError, 401: .unauthenticated, 403: .permissionDenied, 404: .unimplemented, 429: .unavailable,
            502: .unavailable, 503: .unavailable, 504: .unavailable,
        ]
        for status in 100...999 {
            XCTAssertEqual(GRPCStatusMapping.code(forHTTPStatus: status), codes[status] ?? .unknown, "\(status)")
        }
    }

    func testItem83ResetCodes() {
        let codes: [UInt32: GRPCStatusCode] = [
            7: .unavailable, 8: .cancelled, 0xb: .resourceExhausted, 0xc: .permissionDenied,
        ]
        for number in Array(0...0x20) + [0xff, 0x8000_0000, .max] as [UInt32] {
            XCTAssertEqual(
                GRPCStatusMapping.code(forReset: HTTP2ErrorCode(number)), codes[number] ?? .internalError, "\(number)")
        }
    }

    func testItem78StatusField() {
        for code in GRPCStatusCode.allCases {
            XCTAssertEqual(GRPCStatusMapping.code(forStatusField: "\(code.rawValue)"), code)
        }
        let others = [
            "17", "18", "100", "-1", "+0", "", " ", " 0", "0 ", "0x0", "1.0", "OK", "99999999999999999999999999999",
            "4294967296", "18446744073709551616", "٠",
        ]
        for text in others {
            XCTAssertEqual(GRPCStatusMapping.code(forStatusField: text), .unknown, text)
        }
    }
}
