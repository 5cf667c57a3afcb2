#if canImport(Dispatch)
internal import Dispatch
import Synchronization

/// One wait for a time.
///
/// Unlike `Task.sleep`, which on Linux wakes up every second (measured with Swift 6.3), it sleeps until the time has come.
final class Alarm: Sendable {
    /// Dispatch's timers may be used by any thread, which their type does not say.
    private struct Waiting: @unchecked Sendable {
        let continuation: CheckedContinuation<Bool, Never>
        let timer: any DispatchSourceTimer
    }

    private let waiting = Mutex<Waiting?>(nil)

    /// Waits so long; false when the task was cancelled before.
    ///
    /// To be called once.
    func wait(for duration: Duration) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let timer = DispatchSource.makeTimerSource()
                timer.setEventHandler { self.end(isDue: true) }
                timer.schedule(deadline: .now() + .nanoseconds(Alarm.nanoseconds(duration)))
                waiting.withLock { $0 = Waiting(continuation: continuation, timer: timer) }
                timer.activate()
                // The handler below either finds who waits or has run before.
                if Task.isCancelled { end(isDue: false) }
            }
        } onCancel: {
            end(isDue: false)
        }
    }

    /// A cancelled timer lets go of its handler, and so of this object.
    private func end(isDue: Bool) {
        guard let ended = waiting.withLock({ $0.take() }) else { return }
        ended.timer.cancel()
        ended.continuation.resume(returning: isDue)
    }

    /// Whole nanoseconds, at least one, at most a hundred years.
    private static func nanoseconds(_ duration: Duration) -> Int {
        let bounded = min(max(duration, .nanoseconds(1)), .seconds(100 * 365 * 86_400))
        let (seconds, attoseconds) = bounded.components
        return Int(clamping: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
#endif
