import XCTest

@testable import Flagd

final class TextBufferTests: XCTestCase {
    func testCopy() {
        let arena = Arena()
        let target = arena.allocate(UInt8.self, count: 8)
        target.initialize(repeating: 0x2e, count: 8)
        XCTAssertEqual(TextBuffer.copy(ByteView("abc"), to: target + 1).string, "abc")
        XCTAssertEqual(ByteView(target, count: 8).string, ".abc....")
        XCTAssertEqual(TextBuffer.copy(.empty, to: target).count, 0)
        XCTAssertEqual(ByteView(target, count: 1).string, ".")
    }
}
