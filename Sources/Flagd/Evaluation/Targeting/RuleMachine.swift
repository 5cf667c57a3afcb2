/// One evaluation of one compiled rule: the data it reads, the memory it builds in, and what it has used of its limits.
///
/// Recursion is as deep as the rule is nested, which the parser limits. Nobody copies one; yet it can be copied, since what cannot is
/// destroyed by a call, even where nothing is to be done.
@safe struct RuleMachine {
    /// The caller's context, with `targetingKey`.
    let context: ObjectTable
    /// What lies over it: the stream's context.
    let enrichment: ObjectTable
    /// The flag's key, for whoever reads `$flagd` as a whole.
    private let flagKeyText: RuleValue
    /// The evaluation's time: read when first needed, or set by the caller with a clock of its own.
    var timestamp: Int64?
    let fractionalVersion: FractionalVersion

    /// The element at hand in ``RuleScope/element``, `current` in ``RuleScope/reduction``.
    var element = RuleValue.null
    var accumulator = RuleValue.null

    var scratch: Scratch
    var remainingSteps = EvaluationLimits.maximumSteps
    /// Why the evaluation has no result.
    var stop = Stop.none
    /// The operator that was reached, or the limit.
    private(set) var stopName = ByteView.empty
    /// Takes what `log` writes, when somebody wants it; the caller keeps it alive.
    var log: Unmanaged<LogLines>?

    /// Why an evaluation has no result.
    enum Stop: UInt8 {
        case none
        /// An operator nobody knows was reached.
        case unknownOperator
        /// A limit of ``EvaluationLimits`` was reached.
        case limit
    }

    init(
        context: ObjectTable, enrichment: ObjectTable, flagKey: RuleValue, timestamp: Int64?,
        fractionalVersion: FractionalVersion, scratch: Scratch
    ) {
        self.context = context
        self.enrichment = enrichment
        flagKeyText = flagKey
        self.timestamp = timestamp
        self.fractionalVersion = fractionalVersion
        self.scratch = scratch
    }

    /// The flag's key.
    var flagKey: ByteView { flagKeyText.text }

    /// The value of a rule.
    mutating func evaluate(_ reference: RuleNodeReference) -> RuleValue {
        switch reference.operation {
        case .literal: return reference.value
        case .variable: return variable(reference)
        case .element: return element
        case .accumulator: return accumulator
        case .variableEqualsText: return RuleValue(variableEqualsText(reference))
        case .variableStartsWithText, .variableEndsWithText: return variableAffix(reference)
        case .variableComparedWithNumber: return RuleValue(variableComparedWithNumber(reference))
        case .conditional: return conditional(reference)
        case .dispatch: return dispatch(reference)
        case .and: return conjunction(reference)
        case .or: return disjunction(reference)
        case .not: return RuleValue(!only(reference).isTruthy)
        case .truth: return RuleValue(only(reference).isTruthy)
        case .timestamp: return RuleValue(now())
        case .semanticVersionOfConstant: return semanticVersionOfConstant(reference)
        case .containedInConstants: return containedInConstants(reference)
        case .fractionalOfConstants: return fractionalOfConstants(reference)
        case .fractional: return fractional(reference)
        case .list: return list(reference)
        case .dynamicVariable: return dynamicVariable(reference)
        case .map, .filter, .reduce, .all, .none, .some: return iterate(reference)
        case .log: return writeLog(reference)
        case .unknown: return unknown(reference)
        default: return eager(reference)
        }
    }

    /// The value of a child that often is a literal or a path, without a call when it is.
    @inline(__always) mutating func operand(_ reference: RuleNodeReference) -> RuleValue {
        switch reference.operation {
        case .literal: reference.value
        case .element: element
        case .accumulator: accumulator
        default: evaluate(reference)
        }
    }

    /// Whether a condition holds: what ``evaluate(_:)`` gives is truthy.
    mutating func holds(_ reference: RuleNodeReference) -> Bool {
        switch reference.operation {
        case .variableEqualsText: return variableEqualsText(reference)
        case .variableStartsWithText, .variableEndsWithText: return variableAffix(reference).isTrue
        case .variableComparedWithNumber: return variableComparedWithNumber(reference)
        case .containedInConstants: return containedInConstants(reference).isTrue
        case .semanticVersionOfConstant: return semanticVersionOfConstant(reference).isTrue
        case .and:
            for index in 0..<reference.childCount where !holds(reference.child(index)) { return false }
            return reference.childCount > 0
        case .or:
            for index in 0..<reference.childCount where holds(reference.child(index)) { return true }
            return false
        default: return evaluate(reference).isTruthy
        }
    }

    /// The value of the first child, null without one.
    @inline(__always) mutating func first(_ reference: RuleNodeReference) -> RuleValue {
        reference.childCount > 0 ? evaluate(reference.child(0)) : .null
    }

    /// The value of the first child, after which surplus ones are evaluated for what they may reach.
    @inline(__always) private mutating func only(_ reference: RuleNodeReference) -> RuleValue {
        let value = first(reference)
        evaluateSurplus(of: reference, from: 1)
        return value
    }

    /// Evaluates arguments that the operator ignores, for what they may reach.
    @inline(__always) mutating func evaluateSurplus(of reference: RuleNodeReference, from start: Int) {
        var index = start
        while index < reference.childCount {
            _ = evaluate(reference.child(index))
            index &+= 1
        }
    }

    /// Counts work against the limit; false when it is used up.
    @inline(__always) mutating func spend(_ steps: Int) -> Bool {
        remainingSteps &-= steps
        if remainingSteps >= 0 { return true }
        reachLimit("EvaluationLimits.maximumSteps")
        return false
    }

    /// Counts what an operator reads: a text's bytes or a list's elements, an eighth of a step each.
    ///
    /// Not checked here: whatever comes back often is counted on the way.
    @inline(__always) mutating func read(_ value: RuleValue) { remainingSteps &-= value.count &>> 3 }

    /// Whether the evaluation has no result.
    @inline(__always) var hasStopped: Bool { remainingSteps < 0 || stop != .none }

    @inline(never) mutating func reachLimit(_ name: StaticString) {
        if stop == .none {
            stop = .limit
            stopName = ByteView(name)
        }
        remainingSteps = -1
    }

    private mutating func unknown(_ reference: RuleNodeReference) -> RuleValue {
        if stop == .none {
            stop = .unknownOperator
            stopName = reference.value.text
        }
        return .null
    }

    private mutating func writeLog(_ reference: RuleNodeReference) -> RuleValue {
        let value = only(reference)
        if let log = unsafe log, canWalk(value) {
            var writer = TextWriter(limit: EvaluationLimits.maximumScratchBytes)
            writer.writeJSON(value)
            unsafe log.takeUnretainedValue().lines.append(String(decoding: writer.bytes, as: UTF8.self))
        }
        return value
    }

    private mutating func list(_ reference: RuleNodeReference) -> RuleValue {
        let count = reference.childCount
        guard let values = unsafe scratch.values(count) else {
            reachLimit("EvaluationLimits.maximumScratchBytes")
            return .null
        }
        for index in 0..<count { unsafe values[index] = evaluate(reference.child(index)).asData }
        return unsafe RuleValue(list: ValueList(values, count: count))
    }
}

/// Branches.
extension RuleMachine {
    @inline(__always) private mutating func conditional(_ reference: RuleNodeReference) -> RuleValue {
        let count = reference.childCount
        var index = 0
        while index &+ 1 < count {
            if holds(reference.child(index)) { return operand(reference.child(index &+ 1)) }
            index &+= 2
        }
        return index < count ? operand(reference.child(index)) : .null
    }

    private mutating func conjunction(_ reference: RuleNodeReference) -> RuleValue {
        var value = RuleValue.null
        for index in 0..<reference.childCount {
            value = evaluate(reference.child(index))
            if !value.isTruthy { return value }
        }
        return value
    }

    private mutating func disjunction(_ reference: RuleNodeReference) -> RuleValue {
        var value = RuleValue.null
        for index in 0..<reference.childCount {
            value = evaluate(reference.child(index))
            if value.isTruthy { return value }
        }
        return value
    }
}

/// What the operator `log` has written in an evaluation.
final class LogLines {
    var lines: [String] = []
}
