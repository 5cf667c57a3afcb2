package import FlagdHTTP2

/// How a connection is made and kept.
package struct TransportConfiguration: Sendable {
    /// From the start of the name look-up to the server's SETTINGS frame: TCP and TLS handshake included.
    ///
    /// Default 5 s.
    package var connectTimeout: Duration
    /// How long one address may take to accept, if others are left to try or not.
    ///
    /// Default 5 s.
    package var attemptTimeout: Duration
    /// How long an address may take before the next is tried beside it: RFC 8305's Connection Attempt Delay.
    ///
    /// Default 250 ms.
    package var attemptDelay: Duration
    /// How the connection is encrypted.
    ///
    /// Default nil: not at all.
    package var tls: TLSConfiguration?
    /// What `:authority` says instead of the endpoint's own authority (RFC 9113 section 8.3.1).
    ///
    /// Default nil.
    package var authority: String?
    /// Keepalive pings.
    ///
    /// Default: none.
    package var keepAlive: KeepAliveConfiguration
    /// The limits and windows of HTTP/2.
    package var http2: HTTP2Configuration
    /// How many bytes of requests may wait for the peer to read; further ones fail with
    /// ``TransportError/Kind/outputQueueFull``.
    ///
    /// Default 4 MiB.
    package var maximumQueuedOutput: Int

    /// Makes a configuration; see the properties for the meaning and the defaults.
    package init(
        connectTimeout: Duration = .seconds(5), attemptTimeout: Duration = .seconds(5),
        attemptDelay: Duration = .milliseconds(250), tls: TLSConfiguration? = nil, authority: String? = nil,
        keepAlive: KeepAliveConfiguration = KeepAliveConfiguration(), http2: HTTP2Configuration = HTTP2Configuration(),
        maximumQueuedOutput: Int = 4 * 1024 * 1024
    ) {
        self.connectTimeout = connectTimeout
        self.attemptTimeout = attemptTimeout
        self.attemptDelay = attemptDelay
        self.tls = tls
        self.authority = authority
        self.keepAlive = keepAlive
        self.http2 = http2
        self.maximumQueuedOutput = maximumQueuedOutput
    }
}
