import FlagdTransport
import XCTest

final class EndpointTests: XCTestCase {
    func testDescriptionNamesTheTarget() {
        XCTAssertEqual(Endpoint.hostPort(host: "localhost", port: 8015).description, "localhost:8015")
        XCTAssertEqual(Endpoint.hostPort(host: "::1", port: 8015).description, "[::1]:8015")
        XCTAssertEqual(Endpoint.hostPort(host: "[::1]", port: 8015).description, "[::1]:8015")
        XCTAssertEqual(Endpoint.unixSocket(path: "/run/flagd.sock").description, "unix:/run/flagd.sock")
    }

    func testAuthorityAndHostName() {
        XCTAssertEqual(Endpoint.hostPort(host: "flagd.example", port: 443).authority, "flagd.example:443")
        XCTAssertEqual(Endpoint.hostPort(host: "[::1]", port: 443).hostName, "::1")
        XCTAssertEqual(Endpoint.hostPort(host: "[fe80::1%eth0]", port: 443).authority, "[fe80::1]:443")
        XCTAssertEqual(Endpoint.hostPort(host: "fe80::1%eth0", port: 443).description, "[fe80::1%eth0]:443")
        XCTAssertEqual(Endpoint.unixSocket(path: "@flagd").authority, "localhost")
        XCTAssertEqual(Endpoint.unixSocket(path: "@flagd").hostName, "localhost")
    }

    /// Item 138: bad targets are errors.
    func testItem138BadTargetsAreRefused() {
        let bad: [(Endpoint, String)] = [
            (.hostPort(host: "", port: 1), "the host is empty"),
            (.hostPort(host: "[]", port: 1), "the host is empty"),
            (.hostPort(host: "a b", port: 1), "the host contains a space or control character"),
            (.hostPort(host: "a\0", port: 1), "the host contains a space or control character"),
            (.hostPort(host: String(repeating: "a", count: 256), port: 1), "the host is longer than 255 bytes"),
            (.hostPort(host: "localhost", port: 0), "port 0 is not in 1…65535"),
            (.hostPort(host: "localhost", port: 99999), "port 99999 is not in 1…65535"),
            (.hostPort(host: "localhost", port: -1), "port -1 is not in 1…65535"),
            (.hostPort(host: "localhost", port: .max), "port \(Int.max) is not in 1…65535"),
            (.unixSocket(path: ""), "the path is empty"),
            (.unixSocket(path: "@"), "the path is empty"),
            (.unixSocket(path: "/a\0b"), "the path contains a NUL byte"),
        ]
        for (endpoint, cause) in bad {
            XCTAssertThrowsError(try endpoint.validate(), "\(endpoint)") { error in
                XCTAssertEqual((error as? TransportError)?.kind, .invalidTarget)
                XCTAssertEqual((error as? TransportError)?.cause, cause)
            }
        }
    }

    /// Item 133: the path of a unix socket has a limit.
    func testItem133PathLimit() throws {
        let longest = "/" + String(repeating: "a", count: Endpoint.maximumPathLength - 1)
        try Endpoint.unixSocket(path: longest).validate()
        try Endpoint.unixSocket(path: "@" + longest.dropFirst()).validate()
        XCTAssertThrowsError(try Endpoint.unixSocket(path: longest + "a").validate()) { error in
            XCTAssertEqual((error as? TransportError)?.kind, .invalidTarget)
            XCTAssertTrue("\(error)".contains("\(Endpoint.maximumPathLength + 1) bytes"), "\(error)")
        }
        #if os(Linux)
        XCTAssertEqual(Endpoint.maximumPathLength, 107)
        #endif
    }

    func testGoodTargets() throws {
        for port in [1, 8015, 65535] { try Endpoint.hostPort(host: "localhost", port: port).validate() }
        try Endpoint.hostPort(host: "fe80::1%eth0", port: 1).validate()
    }
}
