import Flagd

/// One flag asked for: its key, its type and the caller's default.
struct FlagQuery: Equatable, Sendable {
    let flagKey: String
    let type: FlagType
    let defaultValue: Value

    /// Asks for a flag.
    ///
    /// - Parameter defaultValue: The caller's default; nil for the type's empty value.
    /// - Throws: ``UsageError`` when the default is of another type.
    init(flagKey: String, type: FlagType, defaultValue: Value? = nil) throws(UsageError) {
        let defaultValue = defaultValue ?? type.emptyValue
        guard type.admits(defaultValue) else {
            throw UsageError("the default \(JSON.text(of: defaultValue)) is no \(type.rawValue)")
        }
        self.flagKey = flagKey
        self.type = type
        self.defaultValue = defaultValue
    }

    /// Reads `FLAG:TYPE`; a flag's key may contain colons, of which the last one counts.
    init(parsing text: String) throws(UsageError) {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex else {
            throw UsageError("'\(text)' names no flag and type", hint: "FLAG:TYPE, such as new-checkout:boolean")
        }
        let name = String(text[text.index(after: colon)...])
        guard let type = FlagType(name: name) else {
            throw UsageError("'\(name)' is no type of a flag", hint: FlagType.names)
        }
        try self.init(flagKey: String(text[..<colon]), type: type)
    }

    /// Asks a provider.
    func outcome(from provider: some FeatureProvider, context: EvaluationContext?) -> EvaluationOutcome {
        switch type {
        case .boolean:
            let details = provider.resolveBoolean(
                flagKey, default: defaultValue.booleanValue ?? false, context: context)
            return EvaluationOutcome(flagKey, details, Value.boolean)
        case .string:
            let details = provider.resolveString(flagKey, default: defaultValue.stringValue ?? "", context: context)
            return EvaluationOutcome(flagKey, details, Value.string)
        case .integer:
            let details = provider.resolveInteger(flagKey, default: defaultValue.integerValue ?? 0, context: context)
            return EvaluationOutcome(flagKey, details, Value.integer)
        case .double:
            let details = provider.resolveDouble(flagKey, default: defaultValue.doubleValue ?? 0, context: context)
            return EvaluationOutcome(flagKey, details, Value.double)
        case .object:
            return EvaluationOutcome(flagKey, provider.resolveObject(flagKey, default: defaultValue, context: context))
            { $0 }
        }
    }
}
