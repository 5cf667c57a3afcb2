/// Why a stream ended without a complete response.
package enum HTTP2StreamFailure: Error, Hashable, Sendable {
    /// The peer sent RST_STREAM with this code.
    case resetByPeer(HTTP2ErrorCode)

    /// The peer's GOAWAY, with this code, excluded the stream, or the request was never sent.
    case notProcessed(HTTP2ErrorCode)

    /// The response broke the rules of a message (RFC 9113 section 8.1.1); the stream was reset.
    case malformedResponse(MessageViolation)

    /// The header list exceeded this many bytes (``HTTP2Configuration/maximumHeaderListSize``); the stream was reset.
    case headerListTooLarge(limit: Int)

    /// The peer broke flow control or another stream rule; the stream was reset with this code.
    case protocolViolation(HTTP2ErrorCode)

    /// The connection ended below the stream.
    case connectionFailed(HTTP2ConnectionFailure)

    /// This side closed the connection.
    case connectionClosed

    /// Whether the peer certainly did not act on the request, so that repeating it is safe (RFC 9113 sections 6.8 and
    /// 8.7).
    ///
    /// The number of repetitions is the caller's to bound.
    package var isSafeToRetry: Bool {
        switch self {
        case .resetByPeer(let code): code == .refusedStream
        case .notProcessed: true
        default: false
        }
    }
}

extension HTTP2StreamFailure: CustomStringConvertible {
    /// The cause in words.
    package var description: String {
        switch self {
        case .resetByPeer(let code): "the peer reset the stream (\(code))"
        case .notProcessed(let code): "the peer went away before it processed the request (\(code))"
        case .malformedResponse(let violation): "malformed response: \(violation)"
        case .headerListTooLarge(let limit): "the response headers exceed \(limit) bytes"
        case .protocolViolation(let code): "the peer broke the protocol on the stream (\(code))"
        case .connectionFailed(let failure): "\(failure)"
        case .connectionClosed: "the connection was closed"
        }
    }
}
