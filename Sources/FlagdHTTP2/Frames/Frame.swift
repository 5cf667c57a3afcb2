/// A decoded frame of a kind the client acts on.
package enum Frame: Equatable, Sendable {
    /// DATA without its padding; `flowControlledLength` counts the padding too.
    case data(HTTP2StreamID, [UInt8], flowControlledLength: Int, endStream: Bool)
    /// HEADERS without padding and priority.
    case headers(HTTP2StreamID, fragment: [UInt8], endHeaders: Bool, endStream: Bool)
    /// PRIORITY, which means nothing any more (RFC 9113 section 5.3.2).
    case priority(HTTP2StreamID)
    /// RST_STREAM.
    case resetStream(HTTP2StreamID, HTTP2ErrorCode)
    /// SETTINGS.
    case settings([HTTP2Setting])
    /// SETTINGS with ACK.
    case settingsAcknowledgement
    /// PING.
    case ping(UInt64, isAcknowledgement: Bool)
    /// GOAWAY.
    case goAway(lastStreamID: HTTP2StreamID, HTTP2ErrorCode, debugData: [UInt8])
    /// WINDOW_UPDATE; the increment without its reserved bit.
    case windowUpdate(HTTP2StreamID, increment: Int)
    /// CONTINUATION.
    case continuation(HTTP2StreamID, fragment: [UInt8], endHeaders: Bool)
    /// A kind that is ignored.
    case unknown

    /// Decodes the payload of a header that passed ``FrameHeader/validate(maximumFrameSize:)``.
    ///
    /// - Throws: the connection error for padding or a length that does not fit.
    package init(_ header: FrameHeader, payload: consuming [UInt8]) throws(HTTP2ConnectionFailure) {
        let id = header.streamID
        switch header.type {
        case .data:
            try Self.removePadding(header, from: &payload)
            self = .data(
                id, payload, flowControlledLength: header.length, endStream: header.flags.contains(.endStream))
        case .headers:
            try Self.removePadding(header, from: &payload)
            self = .headers(
                id, fragment: payload, endHeaders: header.flags.contains(.endHeaders),
                endStream: header.flags.contains(.endStream))
        case .continuation:
            self = .continuation(id, fragment: payload, endHeaders: header.flags.contains(.endHeaders))
        case .priority:
            self = .priority(id)
        default:
            self = Self.control(header, payload)
        }
    }

    private static func control(_ header: FrameHeader, _ payload: [UInt8]) -> Frame {
        let id = header.streamID
        let isAcknowledgement = header.flags.contains(.acknowledgement)
        switch header.type {
        case .resetStream:
            return .resetStream(id, HTTP2ErrorCode(payload.bigEndian32(at: 0)))
        case .settings:
            return isAcknowledgement ? .settingsAcknowledgement : .settings(decodeSettings(payload))
        case .ping:
            let opaque = UInt64(payload.bigEndian32(at: 0)) << 32 | UInt64(payload.bigEndian32(at: 4))
            return .ping(opaque, isAcknowledgement: isAcknowledgement)
        case .goAway:
            return .goAway(
                lastStreamID: HTTP2StreamID(payload.bigEndian32(at: 0)),
                HTTP2ErrorCode(payload.bigEndian32(at: 4)), debugData: Array(payload.dropFirst(8)))
        case .windowUpdate:
            return .windowUpdate(id, increment: Int(payload.bigEndian32(at: 0) & HTTP2StreamID.maximum))
        default:
            return .unknown
        }
    }

    private static func decodeSettings(_ payload: [UInt8]) -> [HTTP2Setting] {
        var settings: [HTTP2Setting] = []
        settings.reserveCapacity(payload.count / 6)
        for offset in stride(from: 0, to: payload.count, by: 6) {
            let identifier = UInt16(truncatingIfNeeded: payload.bigEndian32(at: offset) >> 16)
            settings.append(HTTP2Setting(.init(identifier), payload.bigEndian32(at: offset &+ 2)))
        }
        return settings
    }

    /// Removes pad length, priority fields and padding (RFC 9113 sections 6.1 and 6.2).
    private static func removePadding(
        _ header: FrameHeader, from payload: inout [UInt8]
    ) throws(HTTP2ConnectionFailure) {
        let isPadded = header.flags.contains(.padded)
        let hasPriority = header.type == .headers && header.flags.contains(.priority)
        let prefix = (isPadded ? 1 : 0) &+ (hasPriority ? 5 : 0)
        guard prefix > 0 else { return }
        guard payload.count >= prefix else {
            throw .violation(.frameSizeError, "a \(header.type) frame of \(payload.count) bytes")
        }
        let padding = isPadded ? Int(payload[0]) : 0
        guard padding <= payload.count &- prefix else {
            throw .violation(.protocolError, "\(padding) bytes of padding in a \(header.type) frame")
        }
        payload.removeLast(padding)
        payload.removeFirst(prefix)
    }
}

extension [UInt8] {
    /// Four bytes in network order; missing ones count as zero.
    func bigEndian32(at offset: Int) -> UInt32 {
        var value: UInt32 = 0
        for place in offset..<(offset &+ 4) {
            value = value << 8 | (place < count ? UInt32(self[place]) : 0)
        }
        return value
    }
}
