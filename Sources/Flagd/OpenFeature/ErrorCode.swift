/// Why an evaluation fell back to the caller's default (OpenFeature specification 1.7.1, "Error Code").
public enum ErrorCode: String, Sendable, CaseIterable {
    /// No flag set was ever loaded.
    case providerNotReady = "PROVIDER_NOT_READY"
    /// The provider gave up for good before its first flag set (a fatal status code).
    case providerFatal = "PROVIDER_FATAL"
    /// The flag is not in the set.
    case flagNotFound = "FLAG_NOT_FOUND"
    /// The flag's definition or its rule cannot be used.
    case parseError = "PARSE_ERROR"
    /// The flag's value has another type than the caller asked for, or does not fit without loss.
    case typeMismatch = "TYPE_MISMATCH"
    /// The evaluation needs a targeting key and the context has none.
    case targetingKeyMissing = "TARGETING_KEY_MISSING"
    /// The context does not meet the provider's demands.
    case invalidContext = "INVALID_CONTEXT"
    /// Anything else.
    case general = "GENERAL"
}
