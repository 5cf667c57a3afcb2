import Flagd
import Synchronization

#if os(Linux)
/// Counts what the provider tells its observers.
final class ReportCounter: FlagdObserver {
    struct Report: CustomStringConvertible {
        /// Payloads that changed flags.
        var changes = 0
        var identical = 0
        var held = 0
        var refused = 0
        var statuses = 0
        var reconnects = 0
        var drained = 0
        var losses = 0
        var failedAttempts = 0

        /// How many events there must be at least.
        var events: Int { changes + statuses }

        var description: String {
            """
            \(changes) changes applied, \(identical) identical, \(held) held, \(refused) refused, \(statuses) statuses, \
            \(reconnects) quiet reconnects (\(drained) after a GOAWAY), \(losses) losses, \(failedAttempts) failed attempts
            """
        }
    }

    private let state = Mutex(Report())

    var report: Report { state.withLock { $0 } }

    func payloadProcessed(_ update: UpdateReport) {
        state.withLock { state in
            switch update.outcome {
            case .applied(let keys): if !keys.isEmpty { state.changes += 1 }
            case .identical: state.identical += 1
            case .held: state.held += 1
            case .refused: state.refused += 1
            }
        }
    }

    func sourceReconnecting(_ reconnect: ReconnectReport) {
        state.withLock { state in
            state.reconnects += 1
            if reconnect.reason.contains("GOAWAY") { state.drained += 1 }
        }
    }

    func sourceFailed(_ failure: FailureReport) {
        state.withLock { state in
            if failure.isAttempt { state.failedAttempts += 1 } else { state.losses += 1 }
        }
    }

    func statusChanged(from old: ProviderStatus, to new: ProviderStatus) {
        // A shutdown gives no event.
        if new != .notReady { state.withLock { $0.statuses += 1 } }
    }
}
#endif
