import XCTest

@testable import FlagdTransport

final class ThreadTests: XCTestCase {
    private final class Token: Sendable {}

    func testRunsAndReleasesItsBody() async throws {
        let ran = Box(false)
        weak var released: Token?
        do {
            let token = Token()
            released = token
            try FlagdTransport.Thread.start {
                _ = token
                ran.value = true
            }
        }
        await ProcessCounts.eventually("the thread does not run") { ran.value == true }
        await ProcessCounts.eventually("the thread keeps its body") { released == nil }
    }

    func testIdentifiersDiffer() async throws {
        let own = FlagdTransport.Thread.currentID
        let other = Box<UInt>()
        try FlagdTransport.Thread.start { other.value = FlagdTransport.Thread.currentID }
        await ProcessCounts.eventually("the thread does not run") { other.value != nil }
        XCTAssertNotEqual(own, other.value)
    }
}
