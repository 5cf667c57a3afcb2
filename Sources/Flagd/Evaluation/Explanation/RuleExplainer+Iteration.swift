/// `map`, `filter`, `reduce`, `all`, `none` and `some`.
extension RuleExplainer {
    mutating func iteration(_ name: String, _ arguments: RuleArguments, _ frame: RuleFrame) -> Body {
        var body = Body(subject: .operation(name), notes: arguments.notes)
        let places = arguments.places
        guard let list = places.first, let explained = explain(list, frame, role: "list", into: &body),
            !explained.hasStopped
        else { return body }
        // The elements live until the closure returns.
        let walked: Void? = evaluate(list, frame) { explainer, _, value in
            if value.kind != .list { body.notes.append("there is no list") }
            if name == "reduce" {
                explainer.reduce(value, places, frame, into: &body)
            } else if places.count > 1 {
                explainer.each(value.elements, name, places[1], into: &body)
            }
        }
        if walked == nil { noteIncomplete() }
        return body
    }

    /// The iteration's body for one element after the other, up to the one that decides.
    private mutating func each(_ elements: ValueList, _ name: String, _ place: RulePlace, into body: inout Body) {
        for (index, element) in elements.prefix(ExplanationLimits.maximumElements).enumerated() {
            let frame = RuleFrame(scope: .element, element: element)
            guard let explained = explainElement(index, element, place, frame, into: &body), !explained.hasStopped
            else {
                return
            }
            let rest = elements.count - index - 1
            if decides(name, explained.isTruthy) {
                if rest > 0 { body.notes.append("decided; not evaluated: \(rest) more") }
                return
            }
        }
        noteHidden(elements.count - ExplanationLimits.maximumElements, "element", in: &body)
    }

    private func decides(_ name: String, _ isTruthy: Bool) -> Bool {
        switch name {
        case "all": !isTruthy
        case "some", "none": isTruthy
        default: false
        }
    }

    private mutating func reduce(
        _ list: RuleValue, _ places: [RulePlace], _ frame: RuleFrame, into body: inout Body
    ) {
        let arena = Arena()
        defer { withExtendedLifetime(arena) {} }
        var accumulator: RuleValue? = .null
        if places.count > 2 {
            guard let initial = explain(places[2], frame, role: "initial", into: &body), !initial.hasStopped else {
                return
            }
            accumulator = kept(places[2], frame, arena)
        }
        guard list.kind == .list, places.count > 1 else { return }
        for (index, element) in list.elements.prefix(ExplanationLimits.maximumElements).enumerated() {
            guard let current = accumulator else { return noteHidden(list.count - index, "element", in: &body) }
            let inner = RuleFrame(scope: .reduction, element: element, accumulator: current)
            guard let explained = explainElement(index, element, places[1], inner, into: &body), !explained.hasStopped
            else { return }
            accumulator = kept(places[1], inner, arena)
        }
        noteHidden(list.count - ExplanationLimits.maximumElements, "element", in: &body)
    }

    /// A value copied so that it outlives its evaluation; nil when it is too large for that.
    private mutating func kept(_ place: RulePlace, _ frame: RuleFrame, _ arena: Arena) -> RuleValue? {
        let copy = evaluate(place, frame) { _, machine, value -> RuleValue? in
            machine.remainingSteps = min(machine.remainingSteps, RuleExplainer.keptSteps)
            return machine.canWalk(value) ? value.asData.copied(into: arena) : nil
        }
        return copy ?? nil
    }

    /// The steps that looking at all of a reduction's accumulator may take.
    private static var keptSteps: Int { 100_000 }

    /// The step of an element around that of the iteration's body.
    private mutating func explainElement(
        _ index: Int, _ element: RuleValue, _ place: RulePlace, _ frame: RuleFrame, into body: inout Body
    ) -> Explained? {
        guard takeStep() else {
            noteIncomplete()
            return nil
        }
        guard let explained = explain(place, frame) else { return nil }
        var excerpt = ValueExcerpt()
        let shown = excerpt.value(element)
        if excerpt.isCut { noteIncomplete() }
        body.steps.append(
            Explanation.Step(
                subject: .element(shown), role: "element \(index)", value: explained.step.value,
                notes: excerpt.isCut ? ["the element is cut"] : [], steps: [explained.step]))
        return explained
    }
}
