/// What constants may take that are computed beforehand: evaluators that refer to one another multiply a few bytes into gigabytes.
struct FoldingBudget {
    private var ruleBytes = 0
    private var bytesInAll = 0

    /// What is left for the rule at hand.
    var remainingBytes: Int {
        min(EvaluationLimits.maximumFoldedBytes - ruleBytes, EvaluationLimits.maximumFoldedBytesInAll - bytesInAll)
    }

    /// Turns to another rule.
    mutating func beginRule() { ruleBytes = 0 }

    /// Counts bytes that were built; of what did not fit, only what was left.
    mutating func spend(_ bytes: Int) {
        let spent = min(bytes, remainingBytes)
        ruleBytes += spent
        bytesInAll += spent
    }
}
