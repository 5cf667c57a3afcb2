package import FlagdHTTP2

/// Receives what happens on one stream.
///
/// All methods are called on the connection's I/O thread, one at a time, in the order in which things arrived. `client` is isolated,
/// so that its methods can be called without `await`. They must not block: the whole connection waits for them.
package protocol HTTP2StreamHandler: AnyObject, Sendable {
    /// The final response header section has arrived.
    func headersReceived(_ fields: [HeaderField], endStream: Bool, client: isolated HTTP2Client)

    /// Content has arrived, possibly an empty piece at the end.
    ///
    /// The peer may send more only as ``HTTP2Client/consumed(_:on:)`` is called for these bytes: that is the back-pressure.
    func dataReceived(_ bytes: [UInt8], endStream: Bool, client: isolated HTTP2Client)

    /// The trailer section has arrived; it ends the stream.
    func trailersReceived(_ fields: [HeaderField], client: isolated HTTP2Client)

    /// The stream has ended. Called exactly once, last; never after ``HTTP2Client/cancel(_:code:)``.
    ///
    /// - Parameter failure: nil when the peer ended the stream regularly.
    func streamClosed(_ failure: StreamFailure?, client: isolated HTTP2Client)
}

/// Why a stream ended before its time.
package enum StreamFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Only this stream failed: reset by the peer, malformed response, refused.
    case stream(HTTP2StreamFailure)
    /// The connection ended, and the stream with it.
    case connection(TransportError)

    /// The cause in one line.
    package var description: String {
        switch self {
        case .stream(let failure): "\(failure)"
        case .connection(let error): error.description
        }
    }
}
