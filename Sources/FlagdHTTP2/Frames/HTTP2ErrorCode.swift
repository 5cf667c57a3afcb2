/// The reason given in RST_STREAM and GOAWAY (RFC 9113 section 7).
///
/// Unknown codes are legal and kept.
package struct HTTP2ErrorCode: Hashable, Sendable {
    /// The 32-bit code.
    package let rawValue: UInt32

    /// Creates a code; any number is legal.
    package init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// NO_ERROR: graceful end.
    package static let noError = HTTP2ErrorCode(0x0)
    /// PROTOCOL_ERROR: unspecific violation of the protocol.
    package static let protocolError = HTTP2ErrorCode(0x1)
    /// INTERNAL_ERROR: the endpoint met an unexpected condition.
    package static let internalError = HTTP2ErrorCode(0x2)
    /// FLOW_CONTROL_ERROR: a window was overrun or overflowed.
    package static let flowControlError = HTTP2ErrorCode(0x3)
    /// SETTINGS_TIMEOUT: SETTINGS were not acknowledged in time.
    package static let settingsTimeout = HTTP2ErrorCode(0x4)
    /// STREAM_CLOSED: a frame came for a half-closed stream.
    package static let streamClosed = HTTP2ErrorCode(0x5)
    /// FRAME_SIZE_ERROR: a frame had an invalid length.
    package static let frameSizeError = HTTP2ErrorCode(0x6)
    /// REFUSED_STREAM: nothing was processed, the request may be repeated.
    package static let refusedStream = HTTP2ErrorCode(0x7)
    /// CANCEL: the stream is no longer needed.
    package static let cancel = HTTP2ErrorCode(0x8)
    /// COMPRESSION_ERROR: the header compression state cannot be kept.
    package static let compressionError = HTTP2ErrorCode(0x9)
    /// CONNECT_ERROR: the tunnel of a CONNECT request broke.
    package static let connectError = HTTP2ErrorCode(0xa)
    /// ENHANCE_YOUR_CALM: the peer may cause excessive load.
    package static let enhanceYourCalm = HTTP2ErrorCode(0xb)
    /// INADEQUATE_SECURITY: the transport is not safe enough.
    package static let inadequateSecurity = HTTP2ErrorCode(0xc)
    /// HTTP_1_1_REQUIRED: use HTTP/1.1 instead.
    package static let http11Required = HTTP2ErrorCode(0xd)

    private static let names = [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]
}

extension HTTP2ErrorCode: CustomStringConvertible {
    /// The registered name, or the number in hexadecimal.
    package var description: String {
        let names = Self.names
        guard rawValue < UInt32(names.count) else { return "error code 0x\(String(rawValue, radix: 16))" }
        return names[Int(rawValue)]
    }
}
