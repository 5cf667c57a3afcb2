// The evaluation is inlined into each of these functions, which builds its result in place: details are too large to be handed from
// function to function for nothing.
extension FlagdProvider {
    /// Resolves a boolean flag.
    public func resolveBoolean(
        _ flagKey: String, default defaultValue: Bool, context: EvaluationContext? = nil
    ) -> ResolutionDetails<Bool> {
        if reportsEvaluations { return observedBoolean(flagKey, defaultValue, context) }
        return evaluator.resolveBoolean(flagKey, default: defaultValue, context: context)
    }

    /// Resolves a string flag.
    public func resolveString(
        _ flagKey: String, default defaultValue: String, context: EvaluationContext? = nil
    ) -> ResolutionDetails<String> {
        if reportsEvaluations { return observedString(flagKey, defaultValue, context) }
        return evaluator.resolveString(flagKey, default: defaultValue, context: context)
    }

    /// Resolves an integer flag: a number without fraction, in 64 bits.
    public func resolveInteger(
        _ flagKey: String, default defaultValue: Int64, context: EvaluationContext? = nil
    ) -> ResolutionDetails<Int64> {
        if reportsEvaluations { return observedInteger(flagKey, defaultValue, context) }
        return evaluator.resolveInteger(flagKey, default: defaultValue, context: context)
    }

    /// Resolves a flag of any number that a double represents exactly.
    public func resolveDouble(
        _ flagKey: String, default defaultValue: Double, context: EvaluationContext? = nil
    ) -> ResolutionDetails<Double> {
        if reportsEvaluations { return observedDouble(flagKey, defaultValue, context) }
        return evaluator.resolveDouble(flagKey, default: defaultValue, context: context)
    }

    /// Resolves a flag whose variants are objects or lists.
    public func resolveObject(
        _ flagKey: String, default defaultValue: Value, context: EvaluationContext? = nil
    ) -> ResolutionDetails<Value> {
        if reportsEvaluations { return observedObject(flagKey, defaultValue, context) }
        return evaluator.resolveObject(flagKey, default: defaultValue, context: context)
    }

    /// Resolves every flag of the set in use; empty without one.
    public func evaluateAll(
        context: EvaluationContext? = nil
    ) -> [(flagKey: String, details: ResolutionDetails<Value>)] {
        evaluator.evaluateAll(context: context)
    }
}

extension FlagdProvider {
    /// The value of a boolean flag, or the default.
    public func booleanValue(_ flagKey: String, default defaultValue: Bool, context: EvaluationContext? = nil) -> Bool {
        resolveBoolean(flagKey, default: defaultValue, context: context).value
    }

    /// The value of a string flag, or the default.
    public func stringValue(
        _ flagKey: String, default defaultValue: String, context: EvaluationContext? = nil
    ) -> String {
        resolveString(flagKey, default: defaultValue, context: context).value
    }

    /// The value of an integer flag, or the default.
    public func integerValue(
        _ flagKey: String, default defaultValue: Int64, context: EvaluationContext? = nil
    ) -> Int64 {
        resolveInteger(flagKey, default: defaultValue, context: context).value
    }

    /// The value of a flag of any number, or the default.
    public func doubleValue(
        _ flagKey: String, default defaultValue: Double, context: EvaluationContext? = nil
    ) -> Double {
        resolveDouble(flagKey, default: defaultValue, context: context).value
    }

    /// The value of a flag whose variants are objects or lists, or the default.
    public func objectValue(
        _ flagKey: String, default defaultValue: Value, context: EvaluationContext? = nil
    ) -> Value {
        resolveObject(flagKey, default: defaultValue, context: context).value
    }
}

/// The same evaluations, reported to the observers.
extension FlagdProvider {
    @inline(never) private func observedBoolean(
        _ flagKey: String, _ defaultValue: Bool, _ context: EvaluationContext?
    ) -> ResolutionDetails<Bool> {
        observed(flagKey, evaluator.resolveBoolean(flagKey, default: defaultValue, context: context))
    }

    @inline(never) private func observedString(
        _ flagKey: String, _ defaultValue: String, _ context: EvaluationContext?
    ) -> ResolutionDetails<String> {
        observed(flagKey, evaluator.resolveString(flagKey, default: defaultValue, context: context))
    }

    @inline(never) private func observedInteger(
        _ flagKey: String, _ defaultValue: Int64, _ context: EvaluationContext?
    ) -> ResolutionDetails<Int64> {
        observed(flagKey, evaluator.resolveInteger(flagKey, default: defaultValue, context: context))
    }

    @inline(never) private func observedDouble(
        _ flagKey: String, _ defaultValue: Double, _ context: EvaluationContext?
    ) -> ResolutionDetails<Double> {
        observed(flagKey, evaluator.resolveDouble(flagKey, default: defaultValue, context: context))
    }

    @inline(never) private func observedObject(
        _ flagKey: String, _ defaultValue: Value, _ context: EvaluationContext?
    ) -> ResolutionDetails<Value> {
        observed(flagKey, evaluator.resolveObject(flagKey, default: defaultValue, context: context))
    }

    private func observed<Resolved>(
        _ flagKey: String, _ details: ResolutionDetails<Resolved>
    ) -> ResolutionDetails<Resolved> {
        observe(flagKey, details)
        return details
    }
}
