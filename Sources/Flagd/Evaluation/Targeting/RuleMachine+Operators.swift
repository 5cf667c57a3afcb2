/// The operators whose arguments are all evaluated first.
extension RuleMachine {
    mutating func eager(_ reference: RuleNodeReference) -> RuleValue {
        guard reference.isPair else { return manyArguments(reference.node) }
        let (left, right) = pair(reference)
        if reference.operation == .cat, left.kind == .text, right.kind == .text { return join(left.text, right.text) }
        return binary(reference.operation, left, right) ?? ofPair(reference, left, right)
    }

    /// The two arguments of an operator.
    @inline(__always) mutating func pair(_ reference: RuleNodeReference) -> (RuleValue, RuleValue) {
        let left = operand(reference.child(0))
        let right = operand(reference.child(1))
        read(left)
        read(right)
        return (left, right)
    }

    /// Any operator on two arguments.
    @inline(never)
    mutating func ofPair(_ reference: RuleNodeReference, _ left: RuleValue, _ right: RuleValue) -> RuleValue {
        unsafe withUnsafeTemporaryAllocation(of: RuleValue.self, capacity: 2) { buffer in
            unsafe buffer.initializeElement(at: 0, to: left)
            unsafe buffer.initializeElement(at: 1, to: right)
            return unsafe apply(reference.node, ValueList(buffer))
        }
    }

    /// An operator of any but two arguments, or of a list that gives them.
    @inline(never) private mutating func manyArguments(_ node: RuleNode) -> RuleValue {
        if node.spreads {
            let argument = evaluate(node.child(0))
            if argument.kind == .list { return readAndApply(node, argument.elements) }
            return ValueList.withOne(argument) { readAndApply(node, $0) }
        }
        let count = Int(node.childCount)
        return unsafe withUnsafeTemporaryAllocation(of: RuleValue.self, capacity: count) { buffer in
            for index in 0..<count { unsafe buffer.initializeElement(at: index, to: evaluate(node.child(index))) }
            return unsafe readAndApply(node, ValueList(buffer))
        }
    }

    private mutating func readAndApply(_ node: RuleNode, _ arguments: ValueList) -> RuleValue {
        for argument in arguments { read(argument) }
        return apply(node, arguments)
    }

    /// Operators of two plain values; nil when the operation is none of them.
    @inline(__always)
    mutating func binary(_ operation: RuleOperation, _ left: RuleValue, _ right: RuleValue) -> RuleValue? {
        switch operation {
        case .equal: return RuleValue(Comparison.looselyEqual(left, right, &remainingSteps))
        case .notEqual: return RuleValue(!Comparison.looselyEqual(left, right, &remainingSteps))
        case .strictEqual: return RuleValue(Comparison.strictlyEqual(left, right, &remainingSteps))
        case .strictNotEqual: return RuleValue(!Comparison.strictlyEqual(left, right, &remainingSteps))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return RuleValue(Comparison.holds(operation, left, right))
        case .add: return Arithmetic.add(left, right)
        case .subtract: return Arithmetic.subtract(left, right)
        case .multiply: return Arithmetic.multiply(left, right)
        case .divide: return Arithmetic.divide(left, right)
        case .remainder: return Arithmetic.remainder(left, right)
        case .contains: return contains(left, in: right)
        case .startsWith, .endsWith: return affix(operation, left, right)
        default: return nil
        }
    }

    /// An operator on its evaluated arguments, any number of them, whose texts and lists are counted already.
    private mutating func apply(_ node: RuleNode, _ arguments: ValueList) -> RuleValue {
        guard spend(arguments.count >> 3) else { return .null }
        switch node.operation {
        case .equal, .notEqual, .strictEqual, .strictNotEqual:
            return equality(node.operation, arguments)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return comparison(node.operation, arguments)
        case .add, .subtract, .multiply, .divide, .remainder:
            return arithmetic(node.operation, arguments)
        case .maximum: return Arithmetic.extreme(arguments, isMaximum: true)
        case .minimum: return Arithmetic.extreme(arguments, isMaximum: false)
        case .cat: return concatenate(arguments)
        case .substring: return substring(arguments)
        case .contains:
            guard arguments.count >= 2 else { return RuleValue(false) }
            return contains(arguments[0], in: arguments[1])
        case .merge: return merge(arguments)
        case .missing: return missing(arguments, scope: node.scope)
        case .missingSome: return missingSome(arguments, scope: node.scope)
        case .startsWith, .endsWith:
            return arguments.count == 2 ? affix(node.operation, arguments[0], arguments[1]) : .null
        case .semanticVersion: return semanticVersion(arguments)
        default: return .null
        }
    }

    private mutating func equality(
        _ operation: RuleOperation, _ arguments: ValueList
    ) -> RuleValue {
        let isNegated = operation == .notEqual || operation == .strictNotEqual
        guard arguments.count >= 2 else { return RuleValue(isNegated) }
        return binary(operation, arguments[0], arguments[1]) ?? .null
    }

    private mutating func comparison(
        _ operation: RuleOperation, _ arguments: ValueList
    ) -> RuleValue {
        guard arguments.count >= 2, let first = binary(operation, arguments[0], arguments[1]) else {
            return RuleValue(false)
        }
        guard arguments.count >= 3, first.isTrue else { return first }
        return binary(operation, arguments[1], arguments[2]) ?? .null
    }

    private mutating func arithmetic(
        _ operation: RuleOperation, _ arguments: ValueList
    ) -> RuleValue {
        if operation == .remainder {
            let (left, right) = (
                arguments.isEmpty ? .null : arguments[0], arguments.count > 1 ? arguments[1] : RuleValue.null
            )
            return Arithmetic.remainder(left, right)
        }
        guard !arguments.isEmpty else { return RuleValue(operation == .multiply ? Int64(1) : 0) }
        var result = arguments[0]
        if arguments.count == 1 { return operation == .subtract ? Arithmetic.negate(result) : Arithmetic.cast(result) }
        for index in 1..<arguments.count {
            result = binary(operation, result, arguments[index]) ?? .failed
        }
        return result
    }

    /// `in`: a text in a text, or a value in a list by `===`.
    private mutating func contains(_ needle: RuleValue, in haystack: RuleValue) -> RuleValue {
        switch haystack.kind {
        case .text:
            guard needle.kind == .text else { return RuleValue(false) }
            return RuleValue(TextSearch.contains(needle.text, in: haystack.text))
        case .list:
            for element in haystack.elements
            where Comparison.strictlyEqual(needle, element, &remainingSteps) { return RuleValue(true) }
            return RuleValue(false)
        default: return RuleValue(false)
        }
    }

    @inline(__always)
    private mutating func affix(_ operation: RuleOperation, _ text: RuleValue, _ part: RuleValue) -> RuleValue {
        guard text.kind == .text && part.kind == .text else { return .null }
        return RuleValue(operation == .startsWith ? text.text.hasPrefix(part.text) : text.text.hasSuffix(part.text))
    }

    private mutating func merge(_ arguments: ValueList) -> RuleValue {
        var total = 0
        for argument in arguments { total += argument.kind == .list ? argument.count : 1 }
        guard spend(total >> 3), let merged = unsafe scratch.values(total) else {
            reachLimit("EvaluationLimits.maximumScratchBytes")
            return .null
        }
        var count = 0
        for argument in arguments {
            if argument.kind == .list {
                for element in argument.elements {
                    unsafe merged[count] = element
                    count += 1
                }
            } else {
                unsafe merged[count] = argument.asData
                count += 1
            }
        }
        return unsafe RuleValue(list: ValueList(merged, count: count))
    }
}
