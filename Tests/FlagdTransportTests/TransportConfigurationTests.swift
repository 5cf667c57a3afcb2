import XCTest

@testable import FlagdTransport

final class TransportConfigurationTests: XCTestCase {
    /// Section 13 and item 96 of the transport's checklist, RFC 8305 section 8.
    func testDefaults() {
        let configuration = TransportConfiguration()
        XCTAssertEqual(configuration.connectTimeout, .seconds(5))
        XCTAssertEqual(configuration.attemptDelay, .milliseconds(250))
        XCTAssertNil(configuration.tls)
        XCTAssertNil(configuration.authority)
        XCTAssertNil(configuration.keepAlive.time)
        XCTAssertEqual(configuration.keepAlive.timeout, .seconds(20))
        XCTAssertFalse(configuration.keepAlive.permitWithoutStreams)
        XCTAssertEqual(KeepAliveConfiguration.minimumTime, .seconds(10))
        XCTAssertEqual(configuration.maximumQueuedOutput, 4_194_304)
    }
}
