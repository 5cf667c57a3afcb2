/// A stream whose response has not ended.
///
/// It is forgotten when it ends, whichever way.
struct HTTP2Stream: Sendable {
    /// Where the request stands.
    enum Phase: Sendable {
        /// The header section waits for the peer's concurrency limit. Can become `.open`.
        case queued([HeaderField], endStream: Bool)
        /// The header section is in the output (RFC 9113 section 5.1: open or half-closed).
        case open
    }

    let id: HTTP2StreamID
    var phase: Phase
    var unsent = SendBuffer()
    var sendWindow: SendWindow
    var receiveWindow: ReceiveWindow
    var response: ResponseMachine

    /// DATA frames of little content among the unread bytes.
    var unreadSmallFrames = 0

    var isQueued: Bool {
        if case .queued = phase { return true }
        return false
    }
}

/// The streams that have not ended, by number.
///
/// Queued ones have the highest numbers.
struct StreamTable: Sendable {
    private var streams: [HTTP2Stream] = []

    /// Streams that are on the wire; the rest is queued.
    private(set) var openCount = 0

    var queuedCount: Int { streams.count &- openCount }
    var count: Int { streams.count }
    var isEmpty: Bool { streams.isEmpty }

    subscript(index: Int) -> HTTP2Stream {
        _read { yield streams[index] }
        _modify { yield &streams[index] }
    }

    /// The place of a stream, by binary search.
    func index(of id: HTTP2StreamID) -> Int? {
        let place = firstIndex(notBelow: id)
        return place < streams.count && streams[place].id == id ? place : nil
    }

    func firstIndex(notBelow id: HTTP2StreamID) -> Int {
        var low = 0
        var high = streams.count
        while low < high {
            let middle = (low &+ high) / 2
            if streams[middle].id < id { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// Adds a stream with a number above all others.
    mutating func append(_ stream: HTTP2Stream) {
        if !stream.isQueued { openCount &+= 1 }
        streams.append(stream)
    }

    /// Marks the first queued stream open and returns its request.
    mutating func openFirstQueued() -> (id: HTTP2StreamID, fields: [HeaderField], endStream: Bool)? {
        guard openCount < streams.count, case .queued(let fields, let endStream) = streams[openCount].phase else {
            return nil
        }
        streams[openCount].phase = .open
        openCount &+= 1
        return (streams[openCount &- 1].id, fields, endStream)
    }

    mutating func remove(at index: Int) -> HTTP2Stream {
        if index < openCount { openCount &-= 1 }
        return streams.remove(at: index)
    }

    mutating func removeAll() -> [HTTP2Stream] {
        defer {
            streams = []
            openCount = 0
        }
        return streams
    }
}
