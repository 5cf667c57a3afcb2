import Flagd

/// Reads what `--context` and `--default` are given as JSON.
enum JSONArgument {
    /// The value of an option's JSON, or nil without the option.
    static func value(_ name: String, _ arguments: Arguments) throws(UsageError) -> Value? {
        guard let text = arguments.value(name) else { return nil }
        do throws(JSONError) {
            return try JSON.parse(Array(text.utf8))
        } catch {
            throw UsageError("--\(name) is not JSON: \(error)", hint: "texts need quotes: '\"text\"'")
        }
    }

    /// The evaluation context of `--context`, or nil without it.
    static func context(_ arguments: Arguments) throws(UsageError) -> EvaluationContext? {
        guard let value = try value("context", arguments) else { return nil }
        guard let attributes = value.structureValue else {
            throw UsageError("--context is no JSON object", hint: "'{\"targetingKey\":\"user-1\"}'")
        }
        return EvaluationContext(attributes: attributes)
    }
}
