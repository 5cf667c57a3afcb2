import FlagdTransport

/// The newest payload of a stream that the driver has not looked at yet (specification: provider, "Newest wins").
///
/// A server that sends faster than the driver takes would fill the memory otherwise.
final class NewestPayload: Sendable {
    private let waiting = Locked<FlagSourcePayload?>(nil)

    /// Puts a payload in the place of the one that waits.
    ///
    /// - Returns: whether none did, so that the driver has to be told.
    func put(_ payload: FlagSourcePayload) -> Bool {
        waiting.withLock { waiting in
            defer { waiting = payload }
            return waiting == nil
        }
    }

    /// Takes the payload that waits.
    func take() -> FlagSourcePayload? {
        waiting.withLock { $0.take() }
    }
}
