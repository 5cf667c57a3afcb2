/// A parsed JSON value as a flat list of nodes: a container's node is followed by those of its elements, or of its keys and values
/// in turn.
///
/// Scalars are stored as the engine's own values, which point into the payload (or, where a text had escapes, into the arena).
struct JSONTape {
    /// A node.
    ///
    /// Of a container: how many elements or members, and the index behind the last node that belongs to it.
    enum Node {
        case scalar(RuleValue)
        case array(count: Int, end: Int)
        case object(count: Int, end: Int)
    }

    /// Values, or a container's count and end in a value's clothes; behind ``count`` there is room for more.
    private var nodes: [RuleValue] = []
    private(set) var count = 0

    mutating func removeAll() { count = 0 }

    /// Calls a closure with what writes nodes behind those that are there, and room for a few at least.
    @inline(__always) mutating func write<Result>(
        _ body: (inout JSONTapeWriter) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        if nodes.count - count < JSONTapeWriter.fewNodes { makeRoom() }
        var count = count
        defer { self.count = count }
        return try unsafe nodes.withUnsafeMutableBufferPointer { buffer throws(JSONError) in
            var writer = unsafe JSONTapeWriter(buffer, count: count)
            defer { count = writer.count }
            return try body(&writer)
        }
    }

    private mutating func makeRoom() {
        nodes.append(contentsOf: repeatElement(.null, count: max(nodes.count, JSONTapeWriter.fewNodes)))
    }

    @inline(__always) subscript(index: Int) -> Node {
        let value = node(at: index)
        switch value.kind {
        case .list: return .array(count: value.count, end: Int(truncatingIfNeeded: value.bits))
        case .object: return .object(count: value.count, end: Int(truncatingIfNeeded: value.bits))
        default: return .scalar(value)
        }
    }

    /// The node as it is kept: a scalar, or a container's count and end in a list's or an object's clothes.
    @inline(__always) func node(at index: Int) -> RuleValue {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
        return unsafe nodes.withUnsafeBufferPointer { unsafe $0[index] }
    }

    /// The index behind the value that begins at an index.
    @inline(__always) func end(of index: Int) -> Int {
        switch self[index] {
        case .scalar: index &+ 1
        case .array(_, let end), .object(_, let end): end
        }
    }

    /// The text at an index, nil when something else is there.
    @inline(__always) func text(at index: Int) -> ByteView? {
        let value = node(at: index)
        return value.kind == .text ? value.text : nil
    }

    /// The scalar's or container's kind; containers are ``RuleValue/Kind/list`` and ``RuleValue/Kind/object``.
    @inline(__always) func kind(at index: Int) -> RuleValue.Kind { node(at: index).kind }

    /// The indexes of an array's elements.
    ///
    /// O(n).
    func elements(of index: Int) -> [Int] {
        guard case .array(let count, _) = self[index] else { return [] }
        var result: [Int] = []
        result.reserveCapacity(count)
        var next = index + 1
        for _ in 0..<count {
            result.append(next)
            next = end(of: next)
        }
        return result
    }

    /// The keys of an object's members and the indexes of their values, duplicates included.
    ///
    /// O(n).
    func members(of index: Int) -> [(key: ByteView, value: Int)] {
        guard case .object(let count, _) = self[index] else { return [] }
        var result: [(key: ByteView, value: Int)] = []
        result.reserveCapacity(count)
        var next = index + 1
        for _ in 0..<count {
            result.append((text(at: next) ?? .empty, next + 1))
            next = end(of: next + 1)
        }
        return result
    }

    /// The index of a member's value; of equal keys the last one's.
    ///
    /// O(n).
    func member(_ key: ByteView, of index: Int) -> Int? {
        guard case .object(let count, _) = self[index] else { return nil }
        var found: Int?
        var next = index + 1
        for _ in 0..<count {
            if let text = text(at: next), text == key { found = next + 1 }
            next = end(of: next + 1)
        }
        return found
    }

    /// The single key of an object whose members all have the same key, and its last value: an operator, or a `$ref`.
    @inline(__always) func onlyMember(of index: Int) -> (key: ByteView, value: Int)? {
        guard case .object(let count, _) = self[index], count > 0, let key = text(at: index + 1) else { return nil }
        if count == 1 { return (key, index + 2) }
        let all = members(of: index)
        guard all.allSatisfy({ $0.key == key }), let last = all.last else { return nil }
        return (key, last.value)
    }
}
