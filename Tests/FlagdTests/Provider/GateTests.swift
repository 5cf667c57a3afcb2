import XCTest

@testable import Flagd

final class GateTests: XCTestCase {
    func testLetsEverybodyPassOnceOpen() async {
        let gate = Gate()
        let waiting = (0..<10).map { _ in Task { await gate.wait() } }
        await Task.yield()
        gate.open()
        gate.open()
        for task in waiting { await task.value }
        await gate.wait()
    }
}
