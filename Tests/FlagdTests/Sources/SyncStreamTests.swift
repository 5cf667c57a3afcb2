import FlagdGRPC
import XCTest

@testable import Flagd

final class SyncStreamTests: XCTestCase {
    func testContextBecomesValues() {
        let context: ProtobufStruct = [
            "null": .null, "whole": .number(3), "half": .number(0.5), "huge": .number(1e300), "text": .string("é"),
            "flag": .bool(true), "list": .list([.number(1), .string("a")]), "object": .structure(["k": .bool(false)]),
        ]
        let expected: Structure = [
            "null": .null, "whole": 3, "half": 0.5, "huge": 1e300, "text": "é", "flag": true, "list": [1, "a"],
            "object": ["k": false],
        ]
        XCTAssertEqual(Structure(context), expected)
        XCTAssertEqual(Structure(ProtobufStruct()), [:])
    }

    func testFailureOfAStatus() {
        let failure = FlagSourceFailure(GRPCStatus(.permissionDenied, "no"))
        XCTAssertEqual(failure, FlagSourceFailure(statusCode: "PERMISSION_DENIED", message: "no"))
        XCTAssertEqual("\(failure)", "PERMISSION_DENIED: no")
        XCTAssertEqual("\(FlagSourceFailure(message: "no"))", "no")
        XCTAssertEqual("\(FlagSourceFailure(GRPCStatus(.unimplemented)))", "UNIMPLEMENTED")
    }

    /// What a server says ends up in log lines and on terminals.
    func testMessageOfAStatusIsOneLine() {
        let failure = FlagSourceFailure(GRPCStatus(.internalError, "no\r\n\u{1b}[31mé", origin: .server))
        XCTAssertEqual(failure.message, "no\\x0d\\x0a\\x1b[31mé")
    }
}
