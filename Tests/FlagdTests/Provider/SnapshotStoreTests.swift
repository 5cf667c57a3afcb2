import FlagdTestSupport
import XCTest

@testable import Flagd

final class SnapshotStoreTests: XCTestCase {
    func testKeepsEachSourceApart() throws {
        let folder = try TemporaryFolder()
        let store = SnapshotStore(path: folder.path("s"), limit: 10)
        try store.write([1], source: 0)
        try store.write([2, 2], source: 1)
        XCTAssertEqual(try store.read(source: 0), [1])
        XCTAssertEqual(try store.read(source: 1), [2, 2])
        XCTAssertThrowsError(try store.read(source: 2))
        try store.write(ArraySlice(repeating: 0, count: 11), source: 0)
        XCTAssertThrowsError(try store.read(source: 0))
    }
}
