/// Decides what a provider is able to do, which events it emits, and when trying begins and ends
/// (specification: provider, "States and events").
///
/// Knows neither clock nor source: time is a parameter, measured from any fixed moment, and the driver performs the actions in order.
/// Evaluation needs no decision of this machine but ``Action/publish`` and ``Action/withdraw(fatal:)``.
struct ProviderStateMachine: Sendable {
    /// The times and counts that govern it.
    struct Configuration: Sendable {
        /// Bounds an initialization.
        var deadline: Duration
        /// How long STALE lasts; zero skips it.
        var gracePeriod: Duration
        /// After how many failed attempts in a row trying ends; zero is never.
        var maxSyncRetries: Int
        /// Names of the status codes that are fatal before the first success.
        var fatalCodes: Set<String>
        /// The labels of the sources, in the order of the merge.
        var sources: [String]
        /// Whether a snapshot file may stand in for an unreachable source.
        var hasSnapshot = false
    }

    /// What the driver does.
    enum Action: Equatable, Sendable {
        /// Run the sources.
        case start
        /// Cancel the sources and forget what they still had to say.
        case stop
        /// Let evaluation use the newest flag set.
        case publish
        /// Let evaluation answer the caller's default.
        case withdraw(fatal: Bool)
        /// Read the snapshot file, then call ``snapshotServed()`` or ``snapshotUnavailable()``.
        case readSnapshot
        /// Tell the subscribers.
        case emit(ProviderEvent)
        /// Let the waiting initializations return.
        case finishInitialization
        /// Let the waiting initializations throw.
        case failInitialization(FlagdError)
    }

    /// Where the provider stands.
    enum State: Equatable, Sendable {
        /// Not initialized, or shut down. Becomes initializing.
        case idle
        /// Waiting for the first flag set. Becomes ready, restoring, error, fatal; idle when cancelled.
        case initializing
        /// The deadline has passed and the snapshot is being read. Becomes ready, stale, error, fatal; idle when cancelled.
        case restoring
        /// Every source is connected and has delivered. Becomes stale, error.
        case ready
        /// A source is lost, until that time at most. Becomes ready, error; fatal while only a snapshot is served.
        case stale(until: Duration)
        /// A source is lost for longer, or trying has ended. Becomes ready; fatal before the first success.
        case error
        /// Given up before the first success. Becomes idle by a shutdown only.
        case fatal
    }

    private struct Source {
        let label: String
        var hasDelivered = false
        var isLost = false
        /// It will not deliver again.
        var hasEnded = false
        var failedAttempts = 0
        var lastFailure: FlagSourceFailure?
    }

    private let configuration: Configuration
    private var sources: [Source]
    private(set) var state = State.idle
    /// Whether the sources run.
    private(set) var isTrying = false
    /// Whether every source has delivered since the provider was initialized.
    ///
    /// Fatal codes count only before.
    private(set) var hasSucceeded = false
    private var initializationEnds: Duration?

    init(_ configuration: Configuration) {
        self.configuration = configuration
        sources = configuration.sources.map { Source(label: $0) }
    }

    /// What OpenFeature calls the state.
    var status: ProviderStatus {
        switch state {
        case .idle, .initializing, .restoring: .notReady
        case .ready: .ready
        case .stale: .stale
        case .error: .error
        case .fatal: .fatal
        }
    }

    /// The event that tells a new subscriber the current status; nil when there is nothing to tell.
    var statusEvent: ProviderEvent? {
        switch state {
        case .idle, .initializing, .restoring: nil
        case .ready: .ready
        case .stale: .stale(message: failureText)
        case .error: .error(code: hasSucceeded ? .general : .providerNotReady, message: failureText)
        case .fatal: .error(code: .providerFatal, message: failureText)
        }
    }

    /// When ``timerFired(now:)`` wants to be called; nil is never.
    var nextDeadline: Duration? {
        guard case .stale(let until) = state else { return initializationEnds }
        return initializationEnds.map { min($0, until) } ?? until
    }

    /// How many attempts of a source have failed in a row.
    func failedAttempts(of index: Int) -> Int { sources.indices.contains(index) ? sources[index].failedAttempts : 0 }

    /// Why a source failed last; nil since it delivered.
    func lastFailure(of index: Int) -> FlagSourceFailure? {
        sources.indices.contains(index) ? sources[index].lastFailure : nil
    }

    /// Every source is connected and has delivered.
    private var isWhole: Bool { sources.allSatisfy { $0.hasDelivered && !$0.isLost } }
}

// MARK: - Initialization and shutdown

extension ProviderStateMachine {
    /// Somebody waits for the provider to be initialized.
    mutating func initialize(now: Duration) -> [Action] {
        switch state {
        case .idle:
            state = .initializing
            return wait(now: now)
        case .initializing, .restoring: return []
        case .ready, .stale: return [.finishInitialization]
        case .error where hasSucceeded && isTrying: return [.finishInitialization]
        case .error: return wait(now: now)
        case .fatal: return [.failInitialization(FlagdError(.fatal, failureText))]
        }
    }

    /// Nobody waits for the initialization any more: a first one is abandoned, a repeated one leaves the provider trying.
    mutating func initializationAbandoned() -> [Action] {
        initializationEnds = nil
        switch state {
        case .initializing, .restoring: return reset()
        default: return []
        }
    }

    /// The provider is shut down.
    ///
    /// No event follows.
    mutating func shutdown() -> [Action] { state == .idle ? [] : reset() }

    private mutating func reset() -> [Action] {
        self = ProviderStateMachine(configuration)
        return [.stop, .withdraw(fatal: false)]
    }

    private mutating func wait(now: Duration) -> [Action] {
        if initializationEnds == nil { initializationEnds = now + configuration.deadline }
        guard !isTrying else { return [] }
        isTrying = true
        for index in sources.indices { (sources[index].failedAttempts, sources[index].hasEnded) = (0, false) }
        return [.start]
    }
}

// MARK: - What the sources say

extension ProviderStateMachine {
    /// A source's payload is compiled and usable.
    ///
    /// - Parameter changed: the keys that differ from the published flag set.
    mutating func payloadAccepted(from index: Int, changed: [String]) -> [Action] {
        guard isTrying, sources.indices.contains(index) else { return [] }
        sources[index].hasDelivered = true
        sources[index].isLost = false
        sources[index].failedAttempts = 0
        sources[index].lastFailure = nil
        switch state {
        case .idle, .fatal: return []
        case .initializing, .restoring: return isWhole ? becomeReady([.publish, .emit(.ready)]) : []
        case .ready, .stale, .error:
            let change = ProviderEvent.configurationChanged(flagsChanged: changed)
            if state != .ready, isWhole { return becomeReady([.publish, .emit(.ready), .emit(change)]) }
            return changed.isEmpty ? [.publish] : [.publish, .emit(change)]
        }
    }

    /// A source's payload cannot be used; the last set stays.
    mutating func payloadRefused(from index: Int, reason: String) {
        guard sources.indices.contains(index), !sources[index].hasDelivered else { return }
        sources[index].lastFailure = FlagSourceFailure(message: reason)
    }

    /// A source that had delivered is lost, and tries to come back.
    mutating func sourceLost(_ index: Int, _ failure: FlagSourceFailure, now: Duration) -> [Action] {
        failed(index, failure, isAttempt: false, isFinal: false, now: now)
    }

    /// A source's attempt to connect failed; it goes on trying.
    mutating func attemptFailed(_ index: Int, _ failure: FlagSourceFailure, now: Duration) -> [Action] {
        failed(index, failure, isAttempt: true, isFinal: false, now: now)
    }

    /// A source has ended by itself and will not deliver again; others go on.
    mutating func sourceEnded(_ index: Int, _ failure: FlagSourceFailure, now: Duration) -> [Action] {
        failed(index, failure, isAttempt: true, isFinal: true, now: now)
    }

    private mutating func becomeReady(_ actions: [Action]) -> [Action] {
        state = .ready
        hasSucceeded = true
        initializationEnds = nil
        return actions + [.finishInitialization]
    }

    private mutating func failed(
        _ index: Int, _ failure: FlagSourceFailure, isAttempt: Bool, isFinal: Bool, now: Duration
    ) -> [Action] {
        guard isTrying, sources.indices.contains(index) else { return [] }
        sources[index].isLost = true
        sources[index].lastFailure = failure
        if isAttempt { sources[index].failedAttempts += 1 }
        if !hasSucceeded, let code = failure.statusCode, configuration.fatalCodes.contains(code) {
            return becomeFatal()
        }
        if isFinal { sources[index].hasEnded = true }
        let limit = configuration.maxSyncRetries
        if sources.allSatisfy(\.hasEnded) || (limit > 0 && sources[index].failedAttempts >= limit) { return giveUp() }
        switch state {
        case .ready where isFinal, .stale where isFinal: return becomeError()
        case .ready: return becomeStale(now: now)
        default: return []
        }
    }
}

// MARK: - Time, and giving up

extension ProviderStateMachine {
    /// The time of ``nextDeadline`` has come.
    mutating func timerFired(now: Duration) -> [Action] {
        var actions: [Action] = []
        if case .stale(let until) = state, until <= now { actions += becomeError() }
        guard let ends = initializationEnds, ends <= now else { return actions }
        initializationEnds = nil
        return actions + initializationFailed()
    }

    /// The snapshot file is compiled and stands in for the sources.
    mutating func snapshotServed(now: Duration) -> [Action] {
        guard state == .restoring else { return [] }
        guard isTrying, configuration.gracePeriod > .zero else {
            return [.publish] + becomeError() + [.finishInitialization]
        }
        state = .stale(until: now + configuration.gracePeriod)
        return [.publish, .emit(.stale(message: failureText)), .finishInitialization]
    }

    /// There is no snapshot file, or it cannot be used.
    mutating func snapshotUnavailable() -> [Action] {
        state == .restoring ? becomeError() + [.failInitialization(notReady)] : []
    }

    private mutating func becomeStale(now: Duration) -> [Action] {
        guard configuration.gracePeriod > .zero else { return becomeError() }
        state = .stale(until: now + configuration.gracePeriod)
        return [.emit(.stale(message: failureText))]
    }

    private mutating func initializationFailed() -> [Action] {
        if state == .initializing, configuration.hasSnapshot {
            state = .restoring
            return [.readSnapshot]
        }
        return becomeError() + [.failInitialization(notReady)]
    }

    /// Ends in ERROR, with an event unless it already is.
    ///
    /// Flags of sources that did deliver are used.
    private mutating func becomeError() -> [Action] {
        guard state != .error else { return [] }
        let isFirst = !hasSucceeded && sources.contains { $0.hasDelivered }
        state = .error
        return (isFirst ? [.publish] : []) + (statusEvent.map { [.emit($0)] } ?? [])
    }

    private mutating func becomeFatal() -> [Action] {
        state = .fatal
        isTrying = false
        initializationEnds = nil
        let event = ProviderEvent.error(code: .providerFatal, message: failureText)
        return [.stop, .withdraw(fatal: true), .emit(event), .failInitialization(FlagdError(.fatal, failureText))]
    }

    private mutating func giveUp() -> [Action] {
        isTrying = false
        let isWaiting = initializationEnds != nil
        initializationEnds = nil
        switch state {
        case .restoring: return [.stop, .readSnapshot]
        case .initializing: return [.stop] + initializationFailed()
        default: return [.stop] + becomeError() + (isWaiting ? [.failInitialization(notReady)] : [])
        }
    }

    private var notReady: FlagdError { FlagdError(.notReady, failureText) }

    /// What is wrong, naming source, status and attempts.
    private var failureText: String {
        let missing = sources.filter { !$0.hasDelivered || $0.isLost }
        return missing.map(Self.text).joined(separator: "; ")
    }

    private static func text(_ source: Source) -> String {
        let silence = source.hasDelivered ? "lost" : "DEADLINE_EXCEEDED: no flag set arrived within the deadline"
        let reason = source.lastFailure.map { "\($0)" } ?? silence
        let count = source.failedAttempts
        return "\(source.label): \(reason)\(count > 0 ? " (\(count) failed attempt\(count == 1 ? "" : "s"))" : "")"
    }
}
