/// The body of an iteration when it is one operator of the element and a constant, or of `current` and `accumulator`: run without
/// walking nodes.
struct IterationKernel: BitwiseCopyable {
    let operation: RuleOperation
    let constant: RuleValue
    /// Whether the element (or `current`) is the left operand.
    let isElementLeft: Bool

    /// The kernel of a body in the scope of `map`, `filter` and the like; nil when it is of another kind.
    init?(elementBody body: RuleNode) {
        guard IterationKernel.isEligible(body) else { return nil }
        let (left, right) = (body.child(0), body.child(1))
        switch (left.operation, right.operation) {
        case (.element, .literal):
            constant = right.value
            isElementLeft = true
        case (.literal, .element):
            constant = left.value
            isElementLeft = false
        default: return nil
        }
        guard Comparison.isNumber(constant) else { return nil }
        operation = body.operation
    }

    /// The kernel of a reduction's body; nil when it is of another kind.
    init?(reductionBody body: RuleNode) {
        guard IterationKernel.isEligible(body) else { return nil }
        switch (body.child(0).operation, body.child(1).operation) {
        case (.element, .accumulator): isElementLeft = true
        case (.accumulator, .element): isElementLeft = false
        default: return nil
        }
        constant = .null
        operation = body.operation
    }

    private static func isEligible(_ body: RuleNode) -> Bool {
        guard body.childCount == 2, !body.spreads else { return false }
        switch body.operation {
        case .add, .subtract, .multiply, .less, .lessOrEqual, .greater, .greaterOrEqual: return true
        default: return false
        }
    }

    /// The body's value for an element.
    @inline(__always) func value(_ element: RuleValue) -> RuleValue { apply(element, constant) }

    /// The body's value for the element, or `current`, and the other operand.
    @inline(__always) func apply(_ element: RuleValue, _ other: RuleValue) -> RuleValue {
        let (left, right) = isElementLeft ? (element, other) : (other, element)
        switch operation {
        case .add: return Arithmetic.add(left, right)
        case .multiply: return Arithmetic.multiply(left, right)
        case .subtract: return Arithmetic.subtract(left, right)
        default: return RuleValue(Comparison.holds(operation, left, right))
        }
    }
}
