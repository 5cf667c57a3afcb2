import FlagdTransport

/// The newest payload of a stream that the driver has not looked at yet (specification: provider, "Newest wins").
///
/// A server that sends faster than the driver takes would fill the memory otherwise.
final class NewestPayload: Sendable {
    /// A payload, and whether it came from the older service.
    typealias Arrival = (payload: FlagSourcePayload, isLegacy: Bool)

    private let waiting = Locked<Arrival?>(nil)

    /// Puts a payload in the place of the one that waits.
    ///
    /// - Returns: whether none did, so that the driver has to be told.
    func put(_ payload: FlagSourcePayload, isLegacy: Bool) -> Bool {
        waiting.withLock { waiting in
            defer { waiting = (payload, isLegacy) }
            return waiting == nil
        }
    }

    /// Takes the payload that waits.
    func take() -> Arrival? {
        waiting.withLock { $0.take() }
    }
}
