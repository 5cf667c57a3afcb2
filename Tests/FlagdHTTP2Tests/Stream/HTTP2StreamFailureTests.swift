import XCTest

import FlagdHTTP2

final class HTTP2StreamFailureTests: XCTestCase {
    private let broken = HTTP2ConnectionFailure(kind: .protocolViolation, code: .protocolError, message: "cause")

    func testItem46And53OnlyUnprocessedRequestsAreSafeToRetry() {
        let retryable: [HTTP2StreamFailure] = [
            .notProcessed(.noError), .notProcessed(.enhanceYourCalm), .resetByPeer(.refusedStream),
        ]
        let others: [HTTP2StreamFailure] = [
            .resetByPeer(.cancel), .malformedResponse(.missingStatus), .headerListTooLarge(limit: 1),
            .protocolViolation(.flowControlError), .connectionFailed(broken), .connectionClosed,
        ]
        XCTAssertEqual(retryable.map(\.isSafeToRetry), [true, true, true])
        XCTAssertFalse(others.contains(where: \.isSafeToRetry))
    }

    func testDescriptionsNameTheCause() {
        XCTAssertTrue("\(HTTP2StreamFailure.resetByPeer(.cancel))".contains("CANCEL"))
        XCTAssertTrue("\(HTTP2StreamFailure.malformedResponse(.missingStatus))".contains(":status is missing"))
        XCTAssertTrue("\(HTTP2StreamFailure.headerListTooLarge(limit: 99))".contains("99"))
        XCTAssertEqual("\(HTTP2StreamFailure.connectionFailed(broken))", "cause (PROTOCOL_ERROR)")
        let end = HTTP2ConnectionFailure(kind: .endOfFile, code: .noError, message: "closed")
        XCTAssertEqual("\(end)", "closed")
    }
}
