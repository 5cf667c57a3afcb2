/// `map`, `filter`, `reduce`, `all`, `none` and `some`.
extension RuleMachine {
    mutating func iterate(_ reference: RuleNodeReference) -> RuleValue {
        let list = first(reference)
        evaluateSurplus(of: reference, from: reference.operation == .reduce ? 3 : 2)
        guard list.kind == .list else { return withoutList(reference) }
        let outer = (element, accumulator)
        defer { (element, accumulator) = outer }
        let elements = list.elements
        switch reference.operation {
        case .map: return mapped(elements, reference)
        case .filter: return filtered(elements, reference)
        case .reduce: return reduced(elements, reference)
        case .all: return RuleValue(!elements.isEmpty && !anyElement(elements, reference, isTruthy: false))
        case .some: return RuleValue(anyElement(elements, reference, isTruthy: true))
        default: return RuleValue(!anyElement(elements, reference, isTruthy: true))
        }
    }

    /// What the iterations give for anything but a list.
    private mutating func withoutList(_ reference: RuleNodeReference) -> RuleValue {
        switch reference.operation {
        case .map, .filter: RuleValue(list: .empty)
        case .reduce: reference.childCount > 2 ? evaluate(reference.child(2)) : .null
        case .none: RuleValue(true)
        default: RuleValue(false)
        }
    }

    /// The body's value for an element; nil when the limit is reached.
    @inline(__always)
    private mutating func body(_ reference: RuleNodeReference, _ current: RuleValue) -> RuleValue? {
        guard reference.childCount > 1 else { return .null }
        let body = reference.child(1)
        guard spend(body.weight) else { return nil }
        element = current
        return operand(body)
    }

    /// The body as a kernel, with the steps for all elements spent; nil when it has to be walked, as where texts have to be counted.
    @inline(__always)
    private mutating func kernel(_ reference: RuleNodeReference, for elements: ValueList) -> IterationKernel? {
        guard reference.value.count == 1, elements.areSmall, spend(elements.count) else { return nil }
        return unsafe reference.node.constant(IterationKernel.self).pointee
    }

    private mutating func mapped(_ elements: ValueList, _ reference: RuleNodeReference) -> RuleValue {
        guard let target = unsafe scratch.values(elements.count) else {
            reachLimit("EvaluationLimits.maximumScratchBytes")
            return .null
        }
        if let kernel = kernel(reference, for: elements) {
            var next = unsafe target
            kernel.run(elements) { _, value in
                unsafe next.initialize(to: value.asData)
                unsafe next += 1
                return true
            }
        } else {
            for index in 0..<elements.count {
                guard let value = body(reference, elements[index]) else { return .null }
                unsafe target[index] = value.asData
            }
        }
        return unsafe RuleValue(list: ValueList(target, count: elements.count))
    }

    private mutating func filtered(_ elements: ValueList, _ reference: RuleNodeReference) -> RuleValue {
        guard let target = unsafe scratch.values(elements.count) else {
            reachLimit("EvaluationLimits.maximumScratchBytes")
            return .null
        }
        var count = 0
        if let kernel = kernel(reference, for: elements) {
            kernel.run(elements) { current, value in
                unsafe target[count] = current
                if value.isTruthy { count &+= 1 }
                return true
            }
        } else {
            for current in elements {
                guard let value = body(reference, current) else { return .null }
                unsafe target[count] = current
                if value.isTruthy { count &+= 1 }
            }
        }
        return unsafe RuleValue(list: ValueList(target, count: count))
    }

    private mutating func reduced(_ elements: ValueList, _ reference: RuleNodeReference) -> RuleValue {
        var total = reference.childCount > 2 ? evaluate(reference.child(2)).asData : .null
        if total.count == 0, let kernel = kernel(reference, for: elements) {
            return kernel.reduce(elements, from: total)
        }
        for current in elements {
            accumulator = total
            guard let value = body(reference, current) else { return .null }
            total = value.asData
        }
        return total
    }

    /// Whether the body is true (or false) for an element; stops at the first.
    private mutating func anyElement(
        _ elements: ValueList, _ reference: RuleNodeReference, isTruthy: Bool
    ) -> Bool {
        if let kernel = kernel(reference, for: elements) {
            var isFound = false
            kernel.run(elements) { _, value in
                isFound = value.isTruthy == isTruthy
                return !isFound
            }
            return isFound
        }
        for current in elements {
            guard let value = body(reference, current) else { return false }
            if value.isTruthy == isTruthy { return true }
        }
        return false
    }
}
