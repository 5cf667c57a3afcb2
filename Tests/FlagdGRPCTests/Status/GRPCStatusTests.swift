import FlagdGRPC
import FlagdHTTP2
import FlagdTransport
import XCTest

final class GRPCStatusTests: XCTestCase {
    func testDescription() {
        XCTAssertEqual(
            GRPCStatus(.unavailable, "connect to x:1: refused").description, "UNAVAILABLE: connect to x:1: refused")
        XCTAssertEqual(GRPCStatus(.internalError).description, "INTERNAL")
        XCTAssertEqual(GRPCStatus(.aborted, "two\nlines").description, #"ABORTED: two\x0alines"#)
        XCTAssertTrue(GRPCStatus(.ok).isOK)
        XCTAssertFalse(GRPCStatus(.unknown).isOK)
        XCTAssertEqual(GRPCStatus(.unknown).origin, .local)
    }

    func testFromTransportErrors() {
        let codes: [(TransportError.Kind, GRPCStatusCode)] = [
            (.invalidTarget, .invalidArgument), (.invalidRequest, .invalidArgument), (.cancelled, .cancelled),
            (.shutdown, .cancelled), (.outputQueueFull, .resourceExhausted), (.resolution, .unavailable),
            (.connect, .unavailable), (.connectTimeout, .unavailable), (.resources, .unavailable), (.tls, .unavailable),
            (.notHTTP2, .unavailable), (.protocolError, .unavailable), (.closed, .unavailable), (.reset, .unavailable),
            (.keepAliveTimeout, .unavailable), (.goAway, .unavailable), (.goAwayWithError, .unavailable),
            (.tooManyPings, .unavailable),
            (.streamsExhausted, .unavailable),
        ]
        for (kind, code) in codes {
            let error = TransportError(kind, target: "localhost:8015", cause: "some cause")
            let status = GRPCStatus(error)
            XCTAssertEqual(status, GRPCStatus(code, error.description, origin: .transport), "\(kind)")
            XCTAssertTrue(status.message.contains("localhost:8015"), "\(kind)")
            XCTAssertEqual(GRPCStatus(StreamFailure.connection(error)), status)
        }
    }

    func testItem53StreamsTheServerRefusedAreMarked() {
        let refused = GRPCStatus(StreamFailure.stream(.resetByPeer(.refusedStream)))
        XCTAssertEqual(refused.code, .unavailable)
        XCTAssertEqual(refused.origin, .reset(processed: false))
        let notProcessed = GRPCStatus(StreamFailure.stream(.notProcessed(.noError)))
        XCTAssertEqual(notProcessed.code, .unavailable)
        XCTAssertEqual(notProcessed.origin, .reset(processed: false))
    }

    func testItem83ResetsByThePeer() {
        let reset = GRPCStatus(StreamFailure.stream(.resetByPeer(.cancel)))
        XCTAssertEqual(reset.code, .cancelled)
        XCTAssertEqual(reset.origin, .reset(processed: true))
        XCTAssertTrue(reset.message.contains("CANCEL"), reset.message)
    }

    func testFailuresFoundHere() {
        XCTAssertEqual(GRPCStatus(StreamFailure.stream(.headerListTooLarge(limit: 16_384))).code, .resourceExhausted)
        XCTAssertEqual(GRPCStatus(StreamFailure.stream(.protocolViolation(.flowControlError))).code, .internalError)
        XCTAssertEqual(GRPCStatus(StreamFailure.stream(.connectionClosed)).code, .unavailable)
    }
}
