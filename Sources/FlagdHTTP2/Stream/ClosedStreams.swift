/// The streams that ended last: tells frames that were under way from frames that should never have been sent
/// (RFC 9113 section 5.1, "closed").
package struct ClosedStreams: Sendable {
    /// How a stream ended.
    package enum Ending: Sendable {
        /// The peer's END_STREAM or RST_STREAM: it may send nothing more.
        case byPeer
        /// Our RST_STREAM: frames may be under way.
        case byReset
    }

    /// What to do with a frame for a stream that has ended.
    package enum Action: Equatable, Sendable {
        /// Drop it.
        case ignore
        /// Drop it, count a misbehaviour.
        case count
        /// Drop it, count a misbehaviour, answer RST_STREAM(STREAM_CLOSED).
        case reject
    }

    private struct Entry: Sendable {
        let id: HTTP2StreamID
        var peerEnded: Bool
        var resetSent: Bool
    }

    private var entries: [Entry] = []
    private var oldest = 0
    private let capacity: Int

    /// Creates an empty record of at most `capacity` streams.
    package init(capacity: Int) { self.capacity = capacity }

    /// Remembers a stream that ended.
    ///
    /// `resetSent`: whether RST_STREAM went out for it.
    package mutating func insert(_ id: HTTP2StreamID, _ ending: Ending, resetSent: Bool) {
        guard capacity > 0 else { return }
        let entry = Entry(id: id, peerEnded: ending == .byPeer, resetSent: resetSent)
        if entries.count < capacity { return entries.append(entry) }
        entries[oldest] = entry
        oldest = (oldest &+ 1) % capacity
    }

    /// DATA or HEADERS came for a stream that ended; one that is no longer remembered is given the benefit of doubt.
    package mutating func frameReceived(_ id: HTTP2StreamID, endStream: Bool) -> Action {
        guard let place = entries.firstIndex(where: { $0.id == id }) else { return .ignore }
        guard entries[place].peerEnded else {
            entries[place].peerEnded = endStream
            return .ignore
        }
        guard !entries[place].resetSent else { return .count }
        entries[place].resetSent = true
        return .reject
    }

    /// RST_STREAM came: the peer ended the stream.
    package mutating func resetReceived(_ id: HTTP2StreamID) {
        guard let place = entries.firstIndex(where: { $0.id == id }) else { return }
        entries[place].peerEnded = true
    }
}
