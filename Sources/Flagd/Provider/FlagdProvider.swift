/// An OpenFeature provider that gets its flags from flagd, or from any ``FlagSource``, and evaluates them in this process.
///
/// ```swift
/// let provider = try FlagdProvider(FlagdOptions(host: "flagd.svc", selector: "flagSetId=checkout"))
/// try await provider.initialize()
/// if provider.booleanValue("new-checkout", default: false, context: ["targetingKey": "user-1"]) { … }
/// ```
/// Evaluation is synchronous, runs on the caller's thread, and works from any number of threads at once. Two providers share nothing.
/// A provider that is let go without ``shutdown()`` ends its work by itself.
public final class FlagdProvider: FeatureProvider, Sendable {
    /// The provider's name: `flagd`.
    public let name = "flagd"
    /// The settings in effect, each with where it came from.
    ///
    /// Shows no secret.
    public let configuration: EffectiveConfiguration

    let evaluator: Evaluator
    let engine: ProviderEngine
    private let observers: [any FlagdObserver]
    private let isObserved: Bool

    /// Makes a provider.
    ///
    /// Nothing is connected or read before ``initialize()``.
    ///
    /// - Parameters:
    ///   - options: what is told in code; each option that is nil comes from the environment, else is the default.
    ///   - environment: the variables; nil is the process's own.
    /// - Throws: ``FlagdError`` with ``FlagdError/Code/configuration``, naming option and value.
    public convenience init(
        _ options: FlagdOptions = FlagdOptions(), environment: [String: String]? = nil
    ) throws(FlagdError) {
        try self.init(options, environment: environment, timekeeper: SystemTimekeeper())
    }

    /// Makes a provider that goes by the given time.
    init(
        _ options: FlagdOptions, environment: [String: String]?, timekeeper: any Timekeeper
    ) throws(FlagdError) {
        let configuration = try EffectiveConfiguration(
            options, environment: environment ?? ProcessEnvironment.variables)
        let sources = try configuration.sources(options, timekeeper)
        let notifier = Notifier(logger: options.logger, observers: options.observers)
        self.configuration = configuration
        engine = ProviderEngine(
            ProviderEngine.Parts(
                sources: sources, machine: configuration.machine(sources),
                evaluation: configuration.evaluation(options),
                contextEnricher: options.contextEnricher, snapshots: configuration.snapshots, notifier: notifier,
                timekeeper: timekeeper))
        evaluator = engine.evaluator
        observers = options.observers
        isObserved = !options.observers.isEmpty
        for warning in configuration.warnings { notifier.note(.warning) { warning } }
        notifier.deliver()
    }

    deinit { engine.close() }

    /// What the provider is able to do now.
    public var status: ProviderStatus { engine.status }

    /// The provider's events.
    ///
    /// Each call is a subscriber of its own, which first gets the current status.
    public var events: ProviderEvents { engine.subscribe() }

    /// Connects, and returns when the first flag set is published; at once when there is one.
    ///
    /// May be called again after it failed, and by several tasks at once, which then wait for the same initialization. When the
    /// task of the last one that waits is cancelled before the first attempt ended, nothing goes on.
    ///
    /// - Throws: ``FlagdError``: ``FlagdError/Code/notReady`` when no usable flag set arrives within the deadline (the provider goes
    ///   on trying), ``FlagdError/Code/fatal`` after a fatal status code, ``FlagdError/Code/cancelled``.
    public func initialize() async throws { try await engine.initialize() }

    /// Releases everything and returns within about a second.
    ///
    /// Idempotent; no event follows, and the sequences of events end.
    ///
    /// ``initialize()`` works again afterwards.
    public func shutdown() async { await engine.shutdown() }

    /// Initializes, works until the task is cancelled, and shuts down: the shape that service groups run.
    ///
    /// A server that cannot be reached in time is no error here: the provider goes on trying.
    ///
    /// - Throws: ``FlagdError`` with ``FlagdError/Code/fatal`` when trying has ended for good before the first flag set.
    public func run() async throws {
        let events = self.events
        var fatal: FlagdError?
        do {
            try await engine.initialize()
        } catch let error where error.code == .fatal {
            fatal = error
        } catch {}
        if fatal == nil {
            for await event in events {
                guard case .error(.providerFatal, let message) = event else { continue }
                fatal = FlagdError(.fatal, message)
                break
            }
        }
        await engine.shutdown()
        if let fatal { throw fatal }
    }

    /// What is wrong with the flag set in use, and with the last payload if that could not be used.
    public var diagnostics: [FlagDiagnostic] {
        let refused = engine.refusals.map {
            FlagDiagnostic(flagKey: nil, pointer: "", reason: $0, severity: .error)
        }
        return refused + (evaluator.current?.diagnostics ?? [])
    }

    /// The flags of the set in use; empty without one.
    public var flags: [FlagDescription] { evaluator.current?.flags ?? [] }

    /// How many flags the set in use has; 0 without one.
    public var flagCount: Int { evaluator.current?.count ?? 0 }

    /// Tells the observers of an evaluation.
    func observe<Resolved>(_ flagKey: String, _ details: ResolutionDetails<Resolved>) {
        let report = EvaluationReport(
            flagKey: flagKey, variant: details.variant, reason: details.reason, errorCode: details.errorCode)
        for observer in observers { observer.flagEvaluated(report) }
    }

    /// Whether evaluations are reported to anybody.
    var reportsEvaluations: Bool { isObserved }
}
