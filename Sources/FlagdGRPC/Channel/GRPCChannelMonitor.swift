package import FlagdTransport
import Synchronization

/// What has become of a channel.
package enum GRPCChannelEnd: Equatable, Sendable {
    /// Nothing: only the wait for it was cancelled.
    case stillOpen
    /// The server wants no new calls here (GOAWAY, RFC 9113 section 6.8). Those under way go on: connect the next channel first.
    case draining(TransportError)
    /// The connection is gone, and every call with it.
    case closed(TransportError)
}

/// Remembers how a connection ended, and tells those who wait for it.
final class GRPCChannelMonitor: Sendable {
    private struct State {
        var end = GRPCChannelEnd.stillOpen
        var waiting: [UInt64: CheckedContinuation<GRPCChannelEnd, Never>] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let state = Mutex(State())

    /// How the connection is.
    var end: GRPCChannelEnd { state.withLock { $0.end } }

    /// The connection reports; on its thread.
    func received(_ event: HTTP2Client.Event) {
        let end: GRPCChannelEnd =
            switch event {
            case .draining(let cause): .draining(cause)
            case .closed(let cause): .closed(cause)
            }
        let waiting = state.withLock { state in
            state.end = end
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: end) }
    }

    /// Waits for the first report; a cancelled task gets ``GRPCChannelEnd/stillOpen``.
    func wait() async -> GRPCChannelEnd {
        let waiter = state.withLock { state in
            state.nextWaiter &+= 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: GRPCChannelEnd? = state.withLock { state in
                    if state.end != .stillOpen || Task.isCancelled { return state.end }
                    state.waiting[waiter] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume(returning: .stillOpen)
        }
    }
}
