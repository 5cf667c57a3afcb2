/// A table of constant scalars: the list of an `in`, found by hash.
///
/// Invariant: `slotCount` slots, a power of two above the count of values, lie behind `slots`; each is 0 or 1 + the position of a value.
/// As many keys as values lie behind `keys`.
@safe struct ConstantSet: BitwiseCopyable {
    private let slots: UnsafeMutablePointer<UInt32>
    private let slotCount: Int
    /// The process's seed: nobody can prepare values that collide.
    private let seed: UInt64
    private let values: ValueList
    /// The values' keys, of those that are text.
    private let keys: UnsafeMutablePointer<TextKey>

    /// A table of scalars that lie in an arena; of equal ones the first counts.
    init(_ scalars: ValueList, seed: UInt64 = TextHash.processSeed, arena: Arena) {
        self.seed = seed
        values = scalars
        slotCount = ObjectTable.slotCount(for: max(scalars.count, 2))
        unsafe keys = arena.allocate(TextKey.self, count: scalars.count)
        unsafe slots = arena.allocate(UInt32.self, count: slotCount)
        unsafe slots.initialize(repeating: 0, count: slotCount)
        for position in 0..<scalars.count { insert(position) }
    }

    private func insert(_ position: Int) {
        let value = values[position]
        let slot: Int
        let found: Int?
        if value.kind == .text {
            let text = HashedKey(value.text, seed: seed)
            unsafe (keys + position).initialize(to: text.key)
            (slot, found) = find(text)
        } else {
            unsafe (keys + position).initialize(to: .none)
            (slot, found) = find(value)
        }
        if found == nil { unsafe slots[slot] = UInt32(position + 1) }
    }

    /// Where a value that is `===` to the given one stands in the list; nil when there is none.
    @inline(__always) func position(of value: RuleValue) -> Int? {
        value.kind == .text ? find(HashedKey(value.text, seed: seed)).position : find(value).position
    }

    @inline(__always) private func find(_ text: HashedKey) -> (slot: Int, position: Int?) {
        find(Int(truncatingIfNeeded: text.hash)) { unsafe keys[$0] == text.key }
    }

    /// Finds what is no text.
    private func find(_ value: RuleValue) -> (slot: Int, position: Int?) {
        find(ConstantSet.hash(value, seed: seed)) { ConstantSet.equalScalars(value, values[$0]) }
    }

    /// The slot where a search ends, and the position of what was found in it.
    @inline(__always) private func find(_ hash: Int, isEqual: (Int) -> Bool) -> (slot: Int, position: Int?) {
        var slot = hash & (slotCount &- 1)
        while true {
            let entry = unsafe slots[slot]
            if entry == 0 { return (slot, nil) }
            let position = Int(entry &- 1)
            if isEqual(position) { return (slot, position) }
            slot = (slot &+ 1) & (slotCount &- 1)
        }
    }

    private static func equalScalars(_ left: RuleValue, _ right: RuleValue) -> Bool {
        var steps = 0
        return Comparison.strictlyEqual(left, right, &steps)
    }

    /// Equal scalars that are no text have equal hashes: an integral double that of the integer.
    private static func hash(_ value: RuleValue, seed: UInt64) -> Int {
        var bits = value.bits
        if value.kind == .double {
            if let integer = Int64(exactly: value.double) {
                bits = UInt64(bitPattern: integer)
            } else if let integer = UInt64(exactly: value.double) {
                bits = integer
            }
        }
        let mixed = (bits ^ seed).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
        return Int(truncatingIfNeeded: mixed.high ^ mixed.low)
    }
}

/// The constant data of ``RuleOperation/dispatch``: the texts that a path is compared with, in the order of their branches.
struct DispatchTable: BitwiseCopyable {
    /// The ``VariablePath``'s value.
    let path: RuleValue
    let texts: ConstantSet
}

extension RuleMachine {
    /// `in` a constant list.
    @inline(__always) mutating func containedInConstants(_ reference: RuleNodeReference) -> RuleValue {
        let child = reference.child(0)
        let needle = child.operation == .variable ? variable(child) : evaluate(child)
        read(needle)
        switch needle.kind {
        case .failed, .list, .object: return RuleValue(false)
        default: return RuleValue(unsafe reference.node.constant(ConstantSet.self).pointee.position(of: needle) != nil)
        }
    }

    /// A chain of `if (== path text)`: one look-up when the path holds a text, else one comparison after the other.
    mutating func dispatch(_ reference: RuleNodeReference) -> RuleValue {
        let node = reference.node
        let table = unsafe node.constant(DispatchTable.self)
        let count = reference.childCount
        let otherwise = count & 1
        if let found = lookUp(VariablePath(unsafe table.pointee.path), scope: node.scope) {
            if found.kind == .text {
                read(found)
                if let branch = unsafe table.pointee.texts.position(of: found) {
                    return evaluate(node.child(branch &* 2 &+ 1))
                }
            } else {
                for index in stride(from: 0, to: count &- otherwise, by: 2)
                where evaluate(node.child(index)).isTruthy { return evaluate(node.child(index &+ 1)) }
            }
        }
        return otherwise == 1 ? evaluate(node.child(count &- 1)) : .null
    }
}
