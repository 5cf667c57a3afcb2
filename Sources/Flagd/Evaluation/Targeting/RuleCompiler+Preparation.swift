/// What is prepared while compiling: paths, tables of constants, parsed versions, cumulative weights.
extension RuleCompiler {
    /// The node of `var`.
    mutating func variable(_ tape: JSONTape, _ argument: Int, depth: Int) -> RuleNode {
        let effectsBefore = effects
        let (base, isBare) = arguments(tape, argument, depth: depth)
        let hasEffects = effects != effectsBefore
        if !hasEffects && stackHeight > base + 2 { drop(to: base + 2) }
        if stackHeight == base { push(RuleNode(literal: .null)) }
        let path = self[base]
        let isConstant = path.operation == .literal && !(isBare && path.value.kind == .list) && !hasEffects
        guard isConstant, let text = text(of: path.value) else {
            return make(.dynamicVariable, from: base, spreads: isBare)
        }
        let fallback = stackHeight > base + 1 ? self[base + 1] : nil
        drop(to: base)
        return variable(at: text, default: fallback)
    }

    /// The text of a constant; nil when it is too long to be built beforehand.
    private mutating func text(of value: RuleValue) -> ByteView? {
        if value.kind == .text { return value.text }
        var writer = TextWriter(limit: folding.remainingBytes)
        writer.write(value)
        folding.spend(writer.bytes.count)
        guard !writer.isOverLimit else { return nil }
        return unsafe writer.bytes.withUnsafeBufferPointer { unsafe arena.copy(ByteView($0)) }
    }

    private mutating func variable(at path: ByteView, default fallback: RuleNode?) -> RuleNode {
        let parsed = self.path(path)
        let base = stackHeight
        if let fallback { push(fallback) }
        if scope == .flag, parsed.count > 0, parsed[0].key == VariablePath.Segment.flagd {
            return flagdVariable(parsed, path, fallbackFrom: base)
        }
        if fallback == nil, let operation = iterationVariable(parsed) {
            return unsafe RuleNode(operation, scope: scope)
        }
        return make(.variable, from: base, value: parsed.value, work: 1 + path.count >> 3)
    }

    /// What iterations read most: the element, `current` and `accumulator` as they are.
    private func iterationVariable(_ path: VariablePath) -> RuleOperation? {
        switch scope {
        case .element: path.count == 0 ? .element : nil
        case .reduction where path.count == 1 && path[0].key == VariablePath.Segment.current: .element
        case .reduction where path.count == 1 && path[0].key == VariablePath.Segment.accumulator: .accumulator
        case .flag, .reduction: nil
        }
    }

    /// `$flagd`, which flagd's own members fill and nobody overwrites.
    private mutating func flagdVariable(_ parsed: VariablePath, _ path: ByteView, fallbackFrom base: Int) -> RuleNode {
        let fallback = stackHeight > base ? self[base] : RuleNode(literal: .null)
        if parsed.count == 1 {
            drop(to: base)
            push(RuleNode(literal: RuleValue(path)))
            push(fallback)
            return make(.dynamicVariable, from: base)
        }
        drop(to: base)
        guard parsed.count == 2 else { return fallback }
        if parsed[1].key == VariablePath.Segment.flagKey {
            usesFlagKey = true
            return RuleNode(literal: marked(RuleValue(flagKey)))
        }
        return unsafe parsed[1].key == VariablePath.Segment.timestamp ? RuleNode(.timestamp) : fallback
    }

    /// A prepared form of an operator with evaluated arguments; nil when it has none.
    mutating func prepare(_ operation: RuleOperation, _ name: ByteView, base: Int, spreads: Bool) -> RuleNode? {
        let count = stackHeight - base
        switch operation {
        case .equal, .strictEqual, .notEqual, .strictNotEqual:
            return count == 2 && !spreads ? variableEqualsText(operation, base) : nil
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return count == 2 && !spreads ? variableComparedWithNumber(operation, base) : nil
        case .contains: return count == 2 && !spreads ? containedInConstants(base) : nil
        case .semanticVersion:
            checkSemanticVersion(base, spreads: spreads)
            return count == 3 && !spreads ? semanticVersionOfConstant(base) : nil
        case .startsWith, .endsWith:
            checkAffix(name, base, spreads: spreads)
            return count == 2 && !spreads ? variableAffix(operation, base) : nil
        default: return nil
        }
    }

    /// The path of a `var` without default in the scope at hand, and the literal beside it.
    private func pathAndLiteral(_ base: Int) -> (path: RuleNode, literal: RuleValue, isPathLeft: Bool)? {
        let isPathLeft = self[base].operation == .variable
        let (variable, literal) = isPathLeft ? (self[base], self[base + 1]) : (self[base + 1], self[base])
        guard variable.operation == .variable, variable.childCount == 0, variable.scope == scope,
            VariablePath(variable.value).count > 0, literal.operation == .literal
        else { return nil }
        return (variable, literal.value, isPathLeft)
    }

    private mutating func variableEqualsText(_ operation: RuleOperation, _ base: Int) -> RuleNode? {
        guard let (path, literal, _) = pathAndLiteral(base), literal.kind == .text else { return nil }
        let operands = PathAndText(
            path: path.value, text: literal.text, isStrict: operation == .strictEqual || operation == .strictNotEqual,
            isNegated: operation == .notEqual || operation == .strictNotEqual)
        return make(.variableEqualsText, operands, base, path)
    }

    private mutating func variableAffix(_ operation: RuleOperation, _ base: Int) -> RuleNode? {
        guard let (path, literal, isPathLeft) = pathAndLiteral(base), isPathLeft, literal.kind == .text else {
            return nil
        }
        let operands = PathAndText(path: path.value, text: literal.text, isStrict: true, isNegated: false)
        return make(operation == .startsWith ? .variableStartsWithText : .variableEndsWithText, operands, base, path)
    }

    /// A node that needs no children for what its constants say, a path among them.
    private mutating func make<Constant: BitwiseCopyable>(
        _ operation: RuleOperation, _ constant: Constant, _ base: Int, _ path: RuleNode
    ) -> RuleNode {
        drop(to: base)
        return unsafe make(
            operation, from: base, value: RuleValue(address: arena.store(constant), count: 1), work: Int(path.weight))
    }

    private mutating func variableComparedWithNumber(_ operation: RuleOperation, _ base: Int) -> RuleNode? {
        guard let (path, literal, isPathLeft) = pathAndLiteral(base), Comparison.isNumber(literal) else { return nil }
        let comparison = isPathLeft ? operation : RuleCompiler.mirrored(operation)
        let operands = PathAndNumber(path: path.value, number: literal, comparison: comparison)
        return make(.variableComparedWithNumber, operands, base, path)
    }

    /// The comparison that says the same of exchanged operands.
    static func mirrored(_ operation: RuleOperation) -> RuleOperation {
        switch operation {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        default: .lessOrEqual
        }
    }

    private mutating func containedInConstants(_ base: Int) -> RuleNode? {
        let list = self[base + 1]
        guard list.operation == .literal, list.value.kind == .list, self[base].operation != .literal else { return nil }
        let elements = list.value.elements
        guard elements.allSatisfy({ $0.kind != .list && $0.kind != .object }) else { return nil }
        drop(to: base + 1)
        let table = ConstantSet(elements, arena: arena)
        return unsafe make(.containedInConstants, from: base, value: RuleValue(address: arena.store(table), count: 1))
    }

    private mutating func semanticVersionOfConstant(_ base: Int) -> RuleNode? {
        guard self[base].operation != .literal, self[base + 1].operation == .literal,
            self[base + 2].operation == .literal,
            let comparison = SemanticVersionOperator(self[base + 1].value.text),
            let text = versionText(self[base + 2].value), let version = SemanticVersion(text)
        else { return nil }
        let constant = VersionConstant(comparison: comparison, version: version, release: ReleaseVersion(text))
        drop(to: base + 1)
        return unsafe make(
            .semanticVersionOfConstant, from: base, value: RuleValue(address: arena.store(constant), count: 1))
    }

    /// What may be a version: a text, or a number's; nil of anything else.
    mutating func versionText(_ value: RuleValue) -> ByteView? {
        value.kind == .text || Comparison.isNumber(value) ? text(of: value) : nil
    }
}

/// `fractional`.
extension RuleCompiler {
    mutating func fractional(_ tape: JSONTape, _ argument: Int, depth: Int) -> RuleNode {
        let (base, isBare) = arguments(tape, argument, depth: depth)
        let spreads = isBare && maySpreadBuckets(base)
        checkFractional(base, spreads: spreads)
        if !spreads, let prepared = fractionalOfConstants(base) { return prepared }
        return make(.fractional, from: base, spreads: spreads)
    }

    private func maySpreadBuckets(_ base: Int) -> Bool {
        self[base].operation != .literal || self[base].value.kind == .list
    }

    /// The prepared form, when all buckets behind the first argument are constants.
    private mutating func fractionalOfConstants(_ base: Int) -> RuleNode? {
        guard stackHeight > base else { return nil }
        let first = self[base]
        let isBucket = first.operation == .literal && first.value.kind == .list
        // A list that is computed is a bucket, too.
        guard first.operation != .list else { return nil }
        guard first.operation != .literal || isBucket || first.value.kind == .text else { return nil }
        let start = isBucket ? base : base + 1
        let areAllBuckets = first.operation == .literal || first.operation == .cat || first.operation == .substring
        guard let (buckets, total) = constantBuckets(from: start) else { return nil }
        // A value that is surely text or that is none needs no buckets as values any more.
        if areAllBuckets { drop(to: start) }
        let constants = unsafe BucketConstants(
            buckets: arena.copy(buckets), count: buckets.count, total: total, hasValue: !isBucket,
            targetingKey: VariablePath(ByteView("targetingKey"), arena: arena).value)
        return unsafe make(
            .fractionalOfConstants, from: base, value: RuleValue(address: arena.store(constants), count: 1))
    }

    /// The buckets with their cumulative weights; nil when one is no constant, or can never work.
    private func constantBuckets(from start: Int) -> (buckets: [BucketConstants.Bucket], total: UInt64)? {
        var buckets: [BucketConstants.Bucket] = []
        var end: UInt64 = 0
        for position in start..<stackHeight {
            guard self[position].operation == .literal, case .weight(let weight) = checkedBucket(self[position]) else {
                return nil
            }
            end += weight
            buckets.append(BucketConstants.Bucket(variant: marked(self[position].value.elements[0]), end: end))
        }
        return end > 0 && end <= UInt64(Bucketing.maximumWeight) ? (buckets, end) : nil
    }
}
