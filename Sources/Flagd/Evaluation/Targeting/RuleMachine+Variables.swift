#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// `var`, `missing` and `missing_some`.
extension RuleMachine {
    @inline(__always) mutating func variable(_ reference: RuleNodeReference) -> RuleValue {
        let path = VariablePath(reference.value)
        if let found = lookUp(path, scope: reference.node.scope), !found.isNull { return found }
        return first(reference)
    }

    /// Whether a path holds, or does not hold, a constant text.
    @inline(__always) mutating func variableEqualsText(_ reference: RuleNodeReference) -> Bool {
        let operands = unsafe reference.node.constant(PathAndText.self)
        let found = lookUp(unsafe VariablePath(operands.pointee.path), scope: reference.scope) ?? .null
        read(found)
        let isEqual: Bool
        if found.kind == .text {
            isEqual = unsafe found.text == operands.pointee.text
        } else {
            isEqual =
                unsafe !operands.pointee.isStrict
                && Comparison.looselyEqual(found, RuleValue(operands.pointee.text), &remainingSteps)
        }
        return unsafe isEqual != operands.pointee.isNegated
    }

    /// Whether the text at a path begins, or ends, with a constant text; null of anything else.
    @inline(__always) mutating func variableAffix(_ reference: RuleNodeReference) -> RuleValue {
        let operands = unsafe reference.node.constant(PathAndText.self)
        guard let found = lookUp(unsafe VariablePath(operands.pointee.path), scope: reference.scope),
            found.kind == .text
        else { return .null }
        read(found)
        let part = unsafe operands.pointee.text
        let isPrefix = reference.operation == .variableStartsWithText
        return RuleValue(isPrefix ? found.text.hasPrefix(part) : found.text.hasSuffix(part))
    }

    /// Whether a path's value stands to a constant number as asked.
    @inline(__always) mutating func variableComparedWithNumber(_ reference: RuleNodeReference) -> Bool {
        let operands = unsafe reference.node.constant(PathAndNumber.self)
        let found = lookUp(unsafe VariablePath(operands.pointee.path), scope: reference.scope) ?? .null
        read(found)
        return unsafe Comparison.holds(operands.pointee.comparison, found, operands.pointee.number)
    }

    /// The value at a path; nil when a part of it is missing.
    @inline(__always) mutating func lookUp(_ path: VariablePath, scope: RuleScope) -> RuleValue? {
        guard let first = unsafe path.first else { return allData(scope) }
        guard let value = unsafe top(first, scope: scope) else { return nil }
        return path.count == 1 ? value : path.walk(value, from: 1)
    }

    /// The value at a path that is only known now; nil when a part of it is missing.
    mutating func lookUp(_ path: ByteView, scope: RuleScope) -> RuleValue? {
        var parts = VariablePath.Parts(path)
        guard let part = parts.next() else { return allData(scope) }
        guard spend(path.count >> 3) else { return nil }
        var value: RuleValue
        if scope == .flag && part == ByteView("$flagd") {
            value = flagdObject()
        } else {
            let segment = VariablePath.Segment(part)
            guard let found = unsafe withUnsafePointer(to: segment, { unsafe top($0, scope: scope) }) else {
                return nil
            }
            value = found
        }
        while let part = parts.next() {
            guard let next = value.step(part) else { return nil }
            value = next
        }
        return value
    }

    @inline(__always)
    private mutating func top(_ segment: UnsafePointer<VariablePath.Segment>, scope: RuleScope) -> RuleValue? {
        switch scope {
        case .flag:
            if enrichment.count > 0, let found = unsafe enrichment.find(segment.pointee.name) { return found }
            return unsafe context.find(segment.pointee.name)
        case .element: return unsafe element.step(segment)
        case .reduction: return unsafe topOfReduction(segment.pointee.key)
        }
    }

    @inline(never) private mutating func topOfReduction(_ key: TextKey) -> RuleValue? {
        if key == VariablePath.Segment.current { return element }
        return key == VariablePath.Segment.accumulator ? accumulator : nil
    }

    mutating func dynamicVariable(_ reference: RuleNodeReference) -> RuleValue {
        let count = reference.childCount
        let argument = evaluate(reference.child(0))
        if reference.node.spreads && argument.kind == .list {
            let list = argument.elements
            let fallback = list.count > 1 ? list[1] : .null
            return variable(at: list.isEmpty ? .null : list[0], default: fallback, scope: reference.node.scope)
        }
        let fallback = count > 1 ? evaluate(reference.child(1)) : .null
        evaluateSurplus(of: reference, from: 2)
        return variable(at: argument, default: fallback, scope: reference.node.scope)
    }

    private mutating func variable(at path: RuleValue, default fallback: RuleValue, scope: RuleScope) -> RuleValue {
        guard let found = lookUp(text(of: path), scope: scope), !found.isNull else { return fallback }
        return found
    }

    /// The time in whole seconds, the same throughout an evaluation.
    @inline(__always) mutating func now() -> Int64 {
        if let timestamp { return timestamp }
        let seconds = Int64(time(nil))
        timestamp = seconds
        return seconds
    }

    /// Everything `{"var": ""}` shows.
    private mutating func allData(_ scope: RuleScope) -> RuleValue {
        switch scope {
        case .element: return element
        case .flag:
            guard canBuildObject(of: context.count + enrichment.count + 3) else { return .null }
            var all = ObjectTableBuilder()
            for table in [context, enrichment] {
                for index in 0..<table.count { all.add(key: table.key(at: index), value: table.value(at: index)) }
            }
            all.add(key: ByteView("$flagd"), value: flagdObject())
            return all.build(in: scratch.arena())
        case .reduction:
            guard canBuildObject(of: 2) else { return .null }
            var both = ObjectTableBuilder()
            both.add(key: ByteView("current"), value: element)
            both.add(key: ByteView("accumulator"), value: accumulator)
            return both.build(in: scratch.arena())
        }
    }

    /// Counts an object's members against the limits.
    private mutating func canBuildObject(of members: Int) -> Bool {
        guard spend(members) else { return false }
        // Members and the index over them, at most half full.
        let size = MemoryLayout<ObjectMember>.stride + 4 * MemoryLayout<UInt32>.stride
        if scratch.charge(members * size) { return true }
        reachLimit("EvaluationLimits.maximumScratchBytes")
        return false
    }

    private mutating func flagdObject() -> RuleValue {
        guard canBuildObject(of: 2) else { return .null }
        var members = ObjectTableBuilder()
        members.add(key: ByteView("flagKey"), value: RuleValue(flagKey))
        members.add(key: ByteView("timestamp"), value: RuleValue(now()))
        return members.build(in: scratch.arena())
    }
}

/// The constant data of ``RuleOperation/variableEqualsText`` and its like.
struct PathAndText: BitwiseCopyable {
    /// The ``VariablePath``'s value.
    let path: RuleValue
    let text: ByteView
    /// Whether it is `===` or `!==`.
    let isStrict: Bool
    /// Whether it is `!=` or `!==`.
    let isNegated: Bool
}

/// The constant data of ``RuleOperation/variableComparedWithNumber``: the path's value stands left.
struct PathAndNumber: BitwiseCopyable {
    /// The ``VariablePath``'s value.
    let path: RuleValue
    let number: RuleValue
    /// `<`, `<=`, `>` or `>=`.
    let comparison: RuleOperation
}

extension RuleMachine {
    /// The keys among the arguments, lists flattened, whose value is absent or null.
    mutating func missing(_ arguments: ValueList, scope: RuleScope) -> RuleValue {
        var total = 0
        for argument in arguments {
            total += argument.kind == .list ? argument.count : 1
        }
        guard spend(total), let found = unsafe scratch.values(total) else {
            reachLimit("EvaluationLimits.maximumScratchBytes")
            return .null
        }
        var count = 0
        for argument in arguments {
            if argument.kind == .list {
                for key in argument.elements { unsafe noteIfMissing(key, found, &count, scope) }
            } else {
                unsafe noteIfMissing(argument, found, &count, scope)
            }
        }
        return unsafe RuleValue(list: ValueList(found, count: count))
    }

    private mutating func noteIfMissing(
        _ key: RuleValue, _ found: UnsafeMutablePointer<RuleValue>, _ count: inout Int, _ scope: RuleScope
    ) {
        if let value = lookUp(text(of: key), scope: scope), !value.isNull { return }
        unsafe found[count] = key.asData
        count += 1
    }

    /// Nothing when at least so many of the keys are there, else the missing ones.
    mutating func missingSome(_ arguments: ValueList, scope: RuleScope) -> RuleValue {
        let need = arguments.count > 0 ? arguments[0] : .null
        let keys = arguments.count > 1 ? arguments[1] : .null
        let count = keys.kind == .list ? keys.count : keys.isNull ? 0 : 1
        let absent =
            keys.isNull ? missing(.empty, scope: scope) : ValueList.withOne(keys) { missing($0, scope: scope) }
        guard let wanted = Arithmetic.number(need), !wanted.isFailed else { return absent }
        let isMet = Comparison.order(RuleValue(Int64(count - absent.count)), wanted).map { $0 >= 0 } ?? false
        return isMet ? RuleValue(list: .empty) : absent
    }
}
