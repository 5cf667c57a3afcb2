#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension Evaluator {
    /// How a flag comes to its value, from the set that is published now.
    ///
    /// No lock is held meanwhile: the set is kept alive and evaluated by an evaluator of its own.
    ///
    /// - Parameter maximumWork: see ``ExplanationLimits/maximumWork``.
    func explain(
        _ flagKey: String, context: EvaluationContext?, maximumWork: Int = ExplanationLimits.maximumWork
    ) -> Explanation {
        while true {
            if let set = current { return explain(flagKey, in: set, context, maximumWork) }
            let details = resolveValue(flagKey, default: .null, context: context)
            // Unless a set has come in between.
            guard details.errorCode == .providerNotReady || details.errorCode == .providerFatal else { continue }
            let fact = Explanation.Step(fact: "no flag set: \(details.errorMessage ?? "")")
            return Explanation(
                flagKey: flagKey, details: details, timestamp: nil, steps: [fact], isComplete: true)
        }
    }

    private func explain(
        _ flagKey: String, in set: FlagSet, _ context: EvaluationContext?, _ maximumWork: Int
    ) -> Explanation {
        let timestamp = options.clock?() ?? Int64(time(nil))
        var options = self.options
        // One time for all, and nothing is logged twice.
        options.clock = { timestamp }
        options.log = nil
        let frozen = Evaluator(options: options)
        frozen.publish(set)
        let details = frozen.resolveValue(flagKey, default: .null, context: context)
        var explainer = FlagExplainer(
            set: set, options: options, context: context, timestamp: timestamp, details: details,
            maximumWork: maximumWork)
        explainer.explain(flagKey)
        withExtendedLifetime(context) {}
        return Explanation(
            flagKey: flagKey, details: details, timestamp: timestamp, steps: explainer.steps,
            isComplete: explainer.isComplete)
    }
}
