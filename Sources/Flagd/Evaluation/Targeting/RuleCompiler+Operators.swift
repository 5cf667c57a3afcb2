/// One case for each operator: how its arguments are compiled, and what of it is prepared.
extension RuleCompiler {
    /// Operators by name, each with the operation of its general form.
    static func operation(_ name: ByteView) -> RuleOperation? {
        // Every operator's name fits 16 bytes: comparing strings here would cost more than compiling the rule.
        switch name.count {
        case 1:
            switch name[0] {
            case UInt8(ascii: "<"): return .less
            case UInt8(ascii: ">"): return .greater
            case UInt8(ascii: "+"): return .add
            case UInt8(ascii: "-"): return .subtract
            case UInt8(ascii: "*"): return .multiply
            case UInt8(ascii: "/"): return .divide
            case UInt8(ascii: "%"): return .remainder
            case UInt8(ascii: "!"): return .not
            default: return nil
            }
        default: return names.first { $0.name == name }?.operation
        }
    }

    private static let names: [(name: ByteView, operation: RuleOperation)] = [
        (ByteView("if"), .conditional), (ByteView("=="), .equal), (ByteView("var"), .variable),
        (ByteView("in"), .contains), (ByteView("and"), .and), (ByteView("or"), .or),
        (ByteView("fractional"), .fractional), (ByteView("!="), .notEqual), (ByteView("==="), .strictEqual),
        (ByteView("!=="), .strictNotEqual), (ByteView("<="), .lessOrEqual), (ByteView(">="), .greaterOrEqual),
        (ByteView("starts_with"), .startsWith), (ByteView("ends_with"), .endsWith),
        (ByteView("sem_ver"), .semanticVersion), (ByteView("cat"), .cat), (ByteView("?:"), .conditional),
        (ByteView("!!"), .truth), (ByteView("max"), .maximum), (ByteView("min"), .minimum),
        (ByteView("substr"), .substring), (ByteView("merge"), .merge), (ByteView("missing"), .missing),
        (ByteView("missing_some"), .missingSome), (ByteView("map"), .map), (ByteView("filter"), .filter),
        (ByteView("reduce"), .reduce), (ByteView("all"), .all), (ByteView("none"), .none), (ByteView("some"), .some),
        (ByteView("log"), .log),
    ]

    /// The node of an operator whose argument stands at an index; the operator's own bracket has the given number.
    mutating func operation(named name: ByteView, _ tape: JSONTape, _ argument: Int, depth: Int) -> RuleNode {
        guard let operation = RuleCompiler.operation(name) else {
            noteEffect()
            warn("the operator '\(name.excerpt)' is unknown")
            // Nobody evaluates the arguments, but what they refer to has to be there.
            drop(to: arguments(tape, argument, depth: depth).base)
            return unsafe RuleNode(.unknown, value: RuleValue(name))
        }
        switch operation {
        case .variable: return variable(tape, argument, depth: depth)
        case .conditional: return conditional(tape, argument, depth: depth)
        case .and, .or: return junction(operation, tape, argument, depth: depth)
        case .map, .filter, .reduce, .all, .none, .some: return iteration(operation, tape, argument, depth: depth)
        case .not, .truth, .log: return single(operation, tape, argument, depth: depth)
        case .fractional: return fractional(tape, argument, depth: depth)
        default: return eager(operation, name, tape, argument, depth: depth)
        }
    }

    /// Compiles an operator's arguments onto the stack: its list, or the one bare argument.
    ///
    /// - Returns: the stack's height before, and whether the argument was bare.
    mutating func arguments(_ tape: JSONTape, _ index: Int, depth: Int) -> (base: Int, isBare: Bool) {
        switch tape[index] {
        case .array(let count, _):
            guard checkedDepth(depth + 1) else {
                fail("its rule has more than \(JSONLimits.maximumDepth) open brackets")
                return (stackHeight, false)
            }
            return (compileElements(tape, index, count: count, depth: depth + 2), false)
        case .object:
            if let (name, argument) = tape.onlyMember(of: index), name == ByteView("$ref"), !isBare,
                let target = tape.text(at: argument)
            {
                return substituting(target, default: (stackHeight, false)) {
                    $0.arguments($1, $2, depth: depth)
                }
            }
        case .scalar: break
        }
        let base = stackHeight
        push(compile(tape, index, depth: depth + 1))
        return (base, true)
    }

    /// Whether a bare argument may turn out to be a list, which then is the argument list.
    private func maySpread(_ base: Int) -> Bool {
        let node = self[base]
        switch node.operation {
        case .literal: return node.value.kind == .list
        case .variable, .dynamicVariable, .list, .conditional, .dispatch, .and, .or, .merge, .map, .filter, .reduce,
            .missing, .missingSome, .log, .unknown:
            return true
        default: return false
        }
    }

    private mutating func eager(
        _ operation: RuleOperation, _ name: ByteView, _ tape: JSONTape, _ argument: Int, depth: Int
    ) -> RuleNode {
        let effectsBefore = effects
        let (base, isBare) = arguments(tape, argument, depth: depth)
        let spreads = isBare && maySpread(base)
        if !spreads && effects == effectsBefore { dropSurplus(of: operation, above: base) }
        if let prepared = prepare(operation, name, base: base, spreads: spreads) { return prepared }
        let reads = operation == .missing || operation == .missingSome
        let canFold = areLiterals(from: base) && !reads
        let node = make(operation, from: base, spreads: spreads)
        return canFold ? folded(node) : node
    }

    /// Arguments behind those that an operator looks at; they may go when nobody notices their evaluation.
    private mutating func dropSurplus(of operation: RuleOperation, above base: Int) {
        let used: Int
        switch operation {
        case .equal, .notEqual, .strictEqual, .strictNotEqual, .contains, .remainder, .missingSome: used = 2
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .substring: used = 3
        default: return
        }
        if stackHeight > base + used { drop(to: base + used) }
    }

    private mutating func single(
        _ operation: RuleOperation, _ tape: JSONTape, _ argument: Int, depth: Int
    ) -> RuleNode {
        let effectsBefore = effects
        let (base, _) = arguments(tape, argument, depth: depth)
        if effects == effectsBefore && stackHeight > base + 1 { drop(to: base + 1) }
        if operation == .log { noteEffect() }
        let canFold = operation != .log && areLiterals(from: base)
        let node = make(operation, from: base)
        return canFold ? folded(node) : node
    }

    private mutating func junction(
        _ operation: RuleOperation, _ tape: JSONTape, _ argument: Int, depth: Int
    ) -> RuleNode {
        let (base, _) = arguments(tape, argument, depth: depth)
        let canFold = areLiterals(from: base)
        let node = make(operation, from: base)
        return canFold ? folded(node) : node
    }

    private mutating func iteration(
        _ operation: RuleOperation, _ tape: JSONTape, _ argument: Int, depth: Int
    ) -> RuleNode {
        let base = stackHeight
        guard case .array(let count, _) = tape[argument] else {
            if let (name, target) = tape.onlyMember(of: argument), name == ByteView("$ref"), !isBare,
                let target = tape.text(at: target)
            {
                return substituting(target, default: RuleNode(literal: .null)) {
                    $0.iteration(operation, $1, $2, depth: depth)
                }
            }
            push(compile(tape, argument, depth: depth + 1))
            return make(operation, from: base)
        }
        var next = argument + 1
        for position in 0..<count {
            if position == 1 {
                let node = withScope(operation == .reduce ? .reduction : .element) { [next] in
                    $0.compile(tape, next, depth: depth + 2)
                }
                push(node)
            } else {
                push(compile(tape, next, depth: depth + 2))
            }
            next = tape.end(of: next)
        }
        return make(operation, from: base, value: kernel(operation, base))
    }

    /// The kernel of an iteration's body, in the arena; null when it has none.
    private func kernel(_ operation: RuleOperation, _ base: Int) -> RuleValue {
        guard stackHeight > base + 1 else { return .null }
        let body = self[base + 1]
        let kernel =
            operation == .reduce ? IterationKernel(reductionBody: body) : IterationKernel(elementBody: body)
        return kernel.map { unsafe RuleValue(address: arena.store($0), count: 1) } ?? .null
    }
}
