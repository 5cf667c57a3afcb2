import XCTest

@testable import Flagd

final class RequestHeadersTests: XCTestCase {
    func testKeepsOrderAndRepetitions() {
        let headers: RequestHeaders = ["b": "1", "a": "2", "b": "3"]
        XCTAssertEqual(headers.names, ["b", "a", "b"])
        XCTAssertEqual(headers.fields.map(\.value), ["1", "2", "3"])
        XCTAssertFalse(headers.isEmpty)
        XCTAssertTrue(RequestHeaders().isEmpty)
    }

    func testProblems() {
        XCTAssertNil((["x-fine_1.2": "a b~"] as RequestHeaders).firstProblem?.name)
        XCTAssertEqual((["fine": "v", "Bad": "v"] as RequestHeaders).firstProblem?.name, "Bad")
        XCTAssertEqual((["grpc-encoding": "v"] as RequestHeaders).firstProblem?.reason, "the name is reserved")
        XCTAssertEqual((["flagd-selector": "v"] as RequestHeaders).firstProblem?.reason, "the name is reserved")
        XCTAssertEqual((["a": "ü"] as RequestHeaders).firstProblem?.reason, "a value has only printable ASCII")
    }

    func testValuesAreShownNowhere() {
        let headers: RequestHeaders = ["name": "hidden"]
        var dumped = ""
        dump(headers, to: &dumped)
        XCTAssertEqual("\(headers)", "name: <redacted>")
        XCTAssertFalse(dumped.contains("hidden"))
        XCTAssertFalse(String(reflecting: headers).contains("hidden"))
    }
}
