#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An instant of the monotonic clock, in nanoseconds since an arbitrary start.
///
/// Steps of the wall clock do not move it. Time a machine spends suspended is not counted, so a deadline that was one second away
/// before a suspension is one second away after it.
package struct MonotonicTime: Comparable, Hashable, Sendable, CustomStringConvertible {
    /// Nanoseconds since the clock's start.
    package let nanoseconds: UInt64

    /// Makes an instant from nanoseconds since the clock's start.
    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// The instant of the call.
    package static var now: MonotonicTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let seconds = UInt64(truncatingIfNeeded: time.tv_sec)
        return MonotonicTime(nanoseconds: seconds &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec))
    }

    /// The farthest instant that can be named: a deadline that never arrives.
    package static let distantFuture = MonotonicTime(nanoseconds: .max)

    /// The instant `duration` later; a negative duration counts as zero, and the result stops at ``distantFuture``.
    package func advanced(by duration: Duration) -> MonotonicTime {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.clampedNanoseconds)
        return overflow ? .distantFuture : MonotonicTime(nanoseconds: sum)
    }

    /// The time from `earlier` to this instant; zero when `earlier` is later.
    package func elapsed(since earlier: MonotonicTime) -> Duration {
        guard earlier < self else { return .zero }
        return .nanoseconds(Int64(clamping: nanoseconds - earlier.nanoseconds))
    }

    /// The time-out to give to `poll(2)` so that it returns at this instant and not before: whole milliseconds, rounded up.
    func pollTimeout(from now: MonotonicTime) -> Int32 {
        if self == .distantFuture { return -1 }
        guard now < self else { return 0 }
        let remaining = nanoseconds - now.nanoseconds
        let milliseconds = remaining / 1_000_000 + (remaining % 1_000_000 == 0 ? 0 : 1)
        return Int32(clamping: milliseconds)
    }

    /// Whether one instant is earlier than another.
    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The nanoseconds, for messages.
    package var description: String {
        "\(nanoseconds) ns"
    }
}

extension Duration {
    /// Whole nanoseconds, at least zero, at most `UInt64.max`.
    var clampedNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (scaled, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return .max }
        let (sum, carried) = scaled.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return carried ? .max : sum
    }
}
