import FlagdGRPC
import XCTest

final class GRPCStatusCodeTests: XCTestCase {
    func testNumbersAndNames() {
        let names = [
            "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
            "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
            "UNIMPLEMENTED",
            "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
        ]
        XCTAssertEqual(GRPCStatusCode.allCases.map(\.name), names)
        XCTAssertEqual(GRPCStatusCode.allCases.map(\.rawValue), Array(0...16))
        XCTAssertEqual("\(GRPCStatusCode.dataLoss)", "DATA_LOSS")
    }

    func testFromName() {
        for code in GRPCStatusCode.allCases {
            XCTAssertEqual(GRPCStatusCode(name: code.name), code)
            XCTAssertEqual(GRPCStatusCode(name: " \t\(code.name.lowercased())\n"), code)
            XCTAssertEqual(GRPCStatusCode(name: "\(code.rawValue)"), code)
        }
        XCTAssertEqual(GRPCStatusCode(name: "Canceled"), .cancelled)
    }

    func testFromNameRefusesEverythingElse() {
        for name in [
            "", " ", "OKAY", "PERMISSION DENIED", "17", "-1", "+1", "1.0", "0x1", "9999999999", "14 x", "ÜNKNOWN",
        ] {
            XCTAssertNil(GRPCStatusCode(name: name), name)
        }
    }
}
