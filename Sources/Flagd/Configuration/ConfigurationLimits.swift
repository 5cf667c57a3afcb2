/// The ranges that settings must lie in, and the defaults (specification: provider, "Configuration").
enum ConfigurationLimits {
    /// TCP ports that can be dialled.
    static let port = 1...65535
    /// Times that may not be zero, in milliseconds: up to about 24 days.
    static let milliseconds = 1...Int(Int32.max)
    /// Times of which zero means off, in milliseconds.
    static let optionalMilliseconds = 0...Int(Int32.max)
    /// The grace period in seconds.
    static let seconds = 0...Int(Int32.max) / 1000
    /// Attempts of which zero means without end.
    static let attempts = 0...Int(Int32.max)
    /// Bytes of a message or file.
    static let messageSize = 1...Int(Int32.max)
    /// Keep-alive pings in use are never closer than this (gRFC A8).
    static let minimumKeepAlive = Duration.seconds(10)
}

/// The defaults of the settings.
enum ConfigurationDefaults {
    static let host = "localhost"
    static let port = 8015
    /// flagd-proxy's, used when a proxy variable is set and no port is.
    static let proxyPort = 8013
    static let deadline = Duration.milliseconds(500)
    static let streamDeadline = Duration.seconds(600)
    static let retryBackoff = Duration.seconds(1)
    static let retryBackoffMax = Duration.seconds(5)
    static let retryBackoffMaxKubernetes = Duration.seconds(60)
    static let retryGracePeriod = Duration.seconds(10)
    static let offlinePollInterval = Duration.seconds(5)
    static let fractionalVersion = FractionalVersion.v2
    static let maxMessageSize = 64 << 20
}
