/// What a provider tells its subscribers (OpenFeature specification, "Events").
public enum ProviderEvent: Sendable, Equatable {
    /// The provider has a flag set and its source is connected.
    case ready
    /// The flag set changed: the keys added, removed or changed, sorted. Empty after a reconnect without a difference.
    case configurationChanged(flagsChanged: [String])
    /// The source is lost; evaluation goes on from the last set.
    case stale(message: String)
    /// The source is lost for good or for longer than the grace period.
    case error(code: ErrorCode, message: String)
}
