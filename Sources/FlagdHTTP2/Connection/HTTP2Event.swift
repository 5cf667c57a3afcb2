/// What the driver of an ``HTTP2ClientConnection`` has to act on, in the order of arrival.
///
/// Every stream that was opened or queued ends with exactly one of: `headers` or `data` with `endStream`, `trailers`,
/// `streamReset`; or with no event at all after the driver's own `reset`.
package enum HTTP2Event: Equatable, Sendable {
    /// The server's first SETTINGS arrived: the peer speaks HTTP/2.
    case settingsReceived

    /// The final response's header section, well-formed, `:status` first; interim (1xx) responses are skipped.
    case headers(HTTP2StreamID, [HeaderField], endStream: Bool)

    /// Body bytes, padding removed; the driver reports them by `consumed`. Empty only with `endStream`.
    case data(HTTP2StreamID, [UInt8], endStream: Bool)

    /// The trailer section, which ends the stream.
    case trailers(HTTP2StreamID, [HeaderField])

    /// The stream ended without a complete response.
    case streamReset(HTTP2StreamID, HTTP2StreamFailure)

    /// The peer takes no new streams; those above `lastStreamID` are reported reset right behind. `debugData` is
    /// escaped and bounded.
    case goAway(lastStreamID: HTTP2StreamID, code: HTTP2ErrorCode, debugData: String)

    /// The peer answered the ping with this payload.
    case pong(UInt64)

    /// The connection ended by agreement (drained after GOAWAY, or closed here): send what output is left, then close
    /// the socket. Last event.
    case finished

    /// The connection is broken: send what output is left without waiting, then close the socket. Last event.
    case connectionFailed(HTTP2ConnectionFailure)
}
