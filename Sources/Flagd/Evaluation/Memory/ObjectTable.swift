/// A member of an object inside the engine: 32 bytes, plain data.
@safe struct ObjectMember: BitwiseCopyable {
    let key: TextKey
    let value: RuleValue
}

/// The members of an object, found by the hash of their key: a scan of a few, an index behind the members of many.
///
/// Invariant: ``ObjectTableBuilder`` made the memory: `count` members and, above ``scanLimit``, an index of 32-bit slots right behind
/// them, a power of two at least twice the count, each slot 0 or 1 + a member's position.
@safe struct ObjectTable: @unchecked Sendable {
    private let base: UnsafePointer<ObjectMember>?
    let count: Int

    /// No members.
    static let empty = unsafe ObjectTable(nil, count: 0)

    /// Up to this many members are scanned.
    static let scanLimit = 8

    init(_ base: UnsafePointer<ObjectMember>?, count: Int) {
        unsafe self.base = unsafe base
        self.count = count
    }

    /// The key's bytes of a member.
    func key(at position: Int) -> ByteView {
        // The key is a member's first part.
        unsafe TextKey.text(of: UnsafeRawPointer(member(position)).assumingMemoryBound(to: TextKey.self))
    }

    /// The value of a member.
    func value(at position: Int) -> RuleValue { unsafe member(position).pointee.value }

    private func member(_ position: Int) -> UnsafePointer<ObjectMember> {
        precondition(UInt(bitPattern: position) < UInt(bitPattern: count), "index out of range")
        guard let base = unsafe base else { preconditionFailure("an object with members has a table") }
        return unsafe base + position
    }

    /// The value of a key.
    ///
    /// O(1).
    @inline(__always) func find(_ wanted: HashedKey) -> RuleValue? {
        guard let base = unsafe base else { return nil }
        if count <= ObjectTable.scanLimit {
            for position in 0..<count where unsafe base[position].key == wanted.key {
                return unsafe base[position].value
            }
            return nil
        }
        return unsafe probe(base, wanted)
    }

    private func probe(_ base: UnsafePointer<ObjectMember>, _ wanted: HashedKey) -> RuleValue? {
        let mask = ObjectTable.slotCount(for: count) &- 1
        let slots = unsafe UnsafeRawPointer(base + count).assumingMemoryBound(to: UInt32.self)
        var slot = Int(truncatingIfNeeded: wanted.hash) & mask
        while true {
            let entry = unsafe slots[slot]
            if entry == 0 { return nil }
            let member = unsafe base + Int(entry &- 1)
            if unsafe member.pointee.key == wanted.key { return unsafe member.pointee.value }
            slot = (slot &+ 1) & mask
        }
    }

    /// The slots of an index over so many members.
    @inline(__always) static func slotCount(for count: Int) -> Int {
        1 << (Int.bitWidth - (count &* 2 &- 1).leadingZeroBitCount)
    }
}

/// Makes objects in an arena.
struct ObjectTableBuilder {
    private var members: [Member] = []

    /// - Parameter capacity: how many members are expected.
    init(capacity: Int = 0) { members.reserveCapacity(capacity) }

    private struct Member {
        let name: HashedKey
        let value: RuleValue
    }

    /// Adds a member; of equal keys the last one stays.
    ///
    /// The key and the value must live as long as the arena.
    mutating func add(key: ByteView, value: RuleValue) {
        members.append(Member(name: HashedKey(key), value: value))
    }

    /// The object, its table in the arena.
    ///
    /// O(n).
    func build(in arena: Arena) -> RuleValue {
        let distinct = withoutEarlierDuplicates()
        guard !distinct.isEmpty else { return unsafe RuleValue(object: nil, count: 0) }
        let slotCount = distinct.count > ObjectTable.scanLimit ? ObjectTable.slotCount(for: distinct.count) : 0
        let extra = (slotCount * MemoryLayout<UInt32>.stride + 31) / MemoryLayout<ObjectMember>.stride
        let base = unsafe arena.allocate(ObjectMember.self, count: distinct.count + extra)
        for (position, member) in distinct.enumerated() {
            unsafe (base + position).initialize(to: ObjectMember(key: member.name.key, value: member.value))
        }
        guard slotCount > 0 else { return unsafe RuleValue(object: base, count: distinct.count) }
        let raw = unsafe UnsafeMutableRawPointer(base + distinct.count)
        let slots = unsafe raw.bindMemory(to: UInt32.self, capacity: slotCount)
        unsafe slots.initialize(repeating: 0, count: slotCount)
        for (position, member) in distinct.enumerated() {
            var slot = Int(truncatingIfNeeded: member.name.hash) & (slotCount - 1)
            while unsafe slots[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
            unsafe slots[slot] = UInt32(position + 1)
        }
        return unsafe RuleValue(object: base, count: distinct.count)
    }

    private func withoutEarlierDuplicates() -> [Member] {
        if members.count <= ObjectTable.scanLimit {
            if areDistinct { return members }
            return members.enumerated().filter { position, member in
                !members[(position + 1)...].contains { $0.name.key == member.name.key }
            }.map(\.element)
        }
        var seen = KeySet(capacity: members.count)
        var kept: [Member] = []
        kept.reserveCapacity(members.count)
        for member in members.reversed() where seen.insert(member.name) { kept.append(member) }
        kept.reverse()
        return kept
    }

    private var areDistinct: Bool {
        for position in members.indices.dropFirst() {
            for earlier in 0..<position where members[earlier].name.key == members[position].name.key { return false }
        }
        return true
    }
}

/// The distinct keys seen so far, by bytes, numbered in their order.
struct KeySet {
    private var slots: [Slot?]
    private(set) var count = 0

    private struct Slot {
        let name: HashedKey
        let position: Int
    }

    init(capacity: Int) { slots = Array(repeating: nil, count: ObjectTable.slotCount(for: max(capacity, 4))) }

    /// Whether the key is new; it is then one of the set.
    ///
    /// The bytes of a long one must outlive the set.
    mutating func insert(_ name: HashedKey) -> Bool {
        let before = count
        return position(inserting: name) == before
    }

    /// The key's number; nil when it is not in the set.
    func position(of name: HashedKey) -> Int? { slots[freeOrEqualSlot(name)]?.position }

    /// The key's number, which is the count before when it is new.
    ///
    /// The bytes of a long one must outlive the set.
    mutating func position(inserting name: HashedKey) -> Int {
        if (count + 1) * 4 > slots.count * 3 { grow() }
        let slot = freeOrEqualSlot(name)
        if let taken = slots[slot] { return taken.position }
        slots[slot] = Slot(name: name, position: count)
        count += 1
        return count - 1
    }

    private func freeOrEqualSlot(_ name: HashedKey) -> Int {
        var slot = Int(truncatingIfNeeded: name.hash) & (slots.count - 1)
        while let taken = slots[slot], !(taken.name.key == name.key) { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: nil, count: old.count * 2)
        for case let taken? in old { slots[freeOrEqualSlot(taken.name)] = taken }
    }
}
