/// An operator's arguments as they stand in the rule.
struct RuleArguments {
    var places: [RulePlace]
    /// Whether there is one, not in a list.
    let isBare: Bool
    /// The evaluators that stand for the arguments.
    let references: [String]

    /// What to know about them.
    var notes: [String] { references.map { "its arguments are the evaluator '\($0)'" } }
}

/// The operators that are explained by their arguments.
extension RuleExplainer {
    /// The arguments that stand at a place, which may be an evaluator's.
    func arguments(_ argument: RulePlace) -> RuleArguments {
        var place = argument
        var references: [String] = []
        while references.count <= EvaluationLimits.maximumReferenceDepth,
            let name = place.tape.reference(at: place.index), let target = evaluators?.find(name)
        {
            references.append(name.string)
            place = RulePlace(tape: target.tape, index: target.index)
        }
        guard case .array = place.tape[place.index] else {
            return RuleArguments(places: [place], isBare: true, references: references)
        }
        let places = place.tape.elements(of: place.index).map { place.at($0) }
        return RuleArguments(places: places, isBare: false, references: references)
    }

    /// `if` and `?:`: conditions up to the first that holds, and its branch.
    mutating func conditional(_ name: String, _ arguments: RuleArguments, _ frame: RuleFrame) -> Body {
        var body = Body(subject: .operation(name), notes: arguments.notes)
        let places = arguments.places
        var index = 0
        while index + 1 < places.count {
            let role = "condition \(index / 2 + 1)"
            guard let condition = explain(places[index], frame, role: role, into: &body), !condition.hasStopped else {
                return body
            }
            if condition.isTruthy {
                _ = explain(places[index + 1], frame, role: "then", into: &body)
                return body
            }
            index += 2
        }
        if index < places.count {
            _ = explain(places[index], frame, role: "else", into: &body)
        } else {
            body.notes.append("no condition holds, and there is no else")
        }
        return body
    }

    /// `and` and `or`: arguments up to the one that decides.
    mutating func junction(_ name: String, _ arguments: RuleArguments, _ frame: RuleFrame) -> Body {
        var body = Body(subject: .operation(name), notes: arguments.notes)
        let deciding = name == "or"
        for (index, place) in arguments.places.enumerated() {
            guard let explained = explain(place, frame, into: &body), !explained.hasStopped else { return body }
            guard explained.isTruthy == deciding else { continue }
            let rest = arguments.places.count - index - 1
            if rest > 0 { body.notes.append("decided; not evaluated: \(rest) more") }
            return body
        }
        return body
    }

    /// An operator whose arguments are all evaluated; surplus ones only matter when the evaluation ends in one.
    mutating func eager(
        _ name: String, _ arguments: RuleArguments, _ frame: RuleFrame, hasStopped: Bool
    ) -> Body {
        var body = Body(subject: .operation(name), notes: arguments.notes)
        guard RuleCompiler.isOperator(name) else { return body }
        let places = arguments.places
        let used = arguments.isBare || hasStopped ? places.count : usedArguments(name)
        explainAll(Array(places.prefix(used)), frame, into: &body)
        return body
    }

    private func usedArguments(_ name: String) -> Int {
        switch name {
        case "!", "!!", "log": 1
        case "==", "===", "!=", "!==", "in", "%", "missing_some": 2
        case "<", "<=", ">", ">=", "substr": 3
        default: .max
        }
    }
}

/// `var`.
extension RuleExplainer {
    /// What reading a path found.
    private struct Reading {
        let path: String
        let isFound: Bool
        /// Whether the path came from a list that a bare argument gave, which then holds the default too.
        let isSpread: Bool
        let hasSpreadDefault: Bool
        let isCut: Bool
    }

    mutating func variable(_ arguments: RuleArguments, _ frame: RuleFrame) -> Body {
        let reading = read(arguments, frame)
        guard let reading else {
            var body = Body(subject: .operation("var"), notes: arguments.notes)
            explainAll(Array(arguments.places.prefix(1)), frame, into: &body)
            return body
        }
        if reading.isCut { noteIncomplete() }
        let fallback = !reading.isSpread && !arguments.isBare && arguments.places.count > 1
        let usesDefault = !reading.isFound && (reading.isSpread ? reading.hasSpreadDefault : fallback)
        var body = Body(
            subject: .variable(path: reading.path, isFound: reading.isFound, usesDefault: usesDefault),
            notes: arguments.notes)
        if let path = arguments.places.first, isComputed(path),
            explain(path, frame, role: "path", into: &body)?.hasStopped != false
        {
            return body
        }
        if fallback && !reading.isFound { _ = explain(arguments.places[1], frame, role: "default", into: &body) }
        return body
    }

    /// Looks a path up; nil when the evaluation ends in computing it, or a limit is reached.
    private mutating func read(_ arguments: RuleArguments, _ frame: RuleFrame) -> Reading? {
        guard let place = arguments.places.first else {
            // Without arguments it is all data.
            let isFound = frame.scope != .element || !frame.element.isNull
            return Reading(path: "", isFound: isFound, isSpread: false, hasSpreadDefault: false, isCut: false)
        }
        let reading = evaluate(place, frame) { explainer, machine, value -> Reading? in
            guard !machine.hasStopped else { return nil }
            let isSpread = arguments.isBare && value.kind == .list
            let list = value.elements
            let path = isSpread ? (list.first ?? .null) : value
            let text = machine.text(of: path)
            let found = machine.lookUp(text, scope: frame.scope) ?? .null
            guard !machine.hasStopped else { return nil }
            var excerpt = ValueExcerpt()
            return Reading(
                path: excerpt.text(text), isFound: !found.isNull, isSpread: isSpread,
                hasSpreadDefault: list.count > 1, isCut: excerpt.isCut)
        }
        return reading ?? nil
    }

    /// Whether there is more to a place than a value as it stands.
    func isComputed(_ place: RulePlace) -> Bool {
        (place.index..<place.tape.end(of: place.index)).contains { place.tape.onlyMember(of: $0) != nil }
    }
}

extension RuleCompiler {
    /// Whether there is an operator of a name.
    static func isOperator(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { unsafe operation(ByteView($0)) != nil }
    }
}
