import Synchronization

/// A subscriber's events, in order.
///
/// The first one tells the status at the time of subscribing, if there is something to tell.
///
/// Ends when the provider is shut down. A subscriber that does not keep up loses the oldest events, never the latest status; the
/// provider never waits for it. To be read by one loop: two loops over the same value share its events.
public struct ProviderEvents: AsyncSequence, Sendable {
    /// How many events wait for a slow subscriber.
    public static let bufferLimit = 64

    private let subscription: Subscription

    init(_ subscription: Subscription) { self.subscription = subscription }

    /// Makes the iterator over the events still to come.
    public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription) }

    /// Waits for one event after the other.
    public struct Iterator: AsyncIteratorProtocol {
        let subscription: Subscription

        /// The next event; nil after the provider's shutdown or when the task is cancelled.
        public mutating func next() async -> ProviderEvent? { await subscription.next() }

        /// The next event; nil after the provider's shutdown or when the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> ProviderEvent? {
            await subscription.next()
        }
    }

    /// Ends the subscription when nobody refers to it any more.
    final class Subscription: Sendable {
        let buffer: EventBuffer
        private let onEnd: @Sendable () -> Void

        init(buffer: EventBuffer, onEnd: @escaping @Sendable () -> Void) {
            self.buffer = buffer
            self.onEnd = onEnd
        }

        deinit { onEnd() }

        func next() async -> ProviderEvent? { await buffer.next() }
    }
}

/// One subscriber's waiting events and waiting readers.
final class EventBuffer: Sendable {
    private struct State {
        var backlog: EventBacklog
        var isFinished = false
        var readers: [(id: UInt64, continuation: CheckedContinuation<ProviderEvent?, Never>)] = []
        var nextReader: UInt64 = 0
    }

    private let state: Mutex<State>

    init(limit: Int) { state = Mutex(State(backlog: EventBacklog(limit: limit))) }

    /// Hands an event to a waiting reader, or keeps it.
    func send(_ event: ProviderEvent) {
        let reader = state.withLock { state -> CheckedContinuation<ProviderEvent?, Never>? in
            guard !state.isFinished else { return nil }
            if !state.readers.isEmpty { return state.readers.removeFirst().continuation }
            state.backlog.append(event)
            return nil
        }
        reader?.resume(returning: event)
    }

    /// Ends the sequence; what nobody has read is dropped.
    func finish() {
        let readers = state.withLock { state in
            state.isFinished = true
            state.backlog.removeAll()
            defer { state.readers = [] }
            return state.readers
        }
        for reader in readers { reader.continuation.resume(returning: nil) }
    }

    /// Waits for the next event; nil at the end and when the task is cancelled.
    func next() async -> ProviderEvent? {
        let id = state.withLock { state in
            defer { state.nextReader &+= 1 }
            return state.nextReader
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> ProviderEvent?? in
                    if let event = state.backlog.next() { return event }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    state.readers.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                state.readers.firstIndex { $0.id == id }.map { state.readers.remove(at: $0) }
            }
            reader?.continuation.resume(returning: nil)
        }
    }
}

/// Waiting events, bounded: when full, the oldest goes, but never the latest that tells a status.
struct EventBacklog: Sendable {
    private let limit: Int
    private var events: [ProviderEvent] = []

    init(limit: Int) { self.limit = limit }

    /// Adds an event.
    mutating func append(_ event: ProviderEvent) {
        events.append(event)
        guard events.count > limit else { return }
        let latestStatus = events.lastIndex(where: \.tellsStatus)
        events.remove(at: latestStatus == 0 ? 1 : 0)
    }

    /// Takes the oldest event.
    mutating func next() -> ProviderEvent? { events.isEmpty ? nil : events.removeFirst() }

    /// Forgets all.
    mutating func removeAll() { events = [] }
}

extension ProviderEvent {
    /// Whether the event says what the provider is able to do.
    var tellsStatus: Bool {
        if case .configurationChanged = self { false } else { true }
    }
}
