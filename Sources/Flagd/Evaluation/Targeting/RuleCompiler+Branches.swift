/// `if`, `?:` and the chains of comparisons that become tables.
extension RuleCompiler {
    /// Chains of at least so many comparisons of one path with constant texts become a table.
    private static let dispatchThreshold = 4

    /// `if` with its else-branches that are `if` again drawn into one chain.
    mutating func conditional(_ tape: JSONTape, _ argument: Int, depth: Int) -> RuleNode {
        let base = stackHeight
        chain(tape, argument, depth: depth)
        simplify(from: base)
        if stackHeight == base { return RuleNode(literal: .null) }
        if stackHeight == base + 1 {
            let only = self[base]
            drop(to: base)
            return only
        }
        if let table = dispatchTable(from: base) { return make(.dispatch, from: base, value: table) }
        return make(.conditional, from: base)
    }

    /// Compiles conditions and branches in turn onto the stack, following the last branch into an `if`.
    private mutating func chain(_ tape: JSONTape, _ argument: Int, depth: Int) {
        guard case .array(let count, _) = tape[argument] else {
            if let (name, target) = tape.onlyMember(of: argument), name == ByteView("$ref"), !isBare,
                let target = tape.text(at: target)
            {
                substituting(target, default: ()) { $0.chain($1, $2, depth: depth) }
            } else {
                push(compile(tape, argument, depth: depth + 1))
            }
            return
        }
        guard checkedDepth(depth + 1) else {
            return fail("its rule has more than \(JSONLimits.maximumDepth) open brackets")
        }
        var next = argument + 1
        for position in 0..<count {
            if position == count - 1 && count & 1 == 1 && count > 1, let inner = innerConditional(tape, next) {
                guard checkedDepth(depth + 2) else {
                    return fail("its rule has more than \(JSONLimits.maximumDepth) open brackets")
                }
                return chain(tape, inner, depth: depth + 2)
            }
            push(compile(tape, next, depth: depth + 2))
            next = tape.end(of: next)
        }
    }

    /// The argument of the `if` at an index, when one is there.
    private func innerConditional(_ tape: JSONTape, _ index: Int) -> Int? {
        guard let (name, argument) = tape.onlyMember(of: index) else { return nil }
        return name == ByteView("if") || name == ByteView("?:") ? argument : nil
    }

    /// Drops branches that constants decide.
    private mutating func simplify(from base: Int) {
        let nodes = (base..<stackHeight).map { self[$0] }
        guard stride(from: 0, to: nodes.count - 1, by: 2).contains(where: { nodes[$0].operation == .literal }) else {
            return
        }
        drop(to: base)
        var index = 0
        while index < nodes.count {
            let condition = nodes[index]
            if index + 1 == nodes.count {
                push(condition)
            } else if condition.operation != .literal {
                push(condition)
                push(nodes[index + 1])
            } else if condition.value.isTruthy {
                push(nodes[index + 1])
                return
            }
            index += 2
        }
    }

    /// The table of a chain whose conditions all compare one path with a constant text.
    private mutating func dispatchTable(from base: Int) -> RuleValue? {
        let count = stackHeight - base
        guard count / 2 >= RuleCompiler.dispatchThreshold else { return nil }
        var texts: [RuleValue] = []
        var first: PathAndText?
        for position in stride(from: base, to: base + count - 1, by: 2) {
            let condition = self[position]
            guard condition.operation == .variableEqualsText, condition.scope == scope else { return nil }
            let operands = unsafe condition.constant(PathAndText.self).pointee
            guard !operands.isNegated else { return nil }
            if let first, !VariablePath(first.path).isSame(as: VariablePath(operands.path)) { return nil }
            first = first ?? operands
            texts.append(RuleValue(operands.text))
        }
        guard let first else { return nil }
        let list = unsafe ValueList(arena.copy(texts), count: texts.count)
        let table = DispatchTable(path: first.path, texts: ConstantSet(list, arena: arena))
        return unsafe RuleValue(address: arena.store(table), count: 1)
    }
}

extension VariablePath {
    /// Whether both have the same segments.
    func isSame(as other: VariablePath) -> Bool {
        count == other.count && (0..<count).allSatisfy { self[$0].key == other[$0].key }
    }
}
