import FlagdHTTP2
import FlagdTransport
import XCTest

final class HTTP2StreamHandlerTests: XCTestCase {
    func testFailureDescriptions() {
        let error = TransportError(.closed, target: "h:1", cause: "the server closed the connection")
        XCTAssertEqual(
            StreamFailure.connection(error).description, "connection to h:1: the server closed the connection")
        let reset = HTTP2StreamFailure.resetByPeer(.refusedStream)
        XCTAssertEqual(StreamFailure.stream(reset).description, "\(reset)")
    }
}
