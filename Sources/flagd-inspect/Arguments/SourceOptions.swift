import Flagd

/// The options that say where the flags come from, shared by the commands; the environment counts too.
enum SourceOptions {
    /// The declarations, in the order of the help.
    static let declarations: [OptionDeclaration] = [
        OptionDeclaration("resolver", "NAME", aliases: ["source"], help: "in-process, grpc, file or kubernetes"),
        OptionDeclaration("file", "PATH", aliases: ["offline-flag-source-path"], help: "read the flags from a file"),
        OptionDeclaration("host", "HOST", help: "the sync server's host (localhost)"),
        OptionDeclaration("port", "PORT", help: "the sync server's port (8015)"),
        OptionDeclaration("target", "TARGET", aliases: ["target-uri"], help: "host:port, grpc://…, unix:…, envoy://…"),
        OptionDeclaration("socket", "PATH", aliases: ["socket-path"], help: "the sync server's unix socket"),
        OptionDeclaration("tls", help: "encrypt"),
        OptionDeclaration("no-tls", help: "do not encrypt, whatever the environment says"),
        OptionDeclaration("cert", "PATH", aliases: ["cert-path"], help: "certificate authorities, PEM"),
        OptionDeclaration("client-cert", "PATH", aliases: ["client-cert-path"], help: "this client's certificate, PEM"),
        OptionDeclaration("client-key", "PATH", aliases: ["client-key-path"], help: "this client's key, PEM"),
        OptionDeclaration("authority", "NAME", help: "the authority to ask for, and to verify"),
        OptionDeclaration("selector", "TEXT", help: "which of the server's flags"),
        OptionDeclaration("provider-id", "ID", help: "how the server may know this client"),
        OptionDeclaration("deadline-ms", "MS", aliases: ["deadline"], help: "for calls and the first flag set (500)"),
        OptionDeclaration(
            "stream-deadline-ms", "MS", aliases: ["stream-deadline"], help: "a stream's life, 0 for ever (600000)"),
        OptionDeclaration("retry-backoff-ms", "MS", aliases: ["retry-backoff"], help: "first wait (1000)"),
        OptionDeclaration("retry-backoff-max-ms", "MS", aliases: ["retry-backoff-max"], help: "longest wait (5000)"),
        OptionDeclaration("retry-grace-period", "S", aliases: ["grace-period"], help: "STALE before ERROR (10)"),
        OptionDeclaration("max-sync-retries", "N", help: "attempts in a row, 0 without end (0)"),
        OptionDeclaration(
            "keep-alive-time", "MS", aliases: ["keep-alive", "keep-alive-ms"], help: "pings, 0 is off (0)"),
        OptionDeclaration("fatal-status-codes", "CODES", help: "status names, by comma, that end trying"),
        OptionDeclaration(
            "poll-interval-ms", "MS", aliases: ["offline-poll-interval-ms", "poll-interval"],
            help: "how often a file is looked at (5000)"),
        OptionDeclaration("max-message-size", "BYTES", help: "largest payload (67108864)"),
        OptionDeclaration("snapshot", "PATH", aliases: ["snapshot-path"], help: "keep the newest flags in this file"),
        OptionDeclaration("env-prefix", "PREFIX", help: "the prefix of the variables (FLAGD)"),
    ]

    /// The options that change how rules are evaluated.
    static let evaluationDeclarations: [OptionDeclaration] = [
        OptionDeclaration("fractional-version", "V", help: "v1, v2 or v3 (v2)"),
        OptionDeclaration("strict", help: "one unusable flag rejects the whole payload"),
    ]

    /// The provider's options that the arguments give; all others stay open for the environment and the defaults.
    ///
    /// - Throws: ``UsageError`` for a number that is none. Everything else is judged by the provider.
    static func options(from arguments: Arguments) throws(UsageError) -> FlagdOptions {
        var options = FlagdOptions()
        setServer(&options, arguments)
        options.port = try integer("port", arguments)
        options.tls = try tls(arguments)
        options.deadline = try milliseconds("deadline-ms", arguments)
        options.streamDeadline = try milliseconds("stream-deadline-ms", arguments)
        options.retryBackoff = try milliseconds("retry-backoff-ms", arguments)
        options.retryBackoffMax = try milliseconds("retry-backoff-max-ms", arguments)
        options.retryGracePeriod = try integer("retry-grace-period", arguments).map { .seconds($0) }
        options.maxSyncRetries = try integer("max-sync-retries", arguments)
        options.keepAlive = try milliseconds("keep-alive-time", arguments)
        options.offlinePollInterval = try milliseconds("poll-interval-ms", arguments)
        options.maxMessageSize = try integer("max-message-size", arguments)
        options.fractionalVersion = try fractionalVersion(arguments)
        return options
    }

    /// The `fractional` algorithm asked for, or nil.
    static func fractionalVersion(_ arguments: Arguments) throws(UsageError) -> FractionalVersion? {
        guard let text = arguments.value("fractional-version") else { return nil }
        guard let version = FractionalVersion(rawValue: text.lowercased()) else {
            throw UsageError("--fractional-version \(text) is unknown", hint: "v1, v2 or v3")
        }
        return version
    }

    private static func setServer(_ options: inout FlagdOptions, _ arguments: Arguments) {
        options.resolver = arguments.value("resolver").map(Resolver.init(rawValue:))
        options.offlineFlagSourcePath = arguments.value("file")
        options.host = arguments.value("host")
        options.targetURI = arguments.value("target")
        options.socketPath = arguments.value("socket")
        options.certPath = arguments.value("cert")
        options.clientCertPath = arguments.value("client-cert")
        options.clientKeyPath = arguments.value("client-key")
        options.authority = arguments.value("authority")
        options.selector = arguments.value("selector")
        options.providerID = arguments.value("provider-id")
        options.fatalStatusCodes = arguments.value("fatal-status-codes").map(list)
        options.snapshotPath = arguments.value("snapshot")
        options.isStrict = arguments.has("strict")
        if let prefix = arguments.value("env-prefix") { options.environmentPrefix = prefix }
    }

    private static func tls(_ arguments: Arguments) throws(UsageError) -> Bool? {
        switch (arguments.has("tls"), arguments.has("no-tls")) {
        case (true, true): throw UsageError("--tls and --no-tls exclude each other")
        case (true, false): true
        case (false, true): false
        case (false, false): nil
        }
    }

    private static func milliseconds(_ name: String, _ arguments: Arguments) throws(UsageError) -> Duration? {
        try integer(name, arguments).map { .milliseconds($0) }
    }

    private static func integer(_ name: String, _ arguments: Arguments) throws(UsageError) -> Int? {
        guard let text = arguments.value(name) else { return nil }
        guard let number = Int(text) else { throw UsageError("--\(name) '\(text)' is no whole number") }
        return number
    }

    /// Elements between commas, without the spaces around them; empty ones are none.
    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { part in
            let start = part.drop { $0 == " " }
            return String(start.reversed().drop { $0 == " " }.reversed())
        }
        .filter { !$0.isEmpty }
    }
}
