extension FlagdProvider {
    /// How a flag comes to its value: the path through its state and its rule, with the value of every step.
    ///
    /// The details in it are those of an evaluation of the same flag set, context and time, with `null` as the caller's default.
    /// Takes much longer than an evaluation (the rule is compiled again, part by part) and slows no evaluation down. Observers are
    /// not told, and nothing that the rule logs is logged.
    ///
    /// ```swift
    /// print(provider.explain("new-checkout", context: context))
    /// ```
    /// - Parameters:
    ///   - flagKey: the flag's key.
    ///   - context: what the evaluation knows about its subject.
    /// - Returns: the explanation; also of a flag that does not exist, and without a flag set.
    public func explain(_ flagKey: String, context: EvaluationContext? = nil) -> Explanation {
        evaluator.explain(flagKey, context: context)
    }
}
