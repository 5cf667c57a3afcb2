/// What became of a request given to ``HTTP2ClientConnection``.
package enum HTTP2OpenResult: Equatable, Sendable {
    /// The header section is in the output.
    case opened(HTTP2StreamID)

    /// The peer allows no more concurrent streams (RFC 9113 section 5.1.2); the request goes out when one ends.
    case queued(HTTP2StreamID)

    /// No stream was made.
    case unavailable(Reason)

    /// Why no stream was made.
    package enum Reason: Hashable, Sendable {
        /// A GOAWAY was received or sent; use another connection.
        case draining
        /// The connection has ended.
        case closed
        /// All stream numbers are used (RFC 9113 section 5.1.1); use another connection.
        case exhausted
        /// ``HTTP2Configuration/maximumQueuedStreams`` requests are waiting.
        case queueFull
        /// The peer accepts no header list of this size (SETTINGS_MAX_HEADER_LIST_SIZE).
        case headerListTooLarge(limit: Int)
        /// The request's fields may not be sent.
        case invalidRequest(MessageViolation)
    }
}
