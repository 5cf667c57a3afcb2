/// Events waiting for the driver.
///
/// A slot gives up its event when it is read, so that bytes have one owner.
struct EventQueue: Sendable {
    private var slots: [HTTP2Event?] = []
    private var first = 0

    mutating func append(_ event: HTTP2Event) { slots.append(event) }

    mutating func next() -> HTTP2Event? {
        while first < slots.count {
            let event = slots[first].take()
            first &+= 1
            if let event { return event }
        }
        slots.removeAll(keepingCapacity: slots.capacity <= 256)
        first = 0
        return nil
    }

    /// Drops what waits for a stream that the driver gave up.
    mutating func removeEvents(of id: HTTP2StreamID) {
        for place in first..<slots.count where slots[place]?.streamID == id { slots[place] = nil }
    }
}

extension HTTP2Event {
    /// The stream the event belongs to, if any.
    var streamID: HTTP2StreamID? {
        switch self {
        case .headers(let id, _, _), .data(let id, _, _), .trailers(let id, _), .streamReset(let id, _): id
        default: nil
        }
    }
}
