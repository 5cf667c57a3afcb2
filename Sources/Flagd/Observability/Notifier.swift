import Synchronization

/// Calls the logger and the observers, one call at a time and in the order of what happened, outside of every lock.
///
/// Whoever adds a notification while nobody delivers becomes the one who delivers; others only add.
final class Notifier: Sendable {
    /// Something to tell.
    enum Notification: Sendable {
        /// A line for the logger, built only when it is wanted.
        case line(FlagdLogLevel, @Sendable () -> String)
        case update(UpdateReport)
        case reconnect(ReconnectReport)
        case failure(FailureReport)
        case status(old: ProviderStatus, new: ProviderStatus)
    }

    private struct State {
        var pending: ArraySlice<Notification> = []
        var isDelivering = false
    }

    private let logger: (any FlagdLogger)?
    private let observers: [any FlagdObserver]
    private let state = Mutex(State())

    /// Whether anybody listens; if not, nothing need be built.
    var isNeeded: Bool { logger != nil || !observers.isEmpty }

    init(logger: (any FlagdLogger)?, observers: [any FlagdObserver]) {
        self.logger = logger
        self.observers = observers
    }

    /// Adds notifications in order.
    ///
    /// Cheap and without foreign code, so it may be called under a lock; ``deliver()`` follows outside.
    func add(_ notification: Notification) {
        guard isNeeded else { return }
        state.withLock { $0.pending.append(notification) }
    }

    /// Adds a line; the logger is asked whether it wants it when its turn has come.
    func note(_ level: FlagdLogLevel, _ message: @escaping @Sendable () -> String) {
        if logger != nil { add(.line(level, message)) }
    }

    /// Delivers what was added, unless somebody does already, who then delivers these too.
    func deliver() {
        guard isNeeded else { return }
        guard var notification = state.withLock({ $0.isDelivering ? nil : Self.next(&$0) }) else { return }
        while true {
            tell(notification)
            guard let next = state.withLock({ Self.next(&$0) }) else { return }
            notification = next
        }
    }

    /// Forgets what was not delivered yet.
    func discard() { state.withLock { $0.pending = [] } }

    /// The oldest, taken one by one so that none is told after it was discarded.
    private static func next(_ state: inout State) -> Notification? {
        let notification = state.pending.popFirst()
        state.isDelivering = notification != nil
        return notification
    }

    private func tell(_ notification: Notification) {
        if case .line(let level, let message) = notification {
            if let logger, logger.isEnabled(level) { logger.log(level, message()) }
            return
        }
        for observer in observers {
            switch notification {
            case .line: break
            case .update(let report): observer.payloadProcessed(report)
            case .reconnect(let report): observer.sourceReconnecting(report)
            case .failure(let report): observer.sourceFailed(report)
            case .status(let old, let new): observer.statusChanged(from: old, to: new)
            }
        }
    }
}
