/// Happy eyeballs (RFC 8305 section 5): which address to try when, and when to give up.
///
/// Knows no socket and no clock.
///
/// The driver reports what happened to an attempt, then calls ``next(now:)`` until it answers something final or `wait`.
struct ConnectionRace {
    /// What the driver is to do.
    enum Action: Equatable {
        /// Start to connect to the address with this index.
        case connect(Int)
        /// Close the attempt with this index: it took longer than an attempt may.
        case abandon(Int)
        /// Nothing until an attempt ends or the instant arrives.
        case wait(until: MonotonicTime)
        /// This attempt won: close the others. Final.
        case succeeded(Int)
        /// No address is left. Final.
        case failed
    }

    private enum Attempt: Equatable {
        case waiting
        case running(since: MonotonicTime)
        case ended
    }

    private var attempts: [Attempt]
    private var winner: Int?
    /// Before this instant no further address is tried while one is still running.
    private var nextStart: MonotonicTime
    private let stagger: Duration
    private let attemptTimeout: Duration

    /// A race of `addressCount` addresses, in the order of preference.
    ///
    /// - Parameters:
    ///   - stagger: how long an attempt may run before the next begins beside it (RFC 8305: Connection Attempt Delay).
    ///   - attemptTimeout: how long one attempt may take.
    init(addressCount: Int, stagger: Duration, attemptTimeout: Duration) {
        attempts = Array(repeating: .waiting, count: addressCount)
        nextStart = MonotonicTime(nanoseconds: 0)
        self.stagger = stagger
        self.attemptTimeout = attemptTimeout
    }

    /// The connection to this address stands.
    mutating func attemptSucceeded(_ index: Int) {
        if winner == nil, isRunning(index) { winner = index }
    }

    /// The attempt failed: the next address is due at once (RFC 8305 section 5).
    mutating func attemptFailed(_ index: Int, now: MonotonicTime) {
        guard isRunning(index) else { return }
        attempts[index] = .ended
        nextStart = now
    }

    /// What to do now.
    mutating func next(now: MonotonicTime) -> Action {
        if let winner { return .succeeded(winner) }
        if let late = attempts.indices.first(where: { deadline(of: $0).map { $0 <= now } ?? false }) {
            attemptFailed(late, now: now)
            return .abandon(late)
        }
        let waiting = attempts.firstIndex(of: .waiting)
        let running = attempts.indices.filter(isRunning)
        if let waiting, running.isEmpty || nextStart <= now {
            attempts[waiting] = .running(since: now)
            nextStart = now.advanced(by: stagger)
            return .connect(waiting)
        }
        guard let firstDeadline = running.compactMap(deadline).min() else { return .failed }
        return .wait(until: waiting == nil ? firstDeadline : min(firstDeadline, nextStart))
    }

    private func isRunning(_ index: Int) -> Bool {
        attempts.indices.contains(index) && deadline(of: index) != nil
    }

    private func deadline(of index: Int) -> MonotonicTime? {
        guard case .running(let start) = attempts[index] else { return nil }
        return start.advanced(by: attemptTimeout)
    }
}
