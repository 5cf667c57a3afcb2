import XCTest

@testable import Flagd

final class NewestPayloadTests: XCTestCase {
    func testOnlyTheNewestWaits() {
        let newest = NewestPayload()
        XCTAssertNil(newest.take())
        XCTAssertTrue(newest.put(FlagSourcePayload(bytes: [1])), "the driver has to be told")
        XCTAssertFalse(newest.put(FlagSourcePayload(bytes: [2])), "it has been")
        XCTAssertFalse(newest.put(FlagSourcePayload(bytes: [3])))
        XCTAssertEqual(newest.take()?.bytes, [3])
        XCTAssertNil(newest.take())
        XCTAssertTrue(newest.put(FlagSourcePayload(bytes: [4])))
        XCTAssertEqual(newest.take()?.bytes, [4])
    }
}
