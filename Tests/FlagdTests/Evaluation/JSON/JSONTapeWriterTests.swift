import XCTest

@testable import Flagd

final class JSONTapeWriterTests: XCTestCase {
    func testNodes() {
        var memory = Array(repeating: RuleValue.null, count: 3)
        memory.withUnsafeMutableBufferPointer { buffer in
            var writer = JSONTapeWriter(buffer, count: 0)
            XCTAssertTrue(writer.hasRoomForMember)
            writer.append(RuleValue(Int64(7)))
            XCTAssertTrue(writer.hasRoomForMember)
            writer.append(RuleValue(true))
            XCTAssertFalse(writer.hasRoomForMember)
            XCTAssertEqual(writer[0].integer, 7)
            writer[0] = RuleValue(container: .list, index: 2, count: 1)
            XCTAssertEqual(writer[0].count, 1)
            XCTAssertEqual(writer.count, 2)
        }
        XCTAssertEqual(memory[0].kind, .list)
        XCTAssertTrue(memory[1].isTrue)
        XCTAssertEqual(memory[2].kind, .null)
    }
}
