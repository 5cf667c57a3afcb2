import XCTest

@testable import FlagdTransport

final class LockedTests: XCTestCase {
    func testExcludesOtherThreads() async {
        let count = Locked(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<5_000 { count.withLock { $0 += 1 } } }
            }
        }
        XCTAssertEqual(count.withLock { $0 }, 20_000)
    }

    func testUnlocksAfterAnError() {
        struct Failure: Error {}
        let count = Locked(0)
        XCTAssertThrowsError(try count.withLock { _ in throw Failure() })
        XCTAssertEqual(count.withLock { $0 }, 0)
    }
}
