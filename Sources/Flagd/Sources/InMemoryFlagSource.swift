import Synchronization

/// A source whose flags are set in code: for tests, and for defaults under another source.
///
/// Several providers may share one.
public final class InMemoryFlagSource: FlagSource {
    private struct State {
        var current: FlagSourceEvent?
        var readers: [UInt64: AsyncStream<FlagSourceEvent>.Continuation] = [:]
        var nextReader: UInt64 = 0
    }

    /// The name in errors and log lines.
    public let label: String
    private let state: Mutex<State>

    /// Makes a source with a flag set in flagd's JSON format, or without one until ``set(_:)-(String)``.
    public init(_ flags: String? = nil, label: String = "in-memory") {
        self.label = label
        let first = flags.map { FlagSourceEvent.payload(FlagSourcePayload(bytes: Array($0.utf8))) }
        state = Mutex(State(current: first))
    }

    /// Replaces the flag set by another one in flagd's JSON format.
    public func set(_ flags: String) { set(FlagSourcePayload(bytes: Array(flags.utf8))) }

    /// Replaces the flag set and the context that belongs to it.
    public func set(_ payload: FlagSourcePayload) { send(.payload(payload), keep: .payload(payload)) }

    /// Reports that the source is lost until the next ``set(_:)-(String)``.
    public func fail(_ failure: FlagSourceFailure) { send(.lost(failure), keep: .lost(failure)) }

    /// Reports any event, without keeping it for readers to come.
    public func send(_ event: FlagSourceEvent) { send(event, keep: nil) }

    /// Hands over the current flag set, then every change, until the task is cancelled.
    public func run(_ yield: @escaping @Sendable (FlagSourceEvent) -> Void) async throws {
        let (events, continuation) = AsyncStream.makeStream(of: FlagSourceEvent.self)
        let reader = state.withLock { state in
            if let current = state.current { continuation.yield(current) }
            let reader = state.nextReader
            state.nextReader &+= 1
            state.readers[reader] = continuation
            return reader
        }
        defer { state.withLock { $0.readers[reader] = nil } }
        for await event in events { yield(event) }
    }

    private func send(_ event: FlagSourceEvent, keep: FlagSourceEvent?) {
        state.withLock { state in
            if let keep { state.current = keep }
            for reader in state.readers.values { reader.yield(event) }
        }
    }
}
