import FlagdGRPC

extension EffectiveConfiguration {
    /// Decides every setting from the options, the environment and the defaults.
    ///
    /// - Throws: ``FlagdError`` with ``FlagdError/Code/configuration`` for an option, a target or a combination that cannot be used.
    package init(_ options: FlagdOptions, environment: [String: String]) throws(FlagdError) {
        var reader = SettingReader(environment: environment, prefix: options.environmentPrefix)
        let path = reader.text(options.offlineFlagSourcePath, ["OFFLINE_FLAG_SOURCE_PATH"])
        let (resolver, source) = try Self.source(options, path: path, &reader)
        let targetURI = reader.text(options.targetURI, ["TARGET_URI", "SOURCE_URI"])
        let file = source == .file && path.value == nil ? Self.filePath(targetURI) : path
        if source == .file && file.value == nil {
            throw FlagdError(.configuration, "option offlineFlagSourcePath is missing, which the file source needs")
        }
        let host = reader.text(options.host, ["HOST", "PROXY_HOST"])
        let port = try Self.port(options, &reader)
        let socketPath = reader.text(options.socketPath, ["SOCKET_PATH", "PROXY_SOCKET_PATH"])
        let isKubernetes = source == .kubernetes
        self.resolver = resolver
        self.source = source
        self.targetURI = targetURI
        self.host = Setting(value: host.value ?? ConfigurationDefaults.host, origin: host.origin)
        self.port = port
        self.socketPath = socketPath
        tls = reader.setting(
            options.tls, ["TLS", "PROXY_TLS"], default: false, expected: "true or false",
            parse: ConfigurationText.boolean)
        certPath = reader.text(options.certPath, ["SERVER_CERT_PATH", "PROXY_SERVER_CERT_PATH"])
        clientCertPath = reader.text(options.clientCertPath, ["CLIENT_CERT_PATH"])
        clientKeyPath = reader.text(options.clientKeyPath, ["CLIENT_KEY_PATH"])
        if clientKeyPath.value != nil && clientCertPath.value == nil {
            throw FlagdError(.configuration, "option clientKeyPath (\(clientKeyPath.origin)) needs clientCertPath")
        }
        authority = try Self.authority(options, &reader)
        selector = reader.text(options.selector, ["SOURCE_SELECTOR"])
        providerID = reader.text(options.providerID, ["PROVIDER_ID"])
        deadline = try reader.time(
            options.deadline, "deadline", ["DEADLINE_MS"], default: ConfigurationDefaults.deadline,
            in: ConfigurationLimits.milliseconds)
        streamDeadline = try reader.time(
            options.streamDeadline, "streamDeadline", ["STREAM_DEADLINE_MS"],
            default: ConfigurationDefaults.streamDeadline, in: ConfigurationLimits.optionalMilliseconds)
        retryBackoff = try reader.time(
            options.retryBackoff, "retryBackoff", ["RETRY_BACKOFF_MS"], default: ConfigurationDefaults.retryBackoff,
            in: ConfigurationLimits.milliseconds)
        retryBackoffMax = try Self.retryBackoffMax(options, isKubernetes: isKubernetes, &reader)
        retryGracePeriod = try Self.retryGracePeriod(options, &reader)
        maxSyncRetries = try reader.integer(
            options.maxSyncRetries, "maxSyncRetries", ["MAX_SYNC_RETRIES"], default: 0,
            in: ConfigurationLimits.attempts)
        keepAlive = try reader.time(
            options.keepAlive, "keepAlive", ["KEEP_ALIVE_TIME_MS"], default: .zero,
            in: ConfigurationLimits.optionalMilliseconds)
        fatalStatusCodes = reader.setting(
            options.fatalStatusCodes, ["FATAL_STATUS_CODES"], default: [], expected: "a list",
            parse: ConfigurationText.list)
        fatalCodeNames = Self.codeNames(fatalStatusCodes, &reader)
        offlineFlagSourcePath = file
        offlinePollInterval = try reader.time(
            options.offlinePollInterval, "offlinePollInterval", ["OFFLINE_POLL_MS"],
            default: ConfigurationDefaults.offlinePollInterval, in: ConfigurationLimits.milliseconds)
        fractionalVersion = reader.setting(
            options.fractionalVersion, ["FRACTIONAL_VERSION"], default: ConfigurationDefaults.fractionalVersion,
            expected: "v1, v2 or v3"
        ) { FractionalVersion(rawValue: ConfigurationText.trimmed($0).lowercased()) }
        maxMessageSize = try reader.integer(
            options.maxMessageSize, "maxMessageSize", [], default: ConfigurationDefaults.maxMessageSize,
            in: ConfigurationLimits.messageSize)
        openSSLLibraryPath = reader.text(options.openSSLLibraryPath, ["OPENSSL_LIBRARY_PATH"])
        snapshotPath = reader.text(options.snapshotPath, [])
        if let (name, reason) = options.headers.firstProblem {
            throw FlagdError(.configuration, "option headers has '\(name)', which cannot be used: \(reason)")
        }
        headerNames = Setting(value: options.headers.names, origin: options.headers.isEmpty ? .default : .option)
        hasBearerToken = Setting(
            value: options.bearerToken != nil, origin: options.bearerToken == nil ? .default : .option)
        isStrict = Setting(value: options.isStrict, origin: options.isStrict ? .option : .default)
        target = try source == .grpc ? Self.target(targetURI, socketPath: socketPath, host: self.host, port: port) : nil
        warnings = reader.warnings
        try checkBearerToken(options)
    }

    /// A bearer token is for the server alone.
    ///
    /// What travels over a Unix socket does not leave the machine.
    private func checkBearerToken(_ options: FlagdOptions) throws(FlagdError) {
        guard let target, options.bearerToken != nil, !options.allowsPlaintextBearerToken else { return }
        guard case .host = target.address, !(target.isEncrypted ?? tls.value) else { return }
        throw FlagdError(
            .configuration, "option bearerToken needs TLS or allowsPlaintextBearerToken: \(target) is not encrypted")
    }

    /// The authority, which must be one that a request can carry.
    private static func authority(
        _ options: FlagdOptions, _ reader: inout SettingReader
    ) throws(FlagdError) -> Setting<String?> {
        if let text = options.authority, !text.isEmpty, !SyncTarget.isAuthority(text[...]) {
            throw bad("authority", text, .option, "no authority")
        }
        let option = options.authority?.isEmpty == true ? nil : options.authority.map(Optional.some)
        return reader.setting(option, ["DEFAULT_AUTHORITY"], default: nil, expected: "an authority") { text in
            let name = ConfigurationText.trimmed(text)
            return SyncTarget.isAuthority(name[...]) ? .some(name) : nil
        }
    }

    /// The path of a target that names a file: as it is, or behind `file:` or `file://`, as flagd writes its sources.
    private static func filePath(_ target: Setting<String?>) -> Setting<String?> {
        guard let text = target.value, let prefix = ["file://", "file:"].first(where: { text.hasPrefix($0) }) else {
            return target
        }
        return Setting(value: String(text.dropFirst(prefix.count)), origin: target.origin)
    }

    /// The resolver and the source it means.
    private static func source(
        _ options: FlagdOptions, path: Setting<String?>, _ reader: inout SettingReader
    ) throws(FlagdError) -> (Setting<FlagdOptions.Resolver>, Source) {
        if let given = options.resolver, given.known == nil {
            let known = FlagdOptions.Resolver.Known.allCases.map(\.rawValue).joined(separator: ", ")
            throw FlagdError(.configuration, "option resolver is '\(given)', which is none of \(known)")
        }
        let resolver = reader.setting(
            options.resolver, ["SOURCE_PROVIDER_TYPE", "RESOLVER"], default: .inProcess, expected: "a known resolver"
        ) { text in
            let resolver = FlagdOptions.Resolver(rawValue: ConfigurationText.trimmed(text))
            return resolver.known == nil ? nil : resolver
        }
        if !options.sources.isEmpty { return (resolver, .custom) }
        switch resolver.value.known {
        case .file: return (resolver, .file)
        case .kubernetes: return (resolver, .kubernetes)
        case .rpc:
            reader.warn("resolver is '\(resolver.value)' (\(resolver.origin)); this provider evaluates in process")
            return (resolver, path.value == nil ? .grpc : .file)
        case .inProcess where path.value != nil:
            return (Setting(value: .file, origin: path.origin), .file)
        case .inProcess, .grpc, nil: return (resolver, .grpc)
        }
    }

    /// The port: service links (`tcp://10.0.0.1:8015`), which Kubernetes puts into variables of such names, are not ports.
    private static func port(_ options: FlagdOptions, _ reader: inout SettingReader) throws(FlagdError) -> Setting<Int>
    {
        let isNoServiceLink: (String) -> Bool = { text in
            !["tcp://", "udp://", "sctp://"].contains { text.hasPrefix($0) }
        }
        let proxyNames = ["PROXY_HOST", "PROXY_PORT", "PROXY_TLS", "PROXY_SERVER_CERT_PATH", "PROXY_SOCKET_PATH"]
        let isProxy = reader.first(proxyNames, where: isNoServiceLink) != nil
        return try reader.integer(
            options.port, "port", ["SYNC_PORT", "PORT", "PROXY_PORT"],
            default: isProxy ? ConfigurationDefaults.proxyPort : ConfigurationDefaults.port,
            in: ConfigurationLimits.port, where: isNoServiceLink)
    }

    /// The longest wait; the second of its variables holds seconds or a text such as `1m30s`.
    private static func retryBackoffMax(
        _ options: FlagdOptions, isKubernetes: Bool, _ reader: inout SettingReader
    ) throws(FlagdError) -> Setting<Duration> {
        let fallback =
            isKubernetes ? ConfigurationDefaults.retryBackoffMaxKubernetes : ConfigurationDefaults.retryBackoffMax
        if options.retryBackoffMax != nil || reader.first(["RETRY_BACKOFF_MAX_MS"]) != nil {
            return try reader.time(
                options.retryBackoffMax, "retryBackoffMax", ["RETRY_BACKOFF_MAX_MS"], default: fallback,
                in: ConfigurationLimits.milliseconds)
        }
        return reader.setting(nil, ["MAX_SYNC_RETRY_INTERVAL"], default: fallback, expected: "an interval") {
            ConfigurationText.interval($0, in: ConfigurationLimits.milliseconds)
        }
    }

    /// The grace period, whose variable holds seconds.
    private static func retryGracePeriod(
        _ options: FlagdOptions, _ reader: inout SettingReader
    ) throws(FlagdError) -> Setting<Duration> {
        if let option = options.retryGracePeriod {
            try SettingReader.check(
                option < .zero ? -1 : option.wholeMilliseconds, ConfigurationLimits.optionalMilliseconds,
                "retryGracePeriod", shown: "\(option)", unit: " ms")
        }
        return reader.setting(
            options.retryGracePeriod, ["RETRY_GRACE_PERIOD"], default: ConfigurationDefaults.retryGracePeriod,
            expected: "an integer in \(ConfigurationLimits.seconds)"
        ) { ConfigurationText.integer($0, in: ConfigurationLimits.seconds).map { .seconds($0) } }
    }

    /// The canonical names of the fatal codes; an unknown one warns.
    private static func codeNames(_ codes: Setting<[String]>, _ reader: inout SettingReader) -> Set<String> {
        var names: Set<String> = []
        for text in codes.value {
            let number = ConfigurationText.integer(text, in: 0...16)
            let code =
                number.flatMap { GRPCStatusCode(rawValue: $0) } ?? GRPCStatusCode(name: ConfigurationText.trimmed(text))
            if let code {
                names.insert(code.name)
            } else {
                reader.warn("fatalStatusCodes (\(codes.origin)) has '\(text)', which is no status code")
            }
        }
        return names
    }

    /// What is dialled: the target, else the socket, else host and port.
    private static func target(
        _ uri: Setting<String?>, socketPath: Setting<String?>, host: Setting<String>, port: Setting<Int>
    ) throws(FlagdError) -> SyncTarget {
        if let text = uri.value {
            if let target = SyncTarget(ConfigurationText.trimmed(text), defaultPort: port.value) { return target }
            throw bad("targetURI", text, uri.origin, "none of the known forms")
        }
        if let path = socketPath.value { return SyncTarget(address: .unix(path)) }
        let text = Substring(ConfigurationText.trimmed(host.value))
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text
        guard SyncTarget.isHost(bare) || SyncTarget.isIPv6(bare) else {
            throw bad("host", host.value, host.origin, "neither a name nor an address")
        }
        return SyncTarget(address: .host(String(bare), port: port.value))
    }

    private static func bad(_ option: String, _ value: String, _ origin: Origin, _ reason: String) -> FlagdError {
        FlagdError(
            .configuration, "option \(option) (\(origin)) is '\(SyncTarget.redacted(value))', which is \(reason)")
    }
}
