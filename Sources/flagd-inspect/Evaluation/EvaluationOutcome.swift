import Flagd

/// The outcome of one evaluation, of whatever type, ready to be written.
struct EvaluationOutcome: Equatable, Sendable {
    let flagKey: String
    let value: Value
    let variant: String?
    let reason: ResolutionReason
    let errorCode: ErrorCode?
    let errorMessage: String?
    let metadata: Structure

    /// Takes over resolution details.
    init<Resolved>(_ flagKey: String, _ details: ResolutionDetails<Resolved>, _ value: (Resolved) -> Value) {
        self.flagKey = flagKey
        self.value = value(details.value)
        variant = details.variant
        reason = details.reason
        errorCode = details.errorCode
        errorMessage = details.errorMessage
        metadata = Structure(members: details.flagMetadata.map { ($0.key, $0.value.value) })
    }

    /// All of it as one JSON object; what is absent is null, so that every object has the same members.
    var json: String {
        var line = JSONLine()
        line.add("flagKey", .string(flagKey))
        line.add("value", value)
        line.add("variant", variant.map(Value.string) ?? .null)
        line.add("reason", .string(reason.rawValue))
        line.add("errorCode", errorCode.map { .string($0.rawValue) } ?? .null)
        line.add("errorMessage", errorMessage.map(Value.string) ?? .null)
        line.add("metadata", .structure(metadata))
        return line.text
    }
}
