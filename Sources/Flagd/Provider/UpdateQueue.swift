/// What the sources said and nobody has looked at yet, in order; of payloads that follow each other only the newest
/// (specification: provider, "Newest wins").
struct UpdateQueue: Sendable {
    /// Something a source said.
    enum Update: Sendable {
        case event(FlagSourceEvent)
        /// The source has ended by itself.
        case ended(FlagSourceFailure)
        /// The deadline has passed: read the snapshot file. The source is no matter.
        case readSnapshot
    }

    private var updates: [(source: Int, update: Update)] = []

    /// Whether there is nothing to look at.
    var isEmpty: Bool { updates.isEmpty }

    /// How many updates wait.
    var count: Int { updates.count }

    /// Adds an update.
    ///
    /// A payload takes the place of the source's last update if that is a payload too.
    mutating func append(_ update: Update, from source: Int) {
        if case .event(.payload) = update, let last = updates.lastIndex(where: { $0.source == source }),
            case .event(.payload) = updates[last].update
        {
            updates.remove(at: last)
        }
        updates.append((source, update))
    }

    /// Puts a payload that was held back before everything that came after it.
    mutating func prepend(_ payload: FlagSourcePayload, from source: Int) {
        updates.insert((source, .event(.payload(payload))), at: 0)
    }

    /// Forgets all.
    mutating func removeAll() { updates = [] }

    /// Takes the oldest update.
    mutating func next() -> (source: Int, update: Update)? { updates.isEmpty ? nil : updates.removeFirst() }
}
