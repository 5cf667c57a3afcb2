/// What `fractional` chooses from when its variants and weights are constants: prepared when the rule is compiled.
///
/// Invariant: `count` buckets lie behind `buckets`, in the flag set's arena.
@safe struct BucketConstants: BitwiseCopyable {
    let buckets: UnsafePointer<Bucket>
    let count: Int
    /// The sum of the weights, in [1, 2^31−1].
    let total: UInt64
    /// Whether the first child computes the bucketing value; else it is the implicit one.
    let hasValue: Bool
    /// The ``VariablePath``'s value of `targetingKey`.
    let targetingKey: RuleValue

    /// A variant and the sum of the weights up to and including its own.
    struct Bucket: BitwiseCopyable {
        let variant: RuleValue
        let end: UInt64
    }
}

/// How a hash becomes a bucket.
enum Bucketing {
    /// Weights and their sum are at most 2^31−1.
    static let maximumWeight: Int64 = 0x7fff_ffff

    /// The path that the implicit bucketing value reads.
    static let targetingKey = VariablePath(ByteView("targetingKey"), arena: arena)

    private static let arena = Arena(firstBlock: 64)

    /// The weight that a bucket's second element means: 1 when absent or null, 0 when negative; nil when it is none.
    static func weight(_ value: RuleValue?) -> UInt64? {
        guard let value, !value.asData.isNull else { return 1 }
        let whole: Int64?
        switch value.kind {
        case .integer: whole = value.integer
        // Doubles below any integer are whole, too.
        case .double: whole = Int64(exactly: max(value.double, Double(Int64.min)))
        default: whole = nil
        }
        guard let whole, whole <= maximumWeight else { return nil }
        return UInt64(max(whole, 0))
    }

    /// Whether a value can be a variant: a text, a boolean, a number, or null for the default variant.
    static func isVariant(_ value: RuleValue) -> Bool {
        switch value.kind {
        case .list, .object: false
        default: true
        }
    }

    /// Whether the bucket that ends at a cumulative weight holds the hash, when none before it did.
    @inline(__always) static func holds(_ hash: UInt32, end: UInt64, total: UInt64, version: FractionalVersion) -> Bool
    {
        version == .v1 ? holdsShare(hash, end: end, total: total) : (UInt64(hash) &* total) >> 32 < end
    }

    /// Not inlined, or the others would calculate with doubles, too, and throw the result away.
    @inline(never) private static func holdsShare(_ hash: UInt32, end: UInt64, total: UInt64) -> Bool {
        let share = Double(Int32(bitPattern: hash).magnitude) / 2_147_483_647 * 100
        return share < Double(end) * 100 / Double(total)
    }
}

extension RuleMachine {
    /// `fractional` with constant buckets; the first child, if any, is the bucketing value.
    ///
    /// When that value turns out to be a list, it is a bucket, and so are the other children.
    mutating func fractionalOfConstants(_ reference: RuleNodeReference) -> RuleValue {
        let constants = unsafe reference.node.constant(BucketConstants.self)
        let key = unsafe VariablePath(constants.pointee.targetingKey)
        let hash: UInt32?
        if unsafe constants.pointee.hasValue {
            let value = reference.child(0)
            if value.isPair && value.operation == .cat && fractionalVersion != .v3 {
                hash = hashOfPair(value, targetingKey: key)
            } else {
                let value = operand(value)
                if value.kind == .list { return fractional(reference) }
                hash = explicitHash(value, targetingKey: key, scope: reference.scope)
            }
        } else {
            hash = implicitHash(targetingKey: key, scope: reference.scope)
        }
        guard let hash else { return .null }
        let total = unsafe constants.pointee.total
        for index in 0..<(unsafe constants.pointee.count) {
            let bucket = unsafe constants.pointee.buckets[index]
            if Bucketing.holds(hash, end: bucket.end, total: total, version: fractionalVersion) {
                var variant = bucket.variant
                variant.isSplit = true
                return variant
            }
        }
        return .null
    }

    /// `fractional` whose arguments are only known now.
    mutating func fractional(_ reference: RuleNodeReference) -> RuleValue {
        let count = reference.childCount
        let node = reference.node
        if node.spreads {
            let argument = evaluate(node.child(0))
            if argument.kind == .list { return chooseBucket(argument.elements, scope: node.scope) }
            return ValueList.withOne(argument) { chooseBucket($0, scope: node.scope) }
        }
        return unsafe withUnsafeTemporaryAllocation(of: RuleValue.self, capacity: count) { buffer in
            for index in 0..<count { unsafe buffer.initializeElement(at: index, to: evaluate(node.child(index))) }
            return unsafe chooseBucket(ValueList(buffer), scope: node.scope)
        }
    }

    private mutating func chooseBucket(
        _ arguments: ValueList, scope: RuleScope
    ) -> RuleValue {
        guard let first = arguments.first else { return .null }
        let hasValue = first.kind != .list
        let key = Bucketing.targetingKey
        let hash =
            hasValue
            ? explicitHash(first.asData, targetingKey: key, scope: scope)
            : implicitHash(targetingKey: key, scope: scope)
        guard let hash else { return .null }
        guard spend(arguments.count) else { return .null }
        let start = hasValue ? 1 : 0
        var total: UInt64 = 0
        for index in start..<arguments.count {
            let bucket = arguments[index]
            guard let weight = weight(ofBucket: bucket) else { return .null }
            total += weight
        }
        guard total > 0, total <= UInt64(Bucketing.maximumWeight) else { return .null }
        var end: UInt64 = 0
        for index in start..<arguments.count {
            let bucket = arguments[index].elements
            end += weight(ofBucket: arguments[index]) ?? 0
            if Bucketing.holds(hash, end: end, total: total, version: fractionalVersion) {
                var variant = bucket[0]
                variant.isSplit = true
                return variant
            }
        }
        return .null
    }

    /// The weight of an evaluated bucket; nil when it is none or its variant cannot be one.
    private func weight(ofBucket bucket: RuleValue) -> UInt64? {
        let parts = bucket.elements
        guard bucket.kind == .list, parts.count >= 1, Bucketing.isVariant(parts[0]) else { return nil }
        return Bucketing.weight(parts.count > 1 ? parts[1] : nil)
    }

    /// The hash of a bucketing value that the rule computed; nil when nothing can be chosen.
    private mutating func explicitHash(
        _ value: RuleValue, targetingKey: VariablePath, scope: RuleScope
    ) -> UInt32? {
        if fractionalVersion == .v3 {
            guard !value.asData.isNull, canWalk(value) else { return nil }
            var encoder = DeterministicCBOR()
            encoder.append(value)
            return unsafe encoder.bytes.withUnsafeBufferPointer { unsafe MurmurHash3.hash(ByteView($0)) }
        }
        if value.kind == .text {
            read(value)
            return MurmurHash3.hash(value.text)
        }
        return value.asData.isNull ? implicitHash(targetingKey: targetingKey, scope: scope) : nil
    }

    /// The hash of the flag's key and the targeting key, as `var` finds them where the rule stands.
    private mutating func implicitHash(targetingKey path: VariablePath, scope: RuleScope) -> UInt32? {
        let targetingKey = lookUp(path, scope: scope) ?? .null
        guard targetingKey.kind == .text else { return nil }
        var key = flagKey
        if scope != .flag {
            let found = lookUp(ByteView("$flagd.flagKey"), scope: scope) ?? .null
            key = found.kind == .text ? found.text : .empty
        }
        if fractionalVersion == .v3 {
            var encoder = DeterministicCBOR()
            encoder.appendArrayHead(count: 2)
            encoder.append(text: key)
            encoder.append(text: targetingKey.text)
            return unsafe encoder.bytes.withUnsafeBufferPointer { unsafe MurmurHash3.hash(ByteView($0)) }
        }
        guard !targetingKey.text.isEmpty else { return nil }
        return hash(key, targetingKey.text)
    }

    /// The hash of what `cat` makes of two values, which is seldom made.
    private mutating func hashOfPair(_ reference: RuleNodeReference, targetingKey: VariablePath) -> UInt32? {
        let (left, right) = pair(reference)
        guard left.kind == .text, right.kind == .text else {
            let value = ofPair(reference, left, right)
            return explicitHash(value, targetingKey: targetingKey, scope: reference.scope)
        }
        guard let hash = hash(left.text, right.text) else { return nil }
        remainingSteps &-= (left.count &+ right.count) &>> 3
        return hash
    }

    /// The hash of two texts, one behind the other, within the limits that hold for putting them together.
    private mutating func hash(_ first: ByteView, _ second: ByteView) -> UInt32? {
        let total = first.count &+ second.count
        guard spend(total >> 3), scratch.charge(total) else {
            reachLimit("EvaluationLimits.maximumScratchBytes")
            return nil
        }
        return MurmurHash3.hash(first, second)
    }
}
