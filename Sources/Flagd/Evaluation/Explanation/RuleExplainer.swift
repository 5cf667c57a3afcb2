/// Where a part of a rule stands: in the flag, or in an evaluator.
struct RulePlace {
    let tape: JSONTape
    let index: Int

    /// The same tape elsewhere.
    func at(_ index: Int) -> RulePlace { RulePlace(tape: tape, index: index) }
}

/// Which data `var` reads at a place.
struct RuleFrame {
    var scope = RuleScope.flag
    var element = RuleValue.null
    var accumulator = RuleValue.null
}

/// Walks a rule as it is written and explains what is evaluated.
///
/// It evaluates nothing itself: the value of every part comes from the compiler and the machine that evaluate flags, so that an
/// explanation cannot differ from an evaluation.
struct RuleExplainer {
    let context: ObjectTable
    let enrichment: ObjectTable
    let flagKey: RuleValue
    let timestamp: Int64
    let fractionalVersion: FractionalVersion
    private(set) var evaluators: RuleEvaluators?
    /// Whether nothing was left out.
    private(set) var isComplete = true
    private var remainingSteps = ExplanationLimits.maximumSteps
    private var remainingWork: Int
    private var depth = 0

    init(
        context: ObjectTable, enrichment: ObjectTable, flagKey: RuleValue, timestamp: Int64,
        fractionalVersion: FractionalVersion, evaluators: RuleEvaluators?, maximumWork: Int
    ) {
        self.context = context
        self.enrichment = enrichment
        self.flagKey = flagKey
        self.timestamp = timestamp
        self.fractionalVersion = fractionalVersion
        self.evaluators = evaluators
        remainingWork = maximumWork
    }

    /// A step, and what those around it have to know.
    struct Explained {
        let step: Explanation.Step
        /// Whether its value is true to a condition.
        let isTruthy: Bool
        /// Whether the evaluation ended in it.
        let hasStopped: Bool
    }

    /// What is shown of a value.
    private struct Measured {
        let value: Value?
        let isTruthy: Bool
        let notes: [String]
    }

    /// What a kind of step is made of.
    struct Body {
        var subject: Explanation.Subject
        var notes: [String] = []
        var steps: [Explanation.Step] = []
    }

    /// The step of a part of the rule; nil when a limit is reached.
    mutating func explain(_ place: RulePlace, _ frame: RuleFrame, role: String? = nil) -> Explained? {
        guard takeStep(), let measured = measure(place, frame) else {
            isComplete = false
            return nil
        }
        depth += 1
        defer { depth -= 1 }
        let hasStopped = measured.value == nil
        let body = body(place, frame, hasStopped: hasStopped)
        let step = Explanation.Step(
            subject: body.subject, role: role, value: measured.value, notes: measured.notes + body.notes,
            steps: body.steps)
        return Explained(step: step, isTruthy: measured.isTruthy, hasStopped: hasStopped)
    }

    /// Counts a step; false when there are too many.
    mutating func takeStep() -> Bool {
        remainingSteps -= 1
        return remainingSteps >= 0
    }

    /// Says that something is not shown.
    mutating func noteIncomplete() { isComplete = false }

    private mutating func measure(_ place: RulePlace, _ frame: RuleFrame) -> Measured? {
        let measured = evaluate(place, frame) { explainer, machine, value -> Measured? in
            if machine.stop == .unknownOperator {
                let name = machine.stopName.string
                return Measured(value: nil, isTruthy: false, notes: ["reaches the unknown operator '\(name)'"])
            }
            if machine.hasStopped {
                return Measured(value: nil, isTruthy: false, notes: ["needs more than EvaluationLimits allow"])
            }
            var excerpt = ValueExcerpt()
            let shown = excerpt.value(value)
            var notes: [String] = []
            if value.isFailed { notes.append("the operation failed") }
            if excerpt.isCut {
                notes.append("the value is cut")
                explainer.isComplete = false
            }
            return Measured(value: shown, isTruthy: value.isTruthy, notes: notes)
        }
        return measured ?? nil
    }

    /// Compiles and evaluates a part of the rule; nil when the work for all of them is used up.
    ///
    /// What the value refers to lives until the closure returns.
    mutating func evaluate<Result>(
        _ place: RulePlace, _ frame: RuleFrame,
        _ body: (inout RuleExplainer, inout RuleMachine, RuleValue) -> Result
    ) -> Result? {
        guard remainingWork > 0 else { return nil }
        remainingWork -= size(of: place)
        let arena = Arena()
        defer { withExtendedLifetime(arena) {} }
        var compiler = RuleCompiler(arena: arena, fractionalVersion: fractionalVersion, isBare: false)
        compiler.evaluators = evaluators
        compiler.begin(flagKey: flagKey.text, variants: .empty)
        guard let node = compiler.withScope(frame.scope, { $0.compileRule(place.tape, at: place.index) }) else {
            return nil
        }
        var machine = unsafe RuleMachine(
            context: context, enrichment: enrichment, flagKey: flagKey, timestamp: timestamp,
            fractionalVersion: fractionalVersion,
            scratch: Scratch(UnsafeMutableRawBufferPointer(start: nil, count: 0)))
        machine.element = frame.element
        machine.accumulator = frame.accumulator
        let value = machine.evaluate(node)
        remainingWork -= EvaluationLimits.maximumSteps - max(machine.remainingSteps, 0)
        let result = body(&self, &machine, value)
        machine.scratch.free()
        return result
    }

    /// How many nodes stand at a place when all references are followed: what compiling it takes.
    private mutating func size(of place: RulePlace) -> Int {
        var size = 0
        for index in place.index..<place.tape.end(of: place.index) {
            size += place.tape.size(at: index)
            if let name = place.tape.reference(at: index) { size += evaluators?.expandedSize(of: name) ?? 0 }
        }
        return size
    }
}

/// What each kind of step consists of.
extension RuleExplainer {
    private mutating func body(_ place: RulePlace, _ frame: RuleFrame, hasStopped: Bool) -> Body {
        guard depth <= ExplanationLimits.maximumDepth else {
            noteIncomplete()
            return Body(subject: subject(of: place), notes: ["the steps in it are not shown"])
        }
        switch place.tape[place.index] {
        case .scalar: return Body(subject: .literal)
        case .array: return list(place, frame)
        case .object:
            guard let (name, argument) = place.tape.onlyMember(of: place.index) else { return Body(subject: .literal) }
            if let target = place.tape.reference(at: place.index) { return reference(target, frame) }
            return operation(name.string, place.at(argument), frame, hasStopped: hasStopped)
        }
    }

    /// What a step is about whose parts are not shown.
    private func subject(of place: RulePlace) -> Explanation.Subject {
        if let target = place.tape.reference(at: place.index) { return .reference(target.string) }
        if let (name, _) = place.tape.onlyMember(of: place.index) { return .operation(name.string) }
        return place.tape.kind(at: place.index) == .list ? .list : .literal
    }

    private mutating func list(_ place: RulePlace, _ frame: RuleFrame) -> Body {
        guard isComputed(place) else { return Body(subject: .literal) }
        var body = Body(subject: .list)
        explainAll(place.tape.elements(of: place.index).map { place.at($0) }, frame, into: &body)
        return body
    }

    private mutating func reference(_ name: ByteView, _ frame: RuleFrame) -> Body {
        var body = Body(subject: .reference(name.string))
        guard let (tape, index) = evaluators?.find(name) else { return body }
        _ = explain(RulePlace(tape: tape, index: index), frame, into: &body)
        return body
    }

    private mutating func operation(
        _ name: String, _ argument: RulePlace, _ frame: RuleFrame, hasStopped: Bool
    ) -> Body {
        switch name {
        case "if", "?:": return conditional(name, arguments(argument), frame)
        case "and", "or": return junction(name, arguments(argument), frame)
        case "var": return variable(arguments(argument), frame)
        case "fractional": return fractional(argument, frame)
        case "map", "filter", "reduce", "all", "none", "some": return iteration(name, arguments(argument), frame)
        default: return eager(name, arguments(argument), frame, hasStopped: hasStopped)
        }
    }

    /// Explains a part and appends its step; nil when a limit is reached.
    mutating func explain(
        _ place: RulePlace, _ frame: RuleFrame, role: String? = nil, into body: inout Body
    ) -> Explained? {
        guard let explained = explain(place, frame, role: role) else { return nil }
        body.steps.append(explained.step)
        return explained
    }

    /// Explains parts that are all evaluated, up to the one in which the evaluation ends.
    mutating func explainAll(_ places: [RulePlace], _ frame: RuleFrame, into body: inout Body) {
        for place in places.prefix(ExplanationLimits.maximumElements) {
            guard let explained = explain(place, frame, into: &body), !explained.hasStopped else { return }
        }
        noteHidden(places.count - ExplanationLimits.maximumElements, "argument", in: &body)
    }

    /// Says how many more there are than are shown.
    mutating func noteHidden(_ count: Int, _ noun: String, in body: inout Body) {
        guard count > 0 else { return }
        noteIncomplete()
        body.notes.append("not shown: \(count) more \(noun)\(count == 1 ? "" : "s")")
    }
}
