/// Keeps a payload that empties a flag set until it is known to be meant (specification: provider, "Empty-set guard").
///
/// One per source.
struct EmptySetGuard<Payload: Sendable>: Sendable {
    /// How long the connection must outlive such a payload.
    static var holdTime: Duration { .seconds(2) }

    /// What becomes of a payload.
    enum Decision: Equatable, Sendable {
        /// Take it over.
        case apply
        /// Wait.
        case hold
    }

    private(set) var held: (payload: Payload, until: Duration)?
    /// Distinguishes the payload held now from earlier ones; a confirmation names it.
    private(set) var ticket: UInt64 = 0

    /// A usable payload came.
    ///
    /// Whatever was held is out of date; of one empty set after the other the first one's time counts.
    mutating func payloadArrived(
        _ payload: Payload, isEmpty: Bool, wasEmpty: Bool, needsConfirmation: Bool, now: Duration
    ) -> Decision {
        let since = held
        held = nil
        guard isEmpty, !wasEmpty, needsConfirmation else { return .apply }
        ticket &+= 1
        held = (payload, since?.until ?? now + Self.holdTime)
        return .hold
    }

    /// The connection ended: what is held was a last breath.
    mutating func connectionEnded() { held = nil }

    /// The source was asked and has no flags either.
    ///
    /// Gives the payload to apply.
    mutating func confirmed(ticket confirmed: UInt64) -> Payload? { confirmed == ticket ? take() : nil }

    /// The connection has outlived the payload.
    ///
    /// Gives the payload to apply.
    mutating func timerFired(now: Duration) -> Payload? {
        guard let held, held.until <= now else { return nil }
        return take()
    }

    private mutating func take() -> Payload? {
        defer { held = nil }
        return held?.payload
    }
}
