/// Decides when a sync source opens and closes its streams, and what it reports (specification: provider, "States and events",
/// "Quiet recycling" and "Failures").
///
/// Each stream is a connection of its own, with a fresh name resolution. At most two are open: the one that delivered, and the one
/// that is to replace it or to come back after a failure.
struct ReconnectPolicy: Equatable, Sendable {
    /// The times that govern it.
    struct Configuration: Equatable, Sendable {
        /// The first wait, doubled from failure to failure; no two attempts that fail begin closer together.
        var retryBackoff: Duration
        /// The longest wait without jitter, and how long a stream must have lived to be replaced at once.
        var retryBackoffMax: Duration
        /// Within what time a replacement must deliver, else the source counts as lost.
        var deadline: Duration
        /// After what time a stream is replaced, with ±10 % jitter; zero is never.
        var streamDeadline: Duration

        /// The cap in use: never below the first wait.
        var cap: Duration { max(retryBackoff, retryBackoffMax) }
    }

    /// What the driver does, in order.
    enum Action: Equatable, Sendable {
        /// Connect and subscribe.
        case open(Int)
        /// Cancel the stream; nothing it still says matters.
        case close(Int)
        /// Hand the payload that just arrived to the provider.
        case deliver
        /// Report a quiet replacement.
        case reconnecting(reason: String)
        /// Report that the source is lost.
        case lost(FlagSourceFailure)
        /// Report a failed attempt.
        case attemptFailed(FlagSourceFailure)
    }

    /// A stream that has delivered.
    private struct Current: Equatable {
        let id: Int
        let opened: Duration
        var recycleAt: Duration?
        var recycleReason = "stream deadline"
    }

    /// A stream that has not delivered yet.
    private struct Candidate: Equatable {
        let id: Int
        let opened: Duration
        var drains: String?
    }

    private let configuration: Configuration
    private var current: Current?
    private var candidate: Candidate?
    private var nextID = 0
    /// When the next attempt is due.
    private var attemptAt: Duration?
    /// Until when a replacement must have delivered for the source not to count as lost.
    private var quietUntil: Duration?
    private var backoff: Duration

    init(_ configuration: Configuration) {
        self.configuration = configuration
        backoff = min(configuration.retryBackoff, configuration.cap)
    }

    /// When ``timerFired(now:random:)`` wants to be called; nil is never.
    var nextDeadline: Duration? {
        let recycle = candidate == nil ? current?.recycleAt : nil
        return [attemptAt, quietUntil, recycle, candidateEnds].compactMap(\.self).min()
    }

    /// The source begins.
    mutating func start(now: Duration) -> [Action] { [open(now: now)] }

    /// A stream delivered a payload.
    ///
    /// - Parameter random: a number in 0 ..< 1 for the jitter.
    mutating func payloadArrived(_ id: Int, now: Duration, random: Double) -> [Action] {
        if current?.id == id { return [.deliver] }
        guard let delivered = candidate, delivered.id == id else { return [] }
        let replaced = current.map { [Action.close($0.id)] } ?? []
        candidate = nil
        quietUntil = nil
        current = Current(id: id, opened: delivered.opened, recycleAt: recycleTime(now: now, random: random))
        if let reason = delivered.drains { drain(reason, now: now) }
        return [.deliver] + replaced
    }

    /// The server wants no new calls on the stream's connection (GOAWAY with NO_ERROR); the stream goes on.
    mutating func connectionDrains(_ id: Int, reason: String, now: Duration, random: Double) -> [Action] {
        if candidate?.id == id { candidate?.drains = reason }
        guard current?.id == id else { return [] }
        drain(reason, now: now)
        return timerFired(now: now, random: random)
    }

    /// A stream ended, whoever ended it.
    ///
    /// - Parameter random: a number in 0 ..< 1 for the jitter.
    mutating func streamEnded(_ id: Int, _ failure: FlagSourceFailure, now: Duration, random: Double) -> [Action] {
        if let ended = current, ended.id == id { return currentEnded(ended, failure, now: now, random: random) }
        guard let failed = candidate, failed.id == id else { return [] }
        candidate = nil
        quietUntil = nil
        let closed = closeCurrent(now: now)
        // A wait counts from the attempt's start: connecting is a part of it.
        attemptAt = max(now, failed.opened + wait(random: random))
        return closed + [.attemptFailed(failure)]
    }

    /// The time of ``nextDeadline`` has come.
    ///
    /// - Parameter random: a number in 0 ..< 1 for the jitter.
    mutating func timerFired(now: Duration, random: Double) -> [Action] {
        var actions: [Action] = []
        if let at = attemptAt, at <= now { actions.append(open(now: now)) }
        if candidate == nil, let recycled = current, let at = recycled.recycleAt, at <= now {
            quietUntil = now + configuration.deadline
            actions += [.reconnecting(reason: recycled.recycleReason), open(now: now)]
        }
        if let until = quietUntil, until <= now {
            quietUntil = nil
            actions += closeCurrent(now: now) + [.lost(late(configuration.deadline))]
        }
        if let ends = candidateEnds, ends <= now, let silent = candidate {
            actions.append(.close(silent.id))
            actions += streamEnded(silent.id, late(configuration.streamDeadline), now: now, random: random)
        }
        return actions
    }

    private mutating func currentEnded(
        _ ended: Current, _ failure: FlagSourceFailure, now: Duration, random: Double
    ) -> [Action] {
        current = nil
        resetBackoff(ifLongLived: ended, now: now)
        if candidate != nil { return [.reconnecting(reason: "\(failure)")] }
        if now - ended.opened >= configuration.cap {
            quietUntil = now + configuration.deadline
            return [.reconnecting(reason: "\(failure)"), open(now: now)]
        }
        attemptAt = now + wait(random: random)
        return [.lost(failure)]
    }

    private mutating func open(now: Duration) -> Action {
        let id = nextID
        nextID += 1
        attemptAt = nil
        candidate = Candidate(id: id, opened: now)
        return .open(id)
    }

    private mutating func closeCurrent(now: Duration) -> [Action] {
        guard let closed = current else { return [] }
        current = nil
        resetBackoff(ifLongLived: closed, now: now)
        return [.close(closed.id)]
    }

    private mutating func resetBackoff(ifLongLived stream: Current, now: Duration) {
        if now - stream.opened >= configuration.cap { backoff = min(configuration.retryBackoff, configuration.cap) }
    }

    /// The next wait, up to 20 % above the backoff, which doubles up to the cap.
    private mutating func wait(random: Double) -> Duration {
        let wait = backoff + backoff * (0.2 * random)
        backoff = min(backoff * 2, configuration.cap)
        return wait
    }

    /// A server that drains every connection at once must not be asked more often than after a failure.
    private mutating func drain(_ reason: String, now: Duration) {
        guard let drained = current else { return }
        let at = max(now, drained.opened + configuration.retryBackoff)
        current?.recycleAt = min(drained.recycleAt ?? at, at)
        current?.recycleReason = reason
    }

    private func recycleTime(now: Duration, random: Double) -> Duration? {
        guard configuration.streamDeadline > .zero else { return nil }
        return now + max(configuration.streamDeadline * (0.9 + 0.2 * random), configuration.retryBackoff)
    }

    /// When a stream that has not delivered is given up.
    private var candidateEnds: Duration? {
        guard configuration.streamDeadline > .zero, let candidate else { return nil }
        return candidate.opened + configuration.streamDeadline
    }

    private func late(_ limit: Duration) -> FlagSourceFailure {
        FlagSourceFailure(statusCode: "DEADLINE_EXCEEDED", message: "no flag set within \(limit)")
    }
}
