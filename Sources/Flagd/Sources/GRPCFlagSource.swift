/// The source that gets its flags from flagd, flagd-proxy or any server of `flagd.sync.v1.FlagSyncService`; the one a provider uses
/// by default.
///
/// To be named only when it is one of several sources: `FlagdOptions(sources: [defaults, try GRPCFlagSource(options)])`.
public final class GRPCFlagSource: FlagSource {
    /// The target.
    public let label: String
    let settings: SyncSettings
    private let timekeeper: any Timekeeper
    private let random: @Sendable () -> Double

    /// Makes a source from the options that a provider takes too.
    ///
    /// Nothing is connected yet.
    ///
    /// - Parameters:
    ///   - options: what is told in code; each option that is nil comes from the environment, else is the default.
    ///   - environment: the variables; nil is the process's own.
    /// - Throws: ``FlagdError`` with ``FlagdError/Code/configuration``, naming option and value.
    public convenience init(
        _ options: FlagdOptions = FlagdOptions(), environment: [String: String]? = nil
    ) throws(FlagdError) {
        var options = options
        options.sources = []
        options.resolver = .grpc
        let configuration = try EffectiveConfiguration(
            options, environment: environment ?? ProcessEnvironment.variables)
        guard let settings = SyncSettings(configuration, options: options) else {
            throw FlagdError(
                .configuration, "option resolver is '\(configuration.resolver.value)', which is no sync server")
        }
        self.init(settings)
    }

    /// Makes a source of its parts; tests give their own time and chance.
    init(
        _ settings: SyncSettings, timekeeper: any Timekeeper = SystemTimekeeper(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.settings = settings
        self.timekeeper = timekeeper
        self.random = random
        label = settings.label
    }

    /// Keeps a stream open until the task is cancelled; then returns when every connection is closed.
    public func run(_ yield: @escaping @Sendable (FlagSourceEvent) -> Void) async throws {
        var driver = SyncDriver(settings, timekeeper: timekeeper, random: random, yield: yield)
        await driver.run()
    }
}
