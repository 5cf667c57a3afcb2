/// An object: members with distinct keys, where keys are equal when their UTF-8 is.
///
/// A Swift dictionary would make one key of `"é"` written as one scalar and as two. The members are kept sorted by the UTF-8 of
/// their keys, so looking one up takes O(log n) and iterating has one order.
public struct Structure: Sendable {
    private var members: [(key: String, value: Value)]

    /// Makes an object without members.
    public init() { members = [] }

    /// Makes an object of a dictionary's entries.
    public init(_ dictionary: [String: Value]) {
        self.init(members: dictionary.map { ($0.key, $0.value) })
    }

    /// Makes an object of members in any order.
    ///
    /// Of equal keys the last wins. O(n log n).
    public init(members list: [(String, Value)]) {
        var ordered: [(offset: Int, key: String, value: Value)] = []
        ordered.reserveCapacity(list.count)
        for (key, value) in list { ordered.append((ordered.count, key, value)) }
        ordered.sort { left, right in
            switch left.key.utf8.compared(to: right.key.utf8) {
            case 0: left.offset < right.offset
            case let order: order < 0
            }
        }
        members = []
        members.reserveCapacity(ordered.count)
        for member in ordered {
            if let last = members.last, last.key.utf8.compared(to: member.key.utf8) == 0 { members.removeLast() }
            members.append((member.key, member.value))
        }
    }

    /// The member of a key; setting nil removes it.
    ///
    /// Reading is O(log n), writing O(n).
    public subscript(key: String) -> Value? {
        get {
            let index = position(of: key)
            return index < members.count && members[index].key.utf8.compared(to: key.utf8) == 0
                ? members[index].value : nil
        }
        set {
            let index = position(of: key)
            let exists = index < members.count && members[index].key.utf8.compared(to: key.utf8) == 0
            switch (newValue, exists) {
            case (let value?, true): members[index].value = value
            case (let value?, false): members.insert((key, value), at: index)
            case (nil, true): members.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// The keys, sorted by UTF-8.
    public var keys: [String] { members.map(\.key) }

    /// The members as a Swift dictionary.
    ///
    /// Keys that Swift holds for equal (canonical equivalence) become one.
    public var dictionary: [String: Value] {
        Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
    }

    /// This object's members, and the other's over them.
    public func merging(_ other: Structure) -> Structure {
        Structure(members: members.map { ($0.key, $0.value) } + other.members.map { ($0.key, $0.value) })
    }

    /// The first index whose key is not below the given one.
    private func position(of key: String) -> Int {
        var low = 0
        var high = members.count
        while low < high {
            let middle = low + (high - low) / 2
            if members[middle].key.utf8.compared(to: key.utf8) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Structure: Equatable {
    /// Whether both have the same keys with equal values.
    public static func == (left: Structure, right: Structure) -> Bool {
        left.members.count == right.members.count
            && zip(left.members, right.members).allSatisfy { a, b in
                a.key.utf8.elementsEqual(b.key.utf8) && a.value == b.value
            }
    }
}

extension Structure: RandomAccessCollection {
    /// The index of the first member.
    public var startIndex: Int { members.startIndex }
    /// The index behind the last member.
    public var endIndex: Int { members.endIndex }
    /// The member at a position, in the order of the keys' UTF-8.
    public subscript(position: Int) -> (key: String, value: Value) { members[position] }
}

extension Structure: ExpressibleByDictionaryLiteral {
    /// Makes an object of a literal.
    ///
    /// Of equal keys the last wins.
    public init(dictionaryLiteral elements: (String, Value)...) { self.init(members: elements) }
}

extension String.UTF8View {
    /// Below zero, zero or above zero as this text stands before, at or behind the other, byte by byte.
    func compared(to other: String.UTF8View) -> Int {
        let order = unsafe withContiguousStorageIfAvailable { left in
            unsafe other.withContiguousStorageIfAvailable { right in
                unsafe ByteView(left).compare(ByteView(right))
            }
        }
        if let order, let order { return order }
        return elementsEqual(other) ? 0 : lexicographicallyPrecedes(other) ? -1 : 1
    }
}
