/// Explains a flag: its state, its rule and what becomes of the rule's result.
struct FlagExplainer {
    private let set: FlagSet
    private let options: EvaluationOptions
    private let context: EvaluationContext?
    private let timestamp: Int64
    private let details: ResolutionDetails<Value>
    private let maximumWork: Int
    private(set) var steps: [Explanation.Step] = []
    private(set) var isComplete = true

    /// - Parameter details: what the evaluation gave, from the same set, context and time.
    init(
        set: FlagSet, options: EvaluationOptions, context: EvaluationContext?, timestamp: Int64,
        details: ResolutionDetails<Value>, maximumWork: Int
    ) {
        self.set = set
        self.options = options
        self.context = context
        self.timestamp = timestamp
        self.details = details
        self.maximumWork = maximumWork
    }

    /// Takes the steps of a flag.
    mutating func explain(_ flagKey: String) {
        var key = flagKey
        guard let position = key.withUTF8({ unsafe set.tables.find(ByteView($0)) }) else {
            add("the flag is not among the \(set.count) of the set")
            return
        }
        let record = set.tables.record(position)
        let detail = set.details[position]
        let arena = Arena()
        let tape = JSONTape(parsing: detail.raw, arena: arena)
        let members = FlagMembers(tape)
        switch record.state {
        case .disabled:
            add("state DISABLED: neither rule nor variants are looked at")
            outcome(hasRule: false)
        case .unusable:
            add("the flag cannot be used: \(set.unusableReasons[position] ?? "")")
            outcome(hasRule: false)
        case .enabled:
            add("state \(stateText(members, tape))")
            if unsafe record.rule != nil, let targeting = members?.targeting {
                explainRule(RulePlace(tape: tape, index: targeting), record, detail)
            } else {
                add("no rule")
                outcome(hasRule: false)
            }
        }
        withExtendedLifetime(arena) {}
    }

    private func stateText(_ members: FlagMembers?, _ tape: JSONTape) -> String {
        guard let text = members?.state.flatMap({ tape.text(at: $0) }) else { return "ENABLED, for want of another" }
        return text == ByteView("ENABLED") ? "ENABLED" : "'\(text.string)', which means ENABLED"
    }

    private mutating func explainRule(_ rule: RulePlace, _ record: FlagRecord, _ detail: FlagDetail) {
        let arena = Arena()
        defer { withExtendedLifetime((arena, set)) {} }
        var evaluators: RuleEvaluators?
        if detail.usesEvaluators {
            let text = set.payloads[detail.payload].evaluatorsText
            evaluators = RuleEvaluators(JSONTape(parsing: text, arena: arena), arena: arena)
        }
        var explainer = RuleExplainer(
            context: context?.table ?? .empty, enrichment: set.tables.enrichment, flagKey: RuleValue(detail.key),
            timestamp: timestamp, fractionalVersion: options.fractionalVersion, evaluators: evaluators,
            maximumWork: maximumWork)
        let explained = explainer.explain(rule, RuleFrame(), role: "rule")
        if let explained { steps.append(explained.step) }
        isComplete = explainer.isComplete
        outcome(hasRule: true)
    }

    /// What the value comes from.
    private mutating func outcome(hasRule: Bool) {
        if let message = details.errorMessage { return add(message) }
        switch (details.reason, details.variant) {
        case (.default, let variant?): add("the rule gives null: the default variant '\(variant)'")
        case (.default, nil):
            add((hasRule ? "the rule gives null, and there is " : "") + "no default variant: the caller's default")
        case (.disabled, _): add("the caller's default")
        case (_, let variant?): add(hasRule ? "the variant '\(variant)'" : "the default variant '\(variant)'")
        case (_, nil): break
        }
    }

    private mutating func add(_ fact: String) { steps.append(Explanation.Step(fact: fact)) }
}

extension Explanation.Step {
    /// A step that is told in words.
    init(fact: String) { self.init(subject: .fact(fact), role: nil, value: nil, notes: [], steps: []) }
}

extension JSONTape {
    /// The tape of a text that was parsed before; empty when it is none.
    init(parsing text: ByteView, arena: Arena) {
        var parser = JSONParser(text, arena: arena)
        self.init()
        if text.isEmpty || (try? parser.value(onto: &self)) == nil { removeAll() }
    }
}
