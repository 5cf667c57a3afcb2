/// What is wrong with rules, in words: of each rule every reason once, and no more than anybody reads, since evaluators can repeat
/// one mistake without end.
struct RuleWarnings {
    /// The reasons of the rule at hand.
    private(set) var reasons: [String] = []
    private var known: Set<String> = []
    /// Warnings of the rule at hand, repeated ones too.
    private var count = 0
    private var countInAll = 0
    /// Whether other rules have left no room for some of the rule at hand.
    private(set) var areCut = false

    /// Turns to another rule.
    mutating func beginRule() {
        reasons.removeAll()
        known.removeAll()
        count = 0
        areCut = false
    }

    /// Adds a reason, unless it is known or there are too many.
    mutating func add(_ reason: @autoclosure () -> String) {
        guard countInAll < EvaluationLimits.maximumWarningsInAll else { return areCut = true }
        guard count < EvaluationLimits.maximumWarnings else { return }
        count += 1
        countInAll += 1
        let reason = reason()
        if known.insert(reason).inserted { reasons.append(reason) }
        if count == EvaluationLimits.maximumWarnings || countInAll == EvaluationLimits.maximumWarningsInAll {
            reasons.append("further warnings are left out")
        }
    }
}
