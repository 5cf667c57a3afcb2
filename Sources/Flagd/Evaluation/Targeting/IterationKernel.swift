/// The body of an iteration when it is one operator of the element and a number, or of `current` and `accumulator`: run in a loop of
/// its own, without walking nodes.
struct IterationKernel: BitwiseCopyable {
    let operation: RuleOperation
    let constant: RuleValue

    /// The kernel of a body in the scope of `map`, `filter` and the like; nil when it is of another kind.
    init?(elementBody body: RuleNode) {
        guard body.childCount == 2, !body.spreads else { return nil }
        let (left, right) = (body.child(0), body.child(1))
        switch (left.operation, right.operation, body.operation) {
        case (.element, .literal, .add), (.element, .literal, .multiply), (.element, .literal, .subtract),
            (.literal, .element, .add), (.literal, .element, .multiply):
            operation = body.operation
        case (.element, .literal, .less), (.element, .literal, .lessOrEqual), (.element, .literal, .greater),
            (.element, .literal, .greaterOrEqual):
            operation = body.operation
        case (.literal, .element, .less), (.literal, .element, .lessOrEqual), (.literal, .element, .greater),
            (.literal, .element, .greaterOrEqual):
            operation = RuleCompiler.mirrored(body.operation)
        default: return nil
        }
        constant = left.operation == .literal ? left.value : right.value
        guard Comparison.isNumber(constant) else { return nil }
    }

    /// The kernel of a reduction's body; nil when it is of another kind.
    init?(reductionBody body: RuleNode) {
        guard body.childCount == 2, !body.spreads, body.operation == .add || body.operation == .multiply else {
            return nil
        }
        switch (body.child(0).operation, body.child(1).operation) {
        case (.element, .accumulator), (.accumulator, .element):
            constant = .null
            operation = body.operation
        default: return nil
        }
    }

    /// Calls a closure with each element and the body's value for it, until the closure says false.
    @inline(__always) func run(_ elements: ValueList, _ use: (_ element: RuleValue, _ value: RuleValue) -> Bool) {
        let constant = constant
        switch operation {
        case .add: elements.visit { use($0, Arithmetic.add($0, constant)) }
        case .subtract: elements.visit { use($0, Arithmetic.subtract($0, constant)) }
        case .multiply: elements.visit { use($0, Arithmetic.multiply($0, constant)) }
        case .less: elements.visit { use($0, RuleValue(Comparison.holds(.less, $0, constant))) }
        case .lessOrEqual: elements.visit { use($0, RuleValue(Comparison.holds(.lessOrEqual, $0, constant))) }
        case .greater: elements.visit { use($0, RuleValue(Comparison.holds(.greater, $0, constant))) }
        default: elements.visit { use($0, RuleValue(Comparison.holds(.greaterOrEqual, $0, constant))) }
        }
    }

    /// The elements added to, or multiplied with, a first value.
    @inline(__always) func reduce(_ elements: ValueList, from start: RuleValue) -> RuleValue {
        var total = start
        let isSum = operation == .add
        elements.visit { element in
            total = (isSum ? Arithmetic.add(element, total) : Arithmetic.multiply(element, total)).asData
            return true
        }
        return total
    }
}
