/// What a provider is able to do (specification: provider, "States and events").
public enum ProviderStatus: String, Sendable, CaseIterable {
    /// Not initialized, or shut down. Evaluation gives the caller's default.
    case notReady = "NOT_READY"
    /// Connected, with the newest flag set.
    case ready = "READY"
    /// The source is lost for less than the grace period. Evaluation goes on from the last set.
    case stale = "STALE"
    /// The source is lost for longer. Evaluation goes on from the last set, if there ever was one.
    case error = "ERROR"
    /// Given up before the first flag set. Only ``FeatureProvider/shutdown()`` leaves this state.
    case fatal = "FATAL"
}
