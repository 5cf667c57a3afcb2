/// Why a connection could not be made, or why it ended.
///
/// Its ``description`` names the target and the cause in one line, for a log or a status message.
package struct TransportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; callers decide by it, people read ``cause``.
    package enum Kind: Hashable, Sendable {
        /// The target cannot name a server: empty host, port outside 1…65535, unix socket path too long.
        case invalidTarget
        /// The host name could not be resolved.
        case resolution
        /// No address of the target accepted a connection.
        case connect
        /// The connection was not usable within the connect time-out.
        case connectTimeout
        /// The system has no descriptor, thread or memory left.
        case resources
        /// The TLS library is missing, its configuration is wrong, the handshake failed or the peer's certificate was refused.
        case tls
        /// The server answered something that is not HTTP/2.
        case notHTTP2
        /// The peer broke RFC 9113.
        case protocolError
        /// The peer closed the connection.
        case closed
        /// The connection broke: reset, unreachable, timed out by TCP.
        case reset
        /// The peer did not answer a keepalive ping in time.
        case keepAliveTimeout
        /// The peer asked for no new streams on this connection (GOAWAY with NO_ERROR, RFC 9113 section 6.8).
        case goAway
        /// The peer ended the connection because of an error of its own or of ours (GOAWAY with another code).
        case goAwayWithError
        /// The peer ended the connection because of our keepalive pings (gRFC A8): use ``KeepAliveConfiguration/doubled()`` for the next one.
        case tooManyPings
        /// The request cannot be sent on any connection: its header section is malformed or longer than the peer takes.
        case invalidRequest
        /// This connection has no stream identifier left.
        case streamsExhausted
        /// More requests or output wait than the limits allow: the peer does not read or takes no further stream.
        case outputQueueFull
        /// The task that wanted the connection was cancelled.
        case cancelled
        /// The connection was shut down by its owner.
        case shutdown
    }

    /// What kind of failure it is.
    package let kind: Kind
    /// The endpoint, as ``Endpoint/description``.
    package let target: String
    /// The cause in words, lower case, without the target.
    package let cause: String

    /// Makes an error from its kind, target and cause.
    package init(_ kind: Kind, target: String, cause: String) {
        self.kind = kind
        self.target = target
        self.cause = cause
    }

    /// One line that names target and cause, such as `connect to localhost:8015: connection refused`.
    package var description: String {
        switch kind {
        case .invalidTarget: "invalid target \(target): \(cause)"
        case .resolution: "resolve \(target): \(cause)"
        case .connect, .connectTimeout, .resources, .notHTTP2, .cancelled: "connect to \(target): \(cause)"
        case .tls: "TLS to \(target): \(cause)"
        case .protocolError, .closed, .reset, .keepAliveTimeout, .goAway, .goAwayWithError, .tooManyPings,
            .streamsExhausted, .outputQueueFull, .invalidRequest, .shutdown:
            "connection to \(target): \(cause)"
        }
    }
}
