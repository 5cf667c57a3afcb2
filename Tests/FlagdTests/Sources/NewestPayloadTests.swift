import XCTest

@testable import Flagd

final class NewestPayloadTests: XCTestCase {
    func testOnlyTheNewestWaits() {
        let newest = NewestPayload()
        XCTAssertNil(newest.take())
        XCTAssertTrue(newest.put(FlagSourcePayload(bytes: [1]), isLegacy: false), "the driver has to be told")
        XCTAssertFalse(newest.put(FlagSourcePayload(bytes: [2]), isLegacy: false), "it has been")
        XCTAssertFalse(newest.put(FlagSourcePayload(bytes: [3]), isLegacy: true))
        let taken = newest.take()
        XCTAssertEqual(taken?.payload.bytes, [3])
        XCTAssertEqual(taken?.isLegacy, true)
        XCTAssertNil(newest.take())
        XCTAssertTrue(newest.put(FlagSourcePayload(bytes: [4]), isLegacy: false))
        XCTAssertEqual(newest.take()?.payload.bytes, [4])
    }
}
