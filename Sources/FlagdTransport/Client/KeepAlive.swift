/// Keepalive pings (gRFC A8): off unless asked for.
package struct KeepAliveConfiguration: Equatable, Sendable {
    /// The shortest interval that may be asked for (gRFC A8); shorter ones are raised to it.
    package static let minimumTime = Duration.seconds(10)

    /// Where ``doubled()`` stops: one day.
    package static let maximumTime = Duration.seconds(86_400)

    /// How long nothing may have arrived before a ping is sent.
    ///
    /// Default nil: no pings.
    package var time: Duration?
    /// How long after a ping something must have arrived, else the connection counts as dead.
    ///
    /// Default 20 s.
    package var timeout: Duration
    /// Sends pings also while no stream is open.
    ///
    /// Default false.
    package var permitWithoutStreams: Bool

    /// What ``time`` is raised to; only tests lower it.
    var floor = KeepAliveConfiguration.minimumTime

    /// Makes a configuration; see the properties for the meaning and the defaults.
    package init(time: Duration? = nil, timeout: Duration = .seconds(20), permitWithoutStreams: Bool = false) {
        self.time = time
        self.timeout = timeout
        self.permitWithoutStreams = permitWithoutStreams
    }

    /// ``time``, but not below ``minimumTime``.
    package var effectiveTime: Duration? {
        time.map { max($0, floor) }
    }

    /// The configuration for the connection after one that ended with ``TransportError/Kind/tooManyPings``: twice the interval (gRFC A8).
    package func doubled() -> KeepAliveConfiguration {
        var result = self
        result.time = effectiveTime.map { $0 < Self.maximumTime ? min($0 * 2, Self.maximumTime) : $0 }
        return result
    }
}

/// Decides when to ping and when to give a connection up.
///
/// Any received byte counts as life, not only the answer to the ping: on a slow link the answer may stand in line
/// behind megabytes.
struct KeepAlive {
    /// What the driver is to do.
    enum Action: Equatable {
        case none
        case sendPing
        /// Nothing has arrived since the ping: close the connection.
        case connectionIsDead
    }

    private enum State: Equatable {
        /// No stream is open, and pings without streams are not wanted. Becomes `watching`.
        case resting
        /// Something arrived at this instant. Becomes `waiting`, `resting`.
        case watching(since: MonotonicTime)
        /// A ping was sent at this instant. Becomes `watching`, `resting`.
        case waiting(since: MonotonicTime)
    }

    private let time: Duration?
    private let timeout: Duration
    private let permitWithoutStreams: Bool
    private var state = State.resting
    private var lastActivity: MonotonicTime

    /// Begins for a connection that is usable at `now`.
    init(_ configuration: KeepAliveConfiguration, now: MonotonicTime) {
        time = configuration.effectiveTime
        timeout = configuration.timeout
        permitWithoutStreams = configuration.permitWithoutStreams
        lastActivity = now
        if time != nil, permitWithoutStreams { state = .watching(since: now) }
    }

    /// When ``timerFired(now:)`` is due; nil: never.
    var nextDeadline: MonotonicTime? {
        guard let time else { return nil }
        switch state {
        case .resting: return nil
        case .watching(let start): return start.advanced(by: time)
        case .waiting(let start): return start.advanced(by: timeout)
        }
    }

    /// Something arrived from the peer.
    mutating func bytesReceived(now: MonotonicTime) {
        lastActivity = now
        if state != .resting { state = .watching(since: now) }
    }

    /// The number of open streams is now `count`.
    mutating func openStreamsChanged(_ count: Int, now: MonotonicTime) {
        guard time != nil, !permitWithoutStreams else { return }
        if count == 0 {
            state = .resting
        } else if state == .resting {
            // A connection that has been silent for long is not pinged for that, but watched from here on: the peer had nothing to say.
            state = .watching(since: max(lastActivity, now))
        }
    }

    /// The deadline may have arrived.
    mutating func timerFired(now: MonotonicTime) -> Action {
        guard let deadline = nextDeadline, deadline <= now else { return .none }
        if case .waiting = state { return .connectionIsDead }
        state = .waiting(since: now)
        return .sendPing
    }
}
