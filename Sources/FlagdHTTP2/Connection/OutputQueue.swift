/// Frames waiting for the socket, apart from DATA, which is cut from the streams' buffers only when it can be sent.
struct OutputQueue: Sendable {
    /// The preface and PING acknowledgements, which go before everything else (RFC 9113 sections 3.4 and 6.7).
    private(set) var urgent: [UInt8] = []

    /// All other frames.
    ///
    /// Their order matters: HEADERS in the order of encoding, an acknowledgement of SETTINGS behind the header blocks
    /// that were encoded without them, RST_STREAM behind the HEADERS of its stream.
    private(set) var ordered: [UInt8] = []

    /// Frames among them that the peer provoked.
    private(set) var replyCount = 0

    private let maximumReplies: Int

    init(maximumReplies: Int) { self.maximumReplies = maximumReplies }

    var isEmpty: Bool { urgent.isEmpty && ordered.isEmpty }

    mutating func appendUrgent(_ write: (inout [UInt8]) -> Void) { write(&urgent) }

    mutating func append(_ write: (inout [UInt8]) -> Void) { write(&ordered) }

    /// Counts a frame the peer provoked: a peer that does not read must not fill the memory (CVE-2019-9512).
    mutating func countReply() throws(HTTP2ConnectionFailure) {
        replyCount &+= 1
        guard replyCount <= maximumReplies else {
            throw .limit("more than \(maximumReplies) replies are waiting for the peer to read")
        }
    }

    /// Takes everything.
    mutating func take() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &urgent)
        if bytes.isEmpty { swap(&bytes, &ordered) } else { bytes.append(contentsOf: ordered) }
        ordered = []
        replyCount = 0
        return bytes
    }

    /// Drops everything: the peer could not make sense of it.
    mutating func removeAll() {
        urgent = []
        ordered = []
    }
}
