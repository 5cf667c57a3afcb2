/// A header block as it arrives in HEADERS and CONTINUATION frames (RFC 9113 section 4.3).
struct HeaderBlockAssembler: Sendable {
    /// A complete block.
    struct Block: Equatable, Sendable {
        let streamID: HTTP2StreamID
        let endStream: Bool
        var bytes: [UInt8]
    }

    private var current: Block?
    private var continuations = 0
    private let maximumContinuations: Int
    private let maximumBytes: Int

    init(maximumContinuations: Int, maximumBytes: Int) {
        self.maximumContinuations = maximumContinuations
        self.maximumBytes = maximumBytes
    }

    /// Checks the next frame before its payload is read: between HEADERS and END_HEADERS only CONTINUATION of the
    /// same stream may come, and only so many (VU#421644).
    mutating func frameArrives(_ header: FrameHeader) throws(HTTP2ConnectionFailure) {
        guard let current else {
            guard header.type != .continuation else {
                throw .violation(.protocolError, "CONTINUATION without HEADERS")
            }
            return
        }
        guard header.type == .continuation, header.streamID == current.streamID else {
            throw .violation(.protocolError, "\(header.type) inside a header block")
        }
        continuations &+= 1
        guard continuations <= maximumContinuations else {
            throw .limit("more than \(maximumContinuations) CONTINUATION frames")
        }
        try checkSize(current.bytes.count &+ header.length)
    }

    /// HEADERS arrived; returns the block when it is complete.
    mutating func headers(_ block: Block, endHeaders: Bool) throws(HTTP2ConnectionFailure) -> Block? {
        try checkSize(block.bytes.count)
        if endHeaders { return block }
        current = block
        continuations = 0
        return nil
    }

    /// CONTINUATION arrived; returns the block when it is complete.
    mutating func continuation(_ fragment: [UInt8], endHeaders: Bool) -> Block? {
        current?.bytes.append(contentsOf: fragment)
        return endHeaders ? current.take() : nil
    }

    private func checkSize(_ count: Int) throws(HTTP2ConnectionFailure) {
        guard count <= maximumBytes else { throw .limit("a header block of more than \(maximumBytes) bytes") }
    }
}
