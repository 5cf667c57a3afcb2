/// How values compare (specification: evaluation, the rows `==`, `===` and `< <= > >=`).
enum Comparison {
    /// `===`: the same type and value; 1 and 1.0 are the same number.
    ///
    /// A failed operation equals nothing.
    ///
    /// Elements, members and texts looked at are taken from the steps left, so that long ones cannot be compared for ever.
    static func strictlyEqual(_ left: RuleValue, _ right: RuleValue, _ steps: inout Int, depth: Int = 0) -> Bool {
        switch (left.kind, right.kind) {
        case (.null, .null): return true
        case (.boolean, .boolean): return left.bits == right.bits
        case (.text, .text):
            steps &-= left.count &>> 3
            return left.text == right.text
        case (.integer, .integer), (.unsigned, .unsigned): return left.bits == right.bits
        case (.integer, .double), (.double, .integer), (.double, .double), (.unsigned, .double), (.double, .unsigned):
            return order(left, right) == 0
        case (.list, .list): return equalElements(left.elements, right.elements, &steps, depth)
        case (.object, .object): return equalMembers(left.members, right.members, &steps, depth)
        default: return false
        }
    }

    private static func equalElements(
        _ left: ValueList, _ right: ValueList, _ steps: inout Int, _ depth: Int
    ) -> Bool {
        guard left.count == right.count, spend(left.count, &steps, depth) else { return false }
        for index in 0..<left.count where steps >= 0 {
            if !strictlyEqual(left[index], right[index], &steps, depth: depth + 1) { return false }
        }
        return steps >= 0
    }

    /// Takes steps for the elements at a depth; all that are left at ``EvaluationLimits/maximumValueDepth``.
    private static func spend(_ count: Int, _ steps: inout Int, _ depth: Int) -> Bool {
        steps = depth < EvaluationLimits.maximumValueDepth ? steps &- count : -1
        return steps >= 0
    }

    private static func equalMembers(
        _ left: ObjectTable, _ right: ObjectTable, _ steps: inout Int, _ depth: Int
    ) -> Bool {
        guard left.count == right.count, spend(left.count, &steps, depth) else { return false }
        for index in 0..<left.count where steps >= 0 {
            let key = left.key(at: index)
            steps &-= key.count &>> 3
            guard let other = right.find(HashedKey(key)),
                strictlyEqual(left.value(at: index), other, &steps, depth: depth + 1)
            else { return false }
        }
        return steps >= 0
    }

    /// `==`: of the same type by value; numbers, booleans and numeric text as numbers; null equals only null.
    @inline(__always)
    static func looselyEqual(_ left: RuleValue, _ right: RuleValue, _ steps: inout Int) -> Bool {
        if left.kind == right.kind || (isNumber(left) && isNumber(right)) { return strictlyEqual(left, right, &steps) }
        return equalAsNumbers(left, right)
    }

    private static func equalAsNumbers(_ left: RuleValue, _ right: RuleValue) -> Bool {
        guard isCastable(left), isCastable(right), let a = Arithmetic.number(left), let b = Arithmetic.number(right)
        else { return false }
        return order(a, b) == 0
    }

    @inline(__always) static func isNumber(_ value: RuleValue) -> Bool {
        value.kind == .integer || value.kind == .double || value.kind == .unsigned
    }

    private static func isCastable(_ value: RuleValue) -> Bool {
        isNumber(value) || value.kind == .boolean || value.kind == .text
    }

    /// Whether the left stands before the right: two texts by scalars, anything else as numbers.
    ///
    /// False when that fails.
    @inline(__always) static func isLess(_ left: RuleValue, _ right: RuleValue) -> Bool {
        if left.kind == .text && right.kind == .text { return left.text.compare(right.text) < 0 }
        guard let a = Arithmetic.number(left), let b = Arithmetic.number(right), let order = order(a, b) else {
            return false
        }
        return order < 0
    }

    /// ``isLess(_:_:)`` or equal, where null equals only null.
    @inline(__always) static func isLessOrEqual(_ left: RuleValue, _ right: RuleValue) -> Bool {
        if isLess(left, right) { return true }
        switch (left.kind, right.kind) {
        case (.list, _), (.object, _), (_, .list), (_, .object): return false
        default:
            var steps = 0
            return looselyEqual(left, right, &steps)
        }
    }

    /// `<`, `<=`, `>` or `>=`, without a call between integers.
    @inline(__always) static func holds(_ operation: RuleOperation, _ left: RuleValue, _ right: RuleValue) -> Bool {
        if left.kind == .integer && right.kind == .integer {
            switch operation {
            case .less: return left.integer < right.integer
            case .lessOrEqual: return left.integer <= right.integer
            case .greater: return left.integer > right.integer
            default: return left.integer >= right.integer
            }
        }
        return generalHolds(operation, left, right)
    }

    @inline(never) private static func generalHolds(
        _ operation: RuleOperation, _ left: RuleValue, _ right: RuleValue
    ) -> Bool {
        switch operation {
        case .less: isLess(left, right)
        case .lessOrEqual: isLessOrEqual(left, right)
        case .greater: isLess(right, left)
        default: isLessOrEqual(right, left)
        }
    }

    /// The order of two numbers, exact between integers and doubles; nil when one is no number.
    static func order(_ left: RuleValue, _ right: RuleValue) -> Int? {
        switch (left.kind, right.kind) {
        case (.integer, .integer): return left.integer < right.integer ? -1 : left.integer == right.integer ? 0 : 1
        case (.double, .double): return left.double < right.double ? -1 : left.double == right.double ? 0 : 1
        case (.unsigned, .unsigned): return left.bits < right.bits ? -1 : left.bits == right.bits ? 0 : 1
        case (.integer, .unsigned): return -1
        case (.unsigned, .integer): return 1
        case (.integer, .double): return order(left.integer, right.double)
        case (.double, .integer): return -order(right.integer, left.double)
        case (.unsigned, .double): return order(left.bits, right.double)
        case (.double, .unsigned): return -order(right.bits, left.double)
        default: return nil
        }
    }

    /// The order of an integer and a double without rounding the integer.
    private static func order<Number: FixedWidthInteger>(_ left: Number, _ right: Double) -> Int {
        let whole = right.rounded(.down)
        guard let integer = Number(exactly: whole) else { return right > 0 ? -1 : 1 }
        if left != integer { return left < integer ? -1 : 1 }
        return right > whole ? -1 : 0
    }
}
