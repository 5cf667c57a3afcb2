/// How a value came about (OpenFeature specification 1.7.1, "Resolution Reason").
public enum ResolutionReason: String, Sendable, CaseIterable {
    /// The flag has no rule; its default variant was used.
    case `static` = "STATIC"
    /// The rule gave no variant, or there is no default variant.
    case `default` = "DEFAULT"
    /// The rule chose the variant.
    case targetingMatch = "TARGETING_MATCH"
    /// A `fractional` operation chose the variant. Only with the option for it, else ``targetingMatch``.
    case split = "SPLIT"
    /// The flag is disabled; the caller's default was used.
    case disabled = "DISABLED"
    /// The evaluation failed; the caller's default was used.
    case error = "ERROR"
}
