/// What went wrong in an evaluation, in words.
///
/// The frequent failures, which have nothing to tell but the flag's key, are put into words only when somebody reads them: see
/// ``ResolutionDetails``.
final class EvaluationFailure: Sendable {
    let code: ErrorCode
    let message: String

    init(code: ErrorCode, message: String) {
        self.code = code
        self.message = message
    }

    /// The words of a failure that tells nothing but a flag's key.
    static func message(_ code: ErrorCode, flagKey: String) -> String {
        switch code {
        case .providerNotReady: "flag '\(flagKey)': no flag set has been loaded yet"
        case .providerFatal: "flag '\(flagKey)': the provider gave up before it had a flag set"
        default: "flag '\(flagKey)' was not found"
        }
    }

    static func unusable(_ key: String, _ reason: String) -> EvaluationFailure {
        EvaluationFailure(code: .parseError, message: "flag '\(key)' cannot be used: \(reason)")
    }

    static func unknownOperator(_ key: String, _ name: String) -> EvaluationFailure {
        EvaluationFailure(code: .parseError, message: "flag '\(key)': its rule uses the unknown operator '\(name)'")
    }

    static func unknownVariant(_ key: String, _ name: String) -> EvaluationFailure {
        EvaluationFailure(
            code: .general, message: "flag '\(key)': its rule gave '\(name)', which is none of its variants")
    }

    static func notAVariantName(_ key: String) -> EvaluationFailure {
        EvaluationFailure(
            code: .general, message: "flag '\(key)': its rule gave a list or an object, which names no variant")
    }

    static func unknownDefaultVariant(_ key: String, _ name: String) -> EvaluationFailure {
        EvaluationFailure(
            code: .general, message: "flag '\(key)': its default variant '\(name)' is none of its variants")
    }

    static func limitExceeded(_ key: String, _ limit: String) -> EvaluationFailure {
        EvaluationFailure(code: .general, message: "flag '\(key)': its rule needs more than \(limit) allows")
    }

    static func typeMismatch(_ key: String, found: String, wanted: String) -> EvaluationFailure {
        EvaluationFailure(code: .typeMismatch, message: "flag '\(key)' is \(found), which is not \(wanted)")
    }
}
