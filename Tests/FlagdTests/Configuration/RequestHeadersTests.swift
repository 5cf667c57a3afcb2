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
        let bad: KeyValuePairs<String, String> = [
            "grpc-encoding": "v", "te": "v", "upgrade": "v", "content-length": "1", "flagd-selector": "v", "a-bin": "v",
            "": "v", "a": "ü", "b": " v", "c": "v ", "d": "v\n",
        ]
        for (name, value) in bad {
            XCTAssertEqual(RequestHeaders([(name: name, value: value)]).firstProblem?.name, name, name)
        }
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
