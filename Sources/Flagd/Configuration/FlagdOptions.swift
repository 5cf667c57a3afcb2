/// What a provider can be told in code.
///
/// Each option that is nil is read from the environment, else has its default
/// (specification: provider, "Configuration"). Names of variables are given with the default prefix `FLAGD`.
public struct FlagdOptions: Sendable {
    /// Where the flags come from: `FLAGD_SOURCE_PROVIDER_TYPE`, `FLAGD_RESOLVER`; default ``FlagdOptions/Resolver/inProcess``.
    public var resolver: Resolver?
    /// The target, the file or the resource's name, by source: `FLAGD_TARGET_URI`, `FLAGD_SOURCE_URI`; default none.
    ///
    /// For gRPC: `host`, `host:port`, `dns:///host:port`, `grpc://` and `http://` (plaintext), `grpcs://` and `https://` (TLS),
    /// `unix:path`, `unix:///path`, `envoy://host:port/authority`; IPv6 addresses in brackets.
    public var targetURI: String?
    /// The server's host when there is neither target nor socket: `FLAGD_HOST`, `FLAGD_PROXY_HOST`; default `localhost`.
    public var host: String?
    /// The server's port, 1 to 65535: `FLAGD_SYNC_PORT`, `FLAGD_PORT`, `FLAGD_PROXY_PORT`; default 8015, or 8013 when a
    /// `FLAGD_PROXY_…` variable is set and no port is.
    public var port: Int?
    /// Whether to encrypt: `FLAGD_TLS`, `FLAGD_PROXY_TLS`; default false.
    public var tls: Bool?
    /// A PEM file of certificate authorities: `FLAGD_SERVER_CERT_PATH`, `FLAGD_PROXY_SERVER_CERT_PATH`; default the system's.
    public var certPath: String?
    /// A PEM file with the client's certificate: `FLAGD_CLIENT_CERT_PATH`; default none.
    public var clientCertPath: String?
    /// A PEM file with the client's key: `FLAGD_CLIENT_KEY_PATH`; default none.
    public var clientKeyPath: String?
    /// A Unix socket, used when there is no target: `FLAGD_SOCKET_PATH`, `FLAGD_PROXY_SOCKET_PATH`; default none.
    public var socketPath: String?
    /// The `:authority` of the calls and the name the certificate must have: `FLAGD_DEFAULT_AUTHORITY`; default from the target.
    public var authority: String?
    /// Which of the server's flags to sync: `FLAGD_SOURCE_SELECTOR`; default none, which is all.
    public var selector: String?
    /// The name by which the server may know this client: `FLAGD_PROVIDER_ID`; default none.
    public var providerID: String?
    /// Bounds each unary call, and initialization up to the first valid flag set: `FLAGD_DEADLINE_MS`; default 500 ms.
    public var deadline: Duration?
    /// After how long a stream is replaced by a new one, quietly; 0 is never: `FLAGD_STREAM_DEADLINE_MS`; default 600 s.
    public var streamDeadline: Duration?
    /// The wait before the first repeated attempt, doubled from then on: `FLAGD_RETRY_BACKOFF_MS`; default 1 s.
    public var retryBackoff: Duration?
    /// The longest wait between attempts: `FLAGD_RETRY_BACKOFF_MAX_MS`, `FLAGD_MAX_SYNC_RETRY_INTERVAL`; default 5 s, Kubernetes 60 s.
    public var retryBackoffMax: Duration?
    /// How long a lost source leaves the provider STALE before ERROR; 0 is ERROR at once: `FLAGD_RETRY_GRACE_PERIOD`; default 10 s.
    public var retryGracePeriod: Duration?
    /// After how many failed attempts in a row trying ends; 0 is never: `FLAGD_MAX_SYNC_RETRIES`; default 0.
    public var maxSyncRetries: Int?
    /// The interval of keep-alive pings, at least 10 s in use; 0 is off: `FLAGD_KEEP_ALIVE_TIME_MS`; default 0.
    public var keepAlive: Duration?
    /// Status codes, by name or number, that end trying before the first flag set: `FLAGD_FATAL_STATUS_CODES`; default none.
    public var fatalStatusCodes: [String]?
    /// The flag file of the file source: `FLAGD_OFFLINE_FLAG_SOURCE_PATH`; default none.
    public var offlineFlagSourcePath: String?
    /// How often the flag file is looked at: `FLAGD_OFFLINE_POLL_MS`; default 5 s.
    public var offlinePollInterval: Duration?
    /// Which algorithm `fractional` uses: `FLAGD_FRACTIONAL_VERSION`; default ``FractionalVersion/v2``.
    public var fractionalVersion: FractionalVersion?
    /// The largest message or file accepted, in bytes; default 64 MiB.
    public var maxMessageSize: Int?
    /// The OpenSSL library to load for TLS: `FLAGD_OPENSSL_LIBRARY_PATH`; default the one the system finds.
    public var openSSLLibraryPath: String?

    /// The prefix of the variables' names, without its underscore; default `FLAGD`.
    public var environmentPrefix = "FLAGD"
    /// Headers of every call; default none.
    ///
    /// Shown nowhere.
    public var headers: RequestHeaders = [:]
    /// Gives the bearer token, asked for every attempt; default none.
    ///
    /// An error it throws fails the attempt. Without TLS a token is a configuration error, unless
    /// ``allowsPlaintextBearerToken`` says otherwise.
    public var bearerToken: (@Sendable () async throws -> String)?
    /// Whether the bearer token may cross the network unencrypted; default false.
    public var allowsPlaintextBearerToken = false
    /// Makes the server's context (`sync_context`) into the one every evaluation gets; default as it comes.
    public var contextEnricher: (@Sendable (Structure) -> Structure)?
    /// The time that rules see as `$flagd.timestamp`, in whole seconds since 1970; default the system's.
    public var clock: (@Sendable () -> Int64)?
    /// Where the provider writes what happens; default nowhere.
    public var logger: (any FlagdLogger)?
    /// What wants to be told of evaluations, updates, reconnections and states; default nobody.
    public var observers: [any FlagdObserver] = []
    /// A file that keeps the newest good flag set for a start without a server; default none.
    ///
    /// Written with mode 0600.
    public var snapshotPath: String?
    /// Whether one unusable flag makes the whole payload unusable; default false.
    public var isStrict = false
    /// Whether a variant chosen by `fractional` has the reason ``ResolutionReason/split``; default false.
    public var reportsSplit = false
    /// Sources to use instead of the configured one; of a flag in several, the later source wins.
    ///
    /// Default the configured one.
    public var sources: [any FlagSource] = []

    /// Makes options; each parameter is the property of its name.
    public init(
        resolver: Resolver? = nil, targetURI: String? = nil, host: String? = nil, port: Int? = nil, tls: Bool? = nil,
        certPath: String? = nil, clientCertPath: String? = nil, clientKeyPath: String? = nil, socketPath: String? = nil,
        authority: String? = nil, selector: String? = nil, providerID: String? = nil, deadline: Duration? = nil,
        streamDeadline: Duration? = nil, retryBackoff: Duration? = nil, retryBackoffMax: Duration? = nil,
        retryGracePeriod: Duration? = nil, maxSyncRetries: Int? = nil, keepAlive: Duration? = nil,
        fatalStatusCodes: [String]? = nil, offlineFlagSourcePath: String? = nil, offlinePollInterval: Duration? = nil,
        fractionalVersion: FractionalVersion? = nil, maxMessageSize: Int? = nil, sources: [any FlagSource] = []
    ) {
        self.resolver = resolver
        self.targetURI = targetURI
        self.host = host
        self.port = port
        self.tls = tls
        self.certPath = certPath
        self.clientCertPath = clientCertPath
        self.clientKeyPath = clientKeyPath
        self.socketPath = socketPath
        self.authority = authority
        self.selector = selector
        self.providerID = providerID
        self.deadline = deadline
        self.streamDeadline = streamDeadline
        self.retryBackoff = retryBackoff
        self.retryBackoffMax = retryBackoffMax
        self.retryGracePeriod = retryGracePeriod
        self.maxSyncRetries = maxSyncRetries
        self.keepAlive = keepAlive
        self.fatalStatusCodes = fatalStatusCodes
        self.offlineFlagSourcePath = offlineFlagSourcePath
        self.offlinePollInterval = offlinePollInterval
        self.fractionalVersion = fractionalVersion
        self.maxMessageSize = maxMessageSize
        self.sources = sources
    }
}
