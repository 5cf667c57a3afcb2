/// How a call ended: the server's word, or what this side found out by itself.
///
/// As a thrown error it is never ``GRPCStatusCode/ok``.
package struct GRPCStatus: Error, Hashable, Sendable, CustomStringConvertible {
    /// Who or what decided the status.
    package enum Origin: Hashable, Sendable {
        /// The server sent `grpc-status`.
        case server
        /// Something between here and the server answered in HTTP without gRPC.
        case http
        /// The stream was reset by the peer; `processed` is false when the server surely did nothing with the request
        /// (RFC 9113 section 8.7).
        case reset(processed: Bool)
        /// There is no connection, or it was lost.
        case transport
        /// This side ended the call: time-out, cancellation, limit, or an answer that breaks the protocol.
        case local
    }

    /// The code.
    package var code: GRPCStatusCode

    /// Words for people; may be empty.
    package var message: String

    /// Who decided.
    package var origin: Origin

    /// Creates a status; by default one this side decided.
    package init(_ code: GRPCStatusCode, _ message: String = "", origin: Origin = .local) {
        self.code = code
        self.message = message
        self.origin = origin
    }

    /// Whether the call succeeded.
    package var isOK: Bool { code == .ok }

    /// Code and message in one line, for example `UNAVAILABLE: connect to localhost:8015: connection refused`.
    ///
    /// The message may be a peer's: control characters are escaped, and it is cut to ``GRPCText/maximumLine`` bytes.
    package var description: String {
        message.isEmpty ? code.name : "\(code.name): \(GRPCText.line(message))"
    }
}
