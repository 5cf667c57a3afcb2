import FlagdTransport
import XCTest

final class TransportErrorTests: XCTestCase {
    func testDescriptionNamesTargetAndCause() {
        let texts: [TransportError.Kind: String] = [
            .invalidTarget: "invalid target h:1: why",
            .resolution: "resolve h:1: why",
            .connect: "connect to h:1: why",
            .connectTimeout: "connect to h:1: why",
            .tls: "TLS to h:1: why",
            .closed: "connection to h:1: why",
            .keepAliveTimeout: "connection to h:1: why",
        ]
        for (kind, text) in texts {
            XCTAssertEqual(TransportError(kind, target: "h:1", cause: "why").description, text)
        }
    }
}
