import Foundation

/// Nanoseconds of the running thread's own time, which other programs on the machine disturb least.
enum Timing {
    private static func threadTime() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    /// The times of so many runs.
    static func batches(_ count: Int, _ body: () -> Void) -> [Double] {
        (0..<count).map { _ in
            let start = threadTime()
            body()
            return threadTime() - start
        }
    }

    /// The times of so many runs while a second thread does the same, whose times are among them.
    static func onTwoThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) -> [Double] {
        let other = Times()
        let thread = Thread { other.finish(batches(count, body)) }
        thread.start()
        let times = batches(count, body)
        return times + other.wait()
    }

    /// Wall-clock milliseconds of a closure.
    static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let time = try clock.measure(body)
        return Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) / 1e15
    }

    /// Another thread's times.
    private final class Times: @unchecked Sendable {
        private let done = DispatchSemaphore(value: 0)
        private var times: [Double] = []

        func finish(_ times: [Double]) {
            self.times = times
            done.signal()
        }

        func wait() -> [Double] {
            done.wait()
            return times
        }
    }
}
