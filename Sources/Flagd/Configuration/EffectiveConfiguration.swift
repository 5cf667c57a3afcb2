/// The settings a provider works with, each with where it came from.
///
/// Shows no secret.
///
/// Values are as given: what use clamps (a keep-alive below 10 s) is not clamped here.
public struct EffectiveConfiguration: Sendable {
    /// Where a setting came from.
    public enum Origin: Sendable, Hashable, CustomStringConvertible {
        /// Nobody set it.
        case `default`
        /// The constructor.
        case option
        /// The variable of this name.
        case environment(String)

        /// `default`, `option` or the variable's name.
        public var description: String {
            switch self {
            case .default: "default"
            case .option: "option"
            case .environment(let name): name
            }
        }
    }

    /// A value and where it came from.
    public struct Setting<Value: Sendable>: Sendable {
        /// The value in effect.
        public let value: Value
        /// Where it came from.
        public let origin: Origin
    }

    /// The source that the settings choose.
    public enum Source: String, Sendable, CaseIterable {
        /// A flagd-compatible sync server.
        case grpc
        /// A file.
        case file
        /// A custom resource.
        case kubernetes
        /// The sources given in code.
        case custom
    }

    /// The resolver as given; ``FlagdOptions/Resolver/file`` when a path makes ``FlagdOptions/Resolver/inProcess`` that.
    public let resolver: Setting<FlagdOptions.Resolver>
    /// The source in effect.
    public let source: Source
    /// The target, the file or the resource's name.
    public let targetURI: Setting<String?>
    /// The server's host.
    public let host: Setting<String>
    /// The server's port.
    public let port: Setting<Int>
    /// Whether to encrypt.
    ///
    /// A target's form wins over it.
    public let tls: Setting<Bool>
    /// The file of certificate authorities; nil is the system's.
    public let certPath: Setting<String?>
    /// The file with the client's certificate.
    public let clientCertPath: Setting<String?>
    /// The file with the client's key.
    public let clientKeyPath: Setting<String?>
    /// The Unix socket.
    public let socketPath: Setting<String?>
    /// The `:authority`; nil is the target's.
    public let authority: Setting<String?>
    /// Which of the server's flags to sync.
    public let selector: Setting<String?>
    /// The client's name.
    public let providerID: Setting<String?>
    /// Bounds unary calls and initialization.
    public let deadline: Setting<Duration>
    /// After how long a stream is replaced; zero is never.
    public let streamDeadline: Setting<Duration>
    /// The first wait between attempts.
    public let retryBackoff: Setting<Duration>
    /// The longest wait between attempts.
    public let retryBackoffMax: Setting<Duration>
    /// How long STALE lasts before ERROR.
    public let retryGracePeriod: Setting<Duration>
    /// After how many failed attempts trying ends; zero is never.
    public let maxSyncRetries: Setting<Int>
    /// The interval of keep-alive pings as given; zero is off.
    public let keepAlive: Setting<Duration>
    /// The fatal status codes as given.
    public let fatalStatusCodes: Setting<[String]>
    /// The flag file.
    public let offlineFlagSourcePath: Setting<String?>
    /// How often the flag file is looked at.
    public let offlinePollInterval: Setting<Duration>
    /// The algorithm of `fractional`.
    public let fractionalVersion: Setting<FractionalVersion>
    /// The largest message or file accepted, in bytes.
    public let maxMessageSize: Setting<Int>
    /// The OpenSSL library to load; nil is the one the system finds.
    public let openSSLLibraryPath: Setting<String?>
    /// The snapshot file.
    public let snapshotPath: Setting<String?>
    /// The names of the headers of every call.
    public let headerNames: Setting<[String]>
    /// Whether calls carry a bearer token.
    public let hasBearerToken: Setting<Bool>
    /// Whether one unusable flag makes the whole payload unusable.
    public let isStrict: Setting<Bool>
    /// What was wrong with variables that were ignored, in words.
    public let warnings: [String]

    /// What is dialled; nil when the source is no sync server.
    let target: SyncTarget?
    /// The fatal codes by their canonical names.
    let fatalCodeNames: Set<String>
}

extension EffectiveConfiguration {
    /// A setting for display: its name as the specification has it, its value, and where it came from.
    public struct Entry: Sendable {
        /// The name, such as `deadlineMs`.
        public let name: String
        /// The value; ``Value/null`` when there is none.
        ///
        /// A secret is `<redacted>`.
        public let value: Value
        /// Where it came from.
        public let origin: Origin

        init<Setting>(_ name: String, _ setting: EffectiveConfiguration.Setting<Setting>, _ show: (Setting) -> Value) {
            self.name = name
            value = show(setting.value)
            origin = setting.origin
        }
    }

    /// Every setting, in the specification's order.
    public var entries: [Entry] { connectionEntries + timeEntries + otherEntries }

    /// Every setting's value by name.
    public var values: Structure { Structure(members: entries.map { ($0.name, $0.value) }) }

    private var connectionEntries: [Entry] {
        [
            Entry("resolver", resolver) { .string($0.rawValue) },
            Entry("host", host) { .string(SyncTarget.redacted($0)) },
            Entry("port", port, Self.shown),
            Entry("targetUri", targetURI) { Self.shown($0.map(SyncTarget.redacted)) },
            Entry("tls", tls) { .boolean($0) },
            Entry("certPath", certPath, Self.shown),
            Entry("clientCertPath", clientCertPath, Self.shown),
            Entry("clientKeyPath", clientKeyPath, Self.shown),
            Entry("socketPath", socketPath, Self.shown),
            Entry("authority", authority) { Self.shown($0.map(SyncTarget.redacted)) },
        ]
    }

    private var timeEntries: [Entry] {
        [
            Entry("deadlineMs", deadline, Self.milliseconds),
            Entry("streamDeadlineMs", streamDeadline, Self.milliseconds),
            Entry("retryBackoffMs", retryBackoff, Self.milliseconds),
            Entry("retryBackoffMaxMs", retryBackoffMax, Self.milliseconds),
            Entry("retryGracePeriod", retryGracePeriod, Self.seconds),
            Entry("maxSyncRetries", maxSyncRetries, Self.shown),
            Entry("keepAliveTime", keepAlive, Self.milliseconds),
        ]
    }

    private var otherEntries: [Entry] {
        [
            Entry("selector", selector, Self.shown),
            Entry("providerId", providerID, Self.shown),
            Entry("offlineFlagSourcePath", offlineFlagSourcePath, Self.shown),
            Entry("offlinePollIntervalMs", offlinePollInterval, Self.milliseconds),
            Entry("fatalStatusCodes", fatalStatusCodes) { .list($0.map { .string($0) }) },
            Entry("fractionalVersion", fractionalVersion) { .string($0.rawValue) },
            Entry("maxMessageSize", maxMessageSize, Self.shown),
            Entry("opensslLibraryPath", openSSLLibraryPath, Self.shown),
            Entry("snapshotPath", snapshotPath, Self.shown),
            Entry("headers", headerNames) { names in
                .structure(Structure(members: names.map { ($0, .string("<redacted>")) }))
            },
            Entry("bearerToken", hasBearerToken) { $0 ? .string("<redacted>") : .null },
            Entry("strict", isStrict) { .boolean($0) },
        ]
    }

    private static func shown(_ text: String?) -> Value { text.map { .string($0) } ?? .null }

    private static func shown(_ number: Int) -> Value { .integer(Int64(number)) }

    private static func milliseconds(_ time: Duration) -> Value { .integer(Int64(time.wholeMilliseconds)) }

    private static func seconds(_ time: Duration) -> Value {
        let milliseconds = Int64(time.wholeMilliseconds)
        return milliseconds % 1000 == 0 ? .integer(milliseconds / 1000) : .double(Double(milliseconds) / 1000)
    }
}

extension EffectiveConfiguration: CustomStringConvertible {
    /// One line a setting: name, value as JSON, and where it came from.
    public var description: String {
        entries.map { "\($0.name) = \(JSON.text(of: $0.value)) (\($0.origin))" }.joined(separator: "\n")
    }
}
