/// Cuts the byte stream into frames.
///
/// Incremental: bytes are looked at once, whatever the segments; at most one frame's payload is held, and only after
/// its header was accepted.
package struct FrameReader: Sendable {
    /// What the reader came to.
    package enum Step: Equatable, Sendable {
        /// The input is used up.
        case needsBytes
        /// A header is complete; ask ``FrameReader/skipPayload()`` now to pass over the payload.
        case header(FrameHeader)
        /// A whole frame.
        case frame(FrameHeader, payload: [UInt8])
    }

    /// Becomes `.payload` when nine bytes are there; that becomes `.header` or, on request, `.skipping` and `.header`.
    private enum State: Sendable {
        case header
        case payload(FrameHeader)
        case skipping(Int)
    }

    private var state = State.header
    /// The header's bytes so far: of the first five, and of the last four.
    private var headerBits: (high: UInt64, low: UInt32) = (0, 0)
    private var headerCount = 0
    private var partial: [UInt8] = []

    /// Creates a reader that stands at a frame header.
    package init() {}

    /// Whether the input so far ended inside a frame.
    package var isInsideFrame: Bool {
        if case .header = state { return headerCount > 0 }
        return true
    }

    /// Reads on from `offset`, which moves behind what was used.
    ///
    /// Call until `needsBytes`.
    package mutating func next(_ input: Span<UInt8>, at offset: inout Int) -> Step {
        if case .skipping(let remaining) = state {
            let count = min(remaining, input.count &- offset)
            offset &+= count
            guard count == remaining else {
                state = .skipping(remaining &- count)
                return .needsBytes
            }
            state = .header
        }
        if case .payload(let header) = state { return readPayload(header, input, at: &offset) }
        return readHeader(input, at: &offset)
    }

    /// Passes over the payload of the header that was just returned.
    package mutating func skipPayload() {
        if case .payload(let header) = state { state = .skipping(header.length) }
    }

    private mutating func readHeader(_ input: Span<UInt8>, at offset: inout Int) -> Step {
        while headerCount < FrameHeader.byteCount {
            guard offset < input.count else { return .needsBytes }
            let byte = input[offset]
            offset &+= 1
            if headerCount < 5 {
                headerBits.high = headerBits.high << 8 | UInt64(byte)
            } else {
                headerBits.low = headerBits.low << 8 | UInt32(byte)
            }
            headerCount &+= 1
        }
        headerCount = 0
        let high = headerBits.high
        let header = FrameHeader(
            length: Int((high >> 16) & 0xff_ffff),
            type: FrameType(UInt8(truncatingIfNeeded: high >> 8)),
            flags: FrameFlags(rawValue: UInt8(truncatingIfNeeded: high)),
            streamID: HTTP2StreamID(headerBits.low))
        state = .payload(header)
        return .header(header)
    }

    private mutating func readPayload(_ header: FrameHeader, _ input: Span<UInt8>, at offset: inout Int) -> Step {
        let missing = header.length &- partial.count
        let count = min(missing, input.count &- offset)
        if partial.isEmpty { partial.reserveCapacity(header.length) }
        partial.append(copying: input.extracting(offset..<(offset &+ count)))
        offset &+= count
        guard count == missing else { return .needsBytes }
        state = .header
        var payload: [UInt8] = []
        swap(&payload, &partial)
        return .frame(header, payload: payload)
    }
}
