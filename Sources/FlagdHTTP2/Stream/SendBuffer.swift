/// Request bytes that wait for flow control.
package struct SendBuffer: Sendable {
    private var chunks: [ArraySlice<UInt8>] = []
    private var first = 0

    /// Bytes that wait.
    package private(set) var byteCount = 0

    /// Whether the last byte is in; nothing can be appended any more.
    package private(set) var isComplete = false

    /// Whether END_STREAM is still to be sent.
    private var owesEnd = false

    /// Creates an empty buffer.
    package init() {}

    /// Whether there is a frame to send, if only an empty one with END_STREAM.
    package var hasFrame: Bool { byteCount > 0 || owesEnd }

    /// Appends bytes; ignored once complete.
    package mutating func append(_ bytes: [UInt8], endStream: Bool) {
        guard !isComplete else { return }
        if !bytes.isEmpty { chunks.append(bytes[...]) }
        byteCount &+= bytes.count
        if endStream { complete(owesEnd: true) }
    }

    /// Declares the request complete; `owesEnd` unless HEADERS carry END_STREAM.
    package mutating func complete(owesEnd: Bool) {
        isComplete = true
        self.owesEnd = owesEnd
    }

    /// Takes the payload of the next DATA frame, of at most `limit` bytes; nil when nothing may be sent.
    package mutating func next(upTo limit: Int) -> (bytes: ArraySlice<UInt8>, endStream: Bool)? {
        guard first < chunks.count else {
            guard owesEnd else { return nil }
            owesEnd = false
            return ([], true)
        }
        guard limit > 0 else { return nil }
        let bytes = chunks[first].prefix(limit)
        byteCount &-= bytes.count
        if bytes.count == chunks[first].count { dropFirstChunk() } else { chunks[first].removeFirst(bytes.count) }
        let isLast = byteCount == 0 && owesEnd
        if isLast { owesEnd = false }
        return (bytes, isLast)
    }

    private mutating func dropFirstChunk() {
        chunks[first] = []
        first &+= 1
        guard first == chunks.count else { return }
        chunks.removeAll()
        first = 0
    }
}
