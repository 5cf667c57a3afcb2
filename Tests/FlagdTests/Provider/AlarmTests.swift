#if canImport(Dispatch)
import XCTest

@testable import Flagd

final class AlarmTests: XCTestCase {
    func testRingsInTime() async {
        let start = ContinuousClock.now
        let isDue = await Alarm().wait(for: .milliseconds(20))
        XCTAssertTrue(isDue)
        XCTAssertGreaterThanOrEqual(ContinuousClock.now - start, .milliseconds(19))
        let past = await Alarm().wait(for: .seconds(-5))
        XCTAssertTrue(past)
    }

    func testCancelledBeforeAndWhileItWaits() async {
        for delay in [0, 20] {
            let gate = Gate()
            let waiter = Task {
                await gate.wait()
                return await Alarm().wait(for: .seconds(1 << 40))
            }
            if delay == 0 { waiter.cancel() }
            gate.open()
            try? await Task.sleep(for: .milliseconds(delay))
            waiter.cancel()
            let isDue = await waiter.value
            XCTAssertFalse(isDue)
        }
    }

    /// Whatever comes first, the other is too late, and nobody waits for ever.
    func testCancellationBesideTheTime() async {
        for round in 0..<500 {
            let waiter = Task { await Alarm().wait(for: .microseconds(round % 50)) }
            if round % 3 == 0 { await Task.yield() }
            waiter.cancel()
            _ = await waiter.value
        }
    }

    func testNothingIsLeftOfIt() async {
        weak var left: Alarm?
        do {
            let alarm = Alarm()
            left = alarm
            _ = await alarm.wait(for: .milliseconds(1))
        }
        let isGone = await eventually { left == nil }
        XCTAssertTrue(isGone)
    }
}
#endif
