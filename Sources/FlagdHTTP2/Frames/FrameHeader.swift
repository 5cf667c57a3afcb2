/// The kind of a frame (RFC 9113 section 6).
///
/// Unknown kinds are legal and ignored.
package struct FrameType: Hashable, Sendable {
    /// The registered number.
    package let rawValue: UInt8

    /// Creates a kind; any number is legal.
    package init(_ rawValue: UInt8) { self.rawValue = rawValue }

    /// DATA, RFC 9113 section 6.1.
    package static let data = FrameType(0x0)
    /// HEADERS, RFC 9113 section 6.2.
    package static let headers = FrameType(0x1)
    /// PRIORITY, deprecated, RFC 9113 section 6.3.
    package static let priority = FrameType(0x2)
    /// RST_STREAM, RFC 9113 section 6.4.
    package static let resetStream = FrameType(0x3)
    /// SETTINGS, RFC 9113 section 6.5.
    package static let settings = FrameType(0x4)
    /// PUSH_PROMISE, RFC 9113 section 6.6.
    package static let pushPromise = FrameType(0x5)
    /// PING, RFC 9113 section 6.7.
    package static let ping = FrameType(0x6)
    /// GOAWAY, RFC 9113 section 6.8.
    package static let goAway = FrameType(0x7)
    /// WINDOW_UPDATE, RFC 9113 section 6.9.
    package static let windowUpdate = FrameType(0x8)
    /// CONTINUATION, RFC 9113 section 6.10.
    package static let continuation = FrameType(0x9)

    /// Whether RFC 9113 defines the kind.
    package var isKnown: Bool { rawValue <= Self.continuation.rawValue }
}

extension FrameType: CustomStringConvertible {
    private static let names = [
        "DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE",
        "CONTINUATION",
    ]

    /// The registered name, or the number.
    package var description: String { isKnown ? Self.names[Int(rawValue)] : "frame type \(rawValue)" }
}

/// The flags of a frame; undefined ones are ignored (RFC 9113 section 4.1).
package struct FrameFlags: OptionSet, Hashable, Sendable {
    /// The eight bits.
    package let rawValue: UInt8

    /// Creates flags from the eight bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// ACK of SETTINGS and PING.
    package static let acknowledgement = FrameFlags(rawValue: 0x1)
    /// END_STREAM of DATA and HEADERS.
    package static let endStream = FrameFlags(rawValue: 0x1)
    /// END_HEADERS of HEADERS and CONTINUATION.
    package static let endHeaders = FrameFlags(rawValue: 0x4)
    /// PADDED of DATA and HEADERS.
    package static let padded = FrameFlags(rawValue: 0x8)
    /// PRIORITY of HEADERS.
    package static let priority = FrameFlags(rawValue: 0x20)
}

/// The nine bytes in front of each frame's payload (RFC 9113 section 4.1).
package struct FrameHeader: Equatable, Sendable {
    /// Bytes on the wire.
    package static let byteCount = 9

    /// Bytes of payload.
    package let length: Int
    /// The kind of frame.
    package let type: FrameType
    /// The flags.
    package let flags: FrameFlags
    /// The stream, 0 for the connection; the reserved bit is dropped.
    package let streamID: HTTP2StreamID

    /// Creates a header.
    package init(length: Int, type: FrameType, flags: FrameFlags = [], streamID: HTTP2StreamID) {
        self.length = length
        self.type = type
        self.flags = flags
        self.streamID = streamID
    }
}

extension FrameHeader {
    /// Checks what can be known before the payload arrives, so that a bad frame is never buffered.
    ///
    /// - Parameter maximumFrameSize: the longest payload this side accepts.
    /// - Throws: the connection error of RFC 9113 sections 4.2 and 6.1 to 6.10.
    package func validate(maximumFrameSize: Int) throws(HTTP2ConnectionFailure) {
        guard length <= maximumFrameSize else {
            throw .violation(.frameSizeError, "a \(type) frame of \(length) bytes exceeds \(maximumFrameSize)")
        }
        try validatePlace()
        try validateLength()
    }

    private func validatePlace() throws(HTTP2ConnectionFailure) {
        let isConnection = streamID == .connection
        switch type {
        case .data, .headers, .priority, .resetStream, .continuation:
            if isConnection { throw .violation(.protocolError, "\(type) on stream 0") }
        case .settings, .ping, .goAway:
            if !isConnection { throw .violation(.protocolError, "\(type) on stream \(streamID)") }
        case .pushPromise:
            throw .violation(.protocolError, "PUSH_PROMISE although push is disabled")
        default:
            break
        }
    }

    private func validateLength() throws(HTTP2ConnectionFailure) {
        let isLegal =
            switch type {
            case .priority: length == 5
            case .resetStream, .windowUpdate: length == 4
            case .ping: length == 8
            case .goAway: length >= 8
            case .settings: flags.contains(.acknowledgement) ? length == 0 : length % 6 == 0
            default: true
            }
        guard isLegal else { throw .violation(.frameSizeError, "a \(type) frame of \(length) bytes") }
    }
}
