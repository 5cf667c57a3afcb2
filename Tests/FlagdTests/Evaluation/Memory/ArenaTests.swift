import XCTest

@testable import Flagd

final class ArenaTests: XCTestCase {
    func testPiecesKeepWhatIsWritten() {
        let arena = Arena(firstBlock: 64)
        var pieces: [(UnsafeMutablePointer<UInt64>, Int)] = []
        for count in 1..<200 {
            let piece = arena.allocate(UInt64.self, count: count)
            for index in 0..<count { (piece + index).initialize(to: UInt64(count * 1000 + index)) }
            pieces.append((piece, count))
        }
        for (piece, count) in pieces {
            XCTAssertEqual(Int(bitPattern: piece) % 16, 0)
            XCTAssertTrue((0..<count).allSatisfy { piece[$0] == UInt64(count * 1000 + $0) })
        }
    }

    func testBlocksGrowUpToALimit() {
        let arena = Arena(firstBlock: 1024)
        XCTAssertEqual(arena.allocatedBytes, 0)
        _ = arena.allocate(UInt8.self, count: 1)
        XCTAssertEqual(arena.allocatedBytes, 1024)
        _ = arena.allocate(UInt8.self, count: 1024)
        XCTAssertEqual(arena.allocatedBytes, 1024 + 2048)
        _ = arena.allocate(UInt8.self, count: 3 << 20)
        XCTAssertEqual(arena.allocatedBytes, 1024 + 2048 + 3 << 20)
        for _ in 0..<20 { _ = arena.allocate(UInt8.self, count: 1 << 20) }
        XCTAssertLessThanOrEqual(arena.allocatedBytes, 3 << 20 + 22 << 20)
    }

    func testCopies() {
        let arena = Arena()
        XCTAssertEqual(arena.copy("héllo").string, "héllo")
        XCTAssertEqual(arena.copy("").count, 0)
        XCTAssertTrue(arena.copy(ByteView.empty).isEmpty)
        XCTAssertEqual(arena.copy(ByteView("bytes")).array, Array("bytes".utf8))
        let numbers = arena.copy([3, 1, 2])
        XCTAssertEqual((0..<3).map { numbers[$0] }, [3, 1, 2])
    }
}
