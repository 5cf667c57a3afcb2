/// Counts misbehaviour that is no connection error by itself but costs work: malformed responses, frames on ended
/// streams, needless SETTINGS (CVE-2025-8671).
///
/// A leaky bucket over the caller's clock.
package struct GlitchBudget: Equatable, Sendable {
    private let maximum: Int
    private let cost: UInt64
    private var level: UInt64 = 0
    private var lastTime: UInt64 = 0

    /// Creates a budget of `maximum` misbehaviours, all forgiven after `interval` nanoseconds.
    package init(maximum: Int, interval: UInt64) {
        self.maximum = max(0, maximum)
        cost = max(1, interval / UInt64(clamping: max(1, maximum)))
    }

    /// Counts one.
    ///
    /// - Parameter now: monotonic nanoseconds; an earlier time than before forgives nothing.
    /// - Throws: ENHANCE_YOUR_CALM when the budget is used up.
    package mutating func count(now: UInt64) throws(HTTP2ConnectionFailure) {
        let elapsed = now > lastTime ? now &- lastTime : 0
        lastTime = max(lastTime, now)
        level = level > elapsed ? level &- elapsed : 0
        let (sum, overflow) = level.addingReportingOverflow(cost)
        let (limit, isUnlimited) = cost.multipliedReportingOverflow(by: UInt64(maximum))
        level = overflow ? .max : sum
        guard isUnlimited || level <= limit else { throw .limit("the peer misbehaved more than \(maximum) times") }
    }
}
