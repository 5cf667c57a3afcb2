/// Why a connection ended other than by agreement.
package struct HTTP2ConnectionFailure: Error, Hashable, Sendable {
    /// What kind of failure it is.
    package enum Kind: Hashable, Sendable {
        /// The first bytes are not those of an HTTP/2 server.
        case notHTTP2
        /// The peer broke the protocol.
        case protocolViolation
        /// The peer exceeded a limit of ``HTTP2Configuration``.
        case limitExceeded
        /// The peer ended the byte stream although the connection was in use.
        case endOfFile
    }

    /// What kind of failure it is.
    package let kind: Kind

    /// The code that goes into GOAWAY.
    package let code: HTTP2ErrorCode

    /// The cause in words, for a log line.
    package let message: String

    /// Creates a failure.
    package init(kind: Kind, code: HTTP2ErrorCode, message: String) {
        self.kind = kind
        self.code = code
        self.message = message
    }
}

extension HTTP2ConnectionFailure: CustomStringConvertible {
    /// Cause and code.
    package var description: String { code == .noError ? message : "\(message) (\(code))" }
}

extension HTTP2ConnectionFailure {
    static func violation(_ code: HTTP2ErrorCode, _ message: String) -> HTTP2ConnectionFailure {
        HTTP2ConnectionFailure(kind: .protocolViolation, code: code, message: message)
    }

    static func limit(_ message: String) -> HTTP2ConnectionFailure {
        HTTP2ConnectionFailure(kind: .limitExceeded, code: .enhanceYourCalm, message: message)
    }
}
