import Synchronization

/// Hands every event to every subscriber, each with a buffer of its own.
final class EventHub: Sendable {
    private struct State {
        var subscribers: [UInt64: EventBuffer] = [:]
        var nextSubscriber: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Adds a subscriber, whose first event is the given one.
    func subscribe(first: ProviderEvent?) -> ProviderEvents {
        let buffer = EventBuffer(limit: ProviderEvents.bufferLimit)
        if let first { buffer.send(first) }
        let id = state.withLock { state in
            let id = state.nextSubscriber
            state.nextSubscriber &+= 1
            state.subscribers[id] = buffer
            return id
        }
        return ProviderEvents(
            ProviderEvents.Subscription(buffer: buffer) { [weak self] in self?.remove(id) })
    }

    /// Tells every subscriber.
    func publish(_ event: ProviderEvent) {
        for buffer in state.withLock({ Array($0.subscribers.values) }) { buffer.send(event) }
    }

    /// Ends every subscriber's sequence.
    func finish() {
        let buffers = state.withLock { state in
            defer { state.subscribers = [:] }
            return Array(state.subscribers.values)
        }
        for buffer in buffers { buffer.finish() }
    }

    /// How many subscribers there are.
    var count: Int { state.withLock { $0.subscribers.count } }

    private func remove(_ id: UInt64) { state.withLock { $0.subscribers[id] = nil } }
}
