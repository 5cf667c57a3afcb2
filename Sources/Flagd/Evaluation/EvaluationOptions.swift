/// How `fractional` puts a context into a bucket (specification: evaluation, "fractional").
public enum FractionalVersion: String, Sendable, CaseIterable {
    /// Older providers and Rust's: the signed hash's share of 100.
    case v1
    /// flagd's own and most providers': (hash × total) >> 32. The default.
    case v2
    /// Hashes the bucketing value's deterministic CBOR, so that numbers and objects bucket too.
    case v3
}

/// How flag sets are compiled and evaluated.
struct EvaluationOptions: Sendable {
    /// How `fractional` buckets.
    var fractionalVersion: FractionalVersion = .v2
    /// Whether the reason is SPLIT, not TARGETING_MATCH, when `fractional` decided.
    var reportsSplit = false
    /// Whether one flag that cannot be used rejects the whole payload.
    var isStrict = false
    /// The source's selector: `scope` in the metadata of every outcome that has none of its own.
    var selector: String?
    /// Whole seconds since 1970, for `$flagd.timestamp`; nil is the system's clock.
    var clock: (@Sendable () -> Int64)?
    /// Receives what the operator `log` writes; nil is nobody.
    var log: (@Sendable (String) -> Void)?
}
