/// Joins a stream's flag sets with the server's context, which comes with them or must be asked for once (specification: provider,
/// "gRPC source").
///
/// While the question is open the stream is read on, and only its newest flag set waits: on a stream that replaces another one, an
/// older set must not follow what that one has delivered meanwhile.
struct SyncContext: Sendable {
    /// What the driver does.
    enum Action: Equatable, Sendable {
        /// Hand the flag set and its context to the provider.
        case deliver(ArraySlice<UInt8>, Structure?)
        /// Ask the server, then call ``answered(_:)``.
        case ask
        /// Nothing.
        case wait
    }

    /// What is known of the context.
    private enum State: Sendable {
        /// No message has come. Becomes asking, known.
        case unknown
        /// The server is being asked; the flag set waits. Becomes known.
        case asking(newest: ArraySlice<UInt8>)
        /// Known, maybe to be none. Replaced by each message that has one.
        case known(Structure?)
    }

    private var state = State.unknown

    /// A message came, with a context or without.
    mutating func messageArrived(_ flags: ArraySlice<UInt8>, context: Structure?) -> Action {
        if let context {
            state = .known(context)
            return .deliver(flags, context)
        }
        switch state {
        case .unknown:
            state = .asking(newest: flags)
            return .ask
        case .asking:
            state = .asking(newest: flags)
            return .wait
        case .known(let context): return .deliver(flags, context)
        }
    }

    /// The server has answered, or did not in time.
    mutating func answered(_ context: Structure?) -> Action {
        guard case .asking(let newest) = state else { return .wait }
        state = .known(context)
        return .deliver(newest, context)
    }
}
