/// The outcome of an evaluation: always a value, and how it came about.
///
/// A reason is always there. An error has the reason ``ResolutionReason/error``, a code and a message that names the flag; a success
/// has neither code nor message (specification: evaluation, "Resolving a flag", 6).
public struct ResolutionDetails<Resolved: Sendable>: Sendable {
    /// The flag's value, or the caller's default.
    public let value: Resolved
    /// How the value came about.
    public let reason: ResolutionReason
    /// Why the caller's default was used, when that was an error.
    public let errorCode: ErrorCode?
    /// The variant's name; the flag's key when there is a code and no failure.
    ///
    /// Every field costs time in every evaluation, so two that exclude each other are one, and a failure goes with the metadata.
    private let text: String?
    /// The set's metadata, the flag's over it, and `scope`.
    public let flagMetadata: FlagMetadata

    private var failure: EvaluationFailure? { flagMetadata.failure }

    /// The name of the variant, when one was chosen.
    ///
    /// Kept on a type mismatch.
    public var variant: String? { errorCode != nil && failure == nil ? nil : text }

    /// What went wrong, in words that name the flag.
    ///
    /// Nil on success.
    public var errorMessage: String? {
        guard let errorCode else { return nil }
        return failure?.message ?? EvaluationFailure.message(errorCode, flagKey: text ?? "")
    }

    /// Makes the outcome of a successful evaluation.
    public init(value: Resolved, variant: String?, reason: ResolutionReason, flagMetadata: FlagMetadata = [:]) {
        self.init(value: value, variant: variant, reason: reason, failure: nil, flagMetadata: flagMetadata)
    }

    /// Makes the outcome of a failed evaluation.
    public init(
        value: Resolved, errorCode: ErrorCode, errorMessage: String, variant: String? = nil,
        flagMetadata: FlagMetadata = [:]
    ) {
        let failure = EvaluationFailure(code: errorCode, message: errorMessage)
        self.init(value: value, variant: variant, reason: .error, failure: failure, flagMetadata: flagMetadata)
    }

    private init(
        value: Resolved, variant: String?, reason: ResolutionReason, failure: EvaluationFailure?,
        flagMetadata: FlagMetadata
    ) {
        self.init(
            value: value, reason: reason, errorCode: failure?.code, text: variant,
            flagMetadata: failure.map { flagMetadata.with($0) } ?? flagMetadata)
    }

    /// Makes an outcome of its parts.
    ///
    /// - Parameters:
    ///   - text: the variant's name; the flag's key when there is an error code without a failure.
    ///   - flagMetadata: the metadata, with the failure if there is one.
    @inline(__always)
    init(
        value: Resolved, reason: ResolutionReason, errorCode: ErrorCode?, text: String?, flagMetadata: FlagMetadata
    ) {
        self.value = value
        self.reason = reason
        self.errorCode = errorCode
        self.text = text
        self.flagMetadata = flagMetadata
    }
}

extension ResolutionDetails: Equatable where Resolved: Equatable {
    /// Compares what the details say.
    public static func == (left: ResolutionDetails, right: ResolutionDetails) -> Bool {
        left.value == right.value && left.variant == right.variant && left.reason == right.reason
            && left.errorCode == right.errorCode && left.errorMessage == right.errorMessage
            && left.flagMetadata == right.flagMetadata
    }
}
