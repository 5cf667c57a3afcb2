#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Numbers of rules: exact while operands and result are 64-bit integers, otherwise doubles (specification: evaluation, the rows
/// `+ - * /`, `%`, `max min` and "numbers from").
enum Arithmetic {
    /// The number that a value is cast to; nil when it is not numeric.
    ///
    /// Infinite only for the text `Infinity`.
    @inline(__always) static func number(_ value: RuleValue) -> RuleValue? {
        switch value.kind {
        case .integer, .double, .unsigned: value
        case .null: RuleValue(Int64(0))
        case .boolean: RuleValue(value.isTrue ? Int64(1) : 0)
        case .text: NumberText.parseLoosely(value.text)
        case .failed, .list, .object: nil
        }
    }

    /// The number to calculate with: ``number(_:)`` without infinity.
    @inline(__always) private static func operand(_ value: RuleValue) -> RuleValue? {
        guard let number = number(value), !NumberText.isInfinite(number) else { return nil }
        return number
    }

    @inline(__always) static func double(_ value: RuleValue) -> Double {
        switch value.kind {
        case .integer: Double(value.integer)
        case .unsigned: Double(value.bits)
        default: value.double
        }
    }

    /// A finite double, or "failed".
    @inline(__always) private static func result(_ value: Double) -> RuleValue {
        value.isFinite ? RuleValue(value) : .failed
    }

    @inline(__always) static func add(_ left: RuleValue, _ right: RuleValue) -> RuleValue {
        if left.kind == .integer && right.kind == .integer {
            let (exact, overflow) = left.integer.addingReportingOverflow(right.integer)
            if !overflow { return RuleValue(exact) }
        }
        return calculate(left, right, exactly: { $0.addingReportingOverflow($1) }, rounded: { $0 + $1 })
    }

    @inline(__always) static func subtract(_ left: RuleValue, _ right: RuleValue) -> RuleValue {
        if left.kind == .integer && right.kind == .integer {
            let (exact, overflow) = left.integer.subtractingReportingOverflow(right.integer)
            if !overflow { return RuleValue(exact) }
        }
        return calculate(left, right, exactly: { $0.subtractingReportingOverflow($1) }, rounded: { $0 - $1 })
    }

    @inline(__always) static func multiply(_ left: RuleValue, _ right: RuleValue) -> RuleValue {
        if left.kind == .integer && right.kind == .integer {
            let (exact, overflow) = left.integer.multipliedReportingOverflow(by: right.integer)
            if !overflow { return RuleValue(exact) }
        }
        return calculate(left, right, exactly: { $0.multipliedReportingOverflow(by: $1) }, rounded: { $0 * $1 })
    }

    /// A sum, difference or product of anything.
    @inline(never) private static func calculate(
        _ left: RuleValue, _ right: RuleValue, exactly: (Int64, Int64) -> (partialValue: Int64, overflow: Bool),
        rounded: (Double, Double) -> Double
    ) -> RuleValue {
        guard let a = operand(left), let b = operand(right) else { return .failed }
        if a.kind == .integer && b.kind == .integer {
            let (exact, overflow) = exactly(a.integer, b.integer)
            if !overflow { return RuleValue(exact) }
        }
        return result(rounded(double(a), double(b)))
    }

    static func divide(_ left: RuleValue, _ right: RuleValue) -> RuleValue {
        guard let a = operand(left), let b = operand(right), double(b) != 0 else { return .failed }
        if a.kind == .integer && b.kind == .integer {
            let (quotient, overflow) = a.integer.dividedReportingOverflow(by: b.integer)
            if !overflow && quotient &* b.integer == a.integer { return RuleValue(quotient) }
        }
        return result(double(a) / double(b))
    }

    static func remainder(_ left: RuleValue, _ right: RuleValue) -> RuleValue {
        guard let a = operand(left), let b = operand(right), double(b) != 0 else { return .failed }
        if a.kind == .integer && b.kind == .integer {
            let (remainder, overflow) = a.integer.remainderReportingOverflow(dividingBy: b.integer)
            return RuleValue(overflow ? 0 : remainder)
        }
        return result(fmod(double(a), double(b)))
    }

    static func cast(_ value: RuleValue) -> RuleValue { operand(value) ?? .failed }

    static func negate(_ value: RuleValue) -> RuleValue { subtract(RuleValue(Int64(0)), value) }

    /// The largest (or smallest) of the arguments; null of none, failed when one is not numeric.
    static func extreme(_ arguments: ValueList, isMaximum: Bool) -> RuleValue {
        var best: RuleValue?
        for argument in arguments {
            guard let number = operand(argument) else { return .failed }
            guard let held = best else {
                best = number
                continue
            }
            let order = Comparison.order(number, held) ?? 0
            if isMaximum ? order > 0 : order < 0 { best = number }
        }
        return best ?? .null
    }

    /// The whole part of a number, toward zero, held within Int's range; 0 of anything not numeric.
    static func truncated(_ value: RuleValue) -> Int {
        guard let number = operand(value) else { return 0 }
        switch number.kind {
        case .integer: return Int(clamping: number.integer)
        case .unsigned: return Int.max
        default:
            let whole = number.double.rounded(.towardZero)
            return Int(exactly: whole) ?? (whole > 0 ? Int.max : Int.min)
        }
    }
}
