import FlagdGRPC
import XCTest

final class GRPCMessageFramingTests: XCTestCase {
    func testPrefix() throws {
        XCTAssertEqual(try GRPCMessageFraming.frame([]), [0, 0, 0, 0, 0])
        XCTAssertEqual(try GRPCMessageFraming.frame([1, 2]), [0, 0, 0, 0, 2, 1, 2])
        let long = try GRPCMessageFraming.frame(Array(repeating: 7, count: 0x01_0203))
        XCTAssertEqual(long.prefix(6), [0, 0, 1, 2, 3, 7])
        XCTAssertEqual(long.count, 0x01_0203 + GRPCMessageFraming.prefixLength)
    }
}
