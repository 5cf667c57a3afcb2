/// An OpenFeature provider: resolves flags and tells when they change.
///
/// The terms are OpenFeature's (specification, "Flag Providers"), so that a bridge to an OpenFeature SDK stays a handful of lines.
/// Resolution is synchronous and runs on the caller's thread.
public protocol FeatureProvider: Sendable {
    /// The provider's name, as OpenFeature's provider metadata shows it.
    var name: String { get }

    /// What the provider is able to do now.
    var status: ProviderStatus { get }

    /// The provider's events. Each call is a subscriber of its own, which first gets the current status.
    var events: ProviderEvents { get }

    /// Connects, and returns when the first flag set is published.
    ///
    /// - Throws: ``FlagdError`` when none arrives within the deadline; the provider goes on trying.
    func initialize() async throws

    /// Releases everything. Idempotent; no event follows.
    func shutdown() async

    /// Resolves a boolean flag.
    func resolveBoolean(_ flagKey: String, default defaultValue: Bool, context: EvaluationContext?)
        -> ResolutionDetails<Bool>

    /// Resolves a string flag.
    func resolveString(_ flagKey: String, default defaultValue: String, context: EvaluationContext?)
        -> ResolutionDetails<String>

    /// Resolves an integer flag: a number without fraction, in 64 bits.
    func resolveInteger(_ flagKey: String, default defaultValue: Int64, context: EvaluationContext?)
        -> ResolutionDetails<Int64>

    /// Resolves a flag of any number that a double represents exactly.
    func resolveDouble(_ flagKey: String, default defaultValue: Double, context: EvaluationContext?)
        -> ResolutionDetails<Double>

    /// Resolves a flag whose variants are objects or lists.
    func resolveObject(_ flagKey: String, default defaultValue: Value, context: EvaluationContext?)
        -> ResolutionDetails<Value>
}
