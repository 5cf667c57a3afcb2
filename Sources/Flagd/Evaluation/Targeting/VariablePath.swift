/// A path that `var` reads: split at its dots, each part hashed, when the rule is compiled.
///
/// Invariant: `count` segments lie behind `base`, in an arena that lives as long as the path is used.
@safe struct VariablePath: @unchecked Sendable {
    private let base: UnsafePointer<Segment>?
    let count: Int

    /// A part between dots: a key, and a list index when it is one.
    @safe struct Segment: BitwiseCopyable {
        let name: HashedKey
        /// The index into a list; −1 when the text is none (leading zeros, signs, anything but digits).
        let index: Int

        init(_ key: ByteView) {
            name = HashedKey(key)
            index = Segment.listIndex(key)
        }

        @inline(__always) var key: TextKey { name.key }

        /// The keys that mean something of their own.
        static let flagd = HashedKey(ByteView("$flagd")).key
        static let flagKey = HashedKey(ByteView("flagKey")).key
        static let timestamp = HashedKey(ByteView("timestamp")).key
        static let current = HashedKey(ByteView("current")).key
        static let accumulator = HashedKey(ByteView("accumulator")).key

        private static func listIndex(_ text: ByteView) -> Int {
            guard !text.isEmpty, text.count <= 18, text.count == 1 || text[0] != UInt8(ascii: "0") else { return -1 }
            var index = 0
            for position in 0..<text.count {
                let digit = text[position] &- UInt8(ascii: "0")
                guard digit <= 9 else { return -1 }
                index = index * 10 + Int(digit)
            }
            return index
        }
    }

    /// Splits a text that outlives the path at every dot; empty parts are kept.
    ///
    /// No segment for "", which is all data.
    init(_ text: ByteView, arena: Arena) {
        var counted = VariablePath.Parts(text)
        var count = 0
        while counted.next() != nil { count += 1 }
        let segments = unsafe arena.allocate(Segment.self, count: count)
        var parts = VariablePath.Parts(text)
        var index = 0
        while let part = parts.next() {
            unsafe (segments + index).initialize(to: Segment(part))
            index += 1
        }
        self.count = count
        unsafe base = count == 0 ? nil : UnsafePointer(segments)
    }

    /// The path that a node keeps in its value.
    @inline(__always) init(_ value: RuleValue) {
        unsafe base = UnsafePointer(bitPattern: UInt(value.bits))
        count = value.count
    }

    /// What a node keeps of it.
    var value: RuleValue { unsafe RuleValue(address: base, count: count) }

    subscript(index: Int) -> Segment {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
        guard let base = unsafe base else { preconditionFailure("a path with segments has a base") }
        return unsafe base[index]
    }

    /// The first segment; nil for the path that is all data.
    @inline(__always) var first: UnsafePointer<Segment>? { unsafe count > 0 ? base : nil }

    /// The parts of a path's text, one after the other.
    struct Parts: IteratorProtocol {
        private let text: ByteView
        private var start: Int?

        init(_ text: ByteView) {
            self.text = text
            start = text.isEmpty ? nil : 0
        }

        mutating func next() -> ByteView? {
            guard let begin = start else { return nil }
            let dot = text.firstIndex(of: UInt8(ascii: "."), from: begin)
            start = dot.map { $0 + 1 }
            return text[begin..<(dot ?? text.count)]
        }
    }
}

extension VariablePath {
    /// What the segments from an index on name below a value; nil when a part of it is missing.
    @inline(__always) func walk(_ value: RuleValue, from start: Int) -> RuleValue? {
        guard let base = unsafe base else { return value }
        var value = value
        var index = start
        while index < count {
            guard let next = unsafe value.step(base + index) else { return nil }
            value = next
            index &+= 1
        }
        return value
    }
}

extension RuleValue {
    /// The member or element that a segment names; nil when there is none.
    @inline(__always) func step(_ segment: UnsafePointer<VariablePath.Segment>) -> RuleValue? {
        switch kind {
        case .object: return unsafe members.find(segment.pointee.name)
        case .list:
            let list = elements
            let index = unsafe segment.pointee.index
            return index >= 0 && index < list.count ? list[index] : nil
        default: return nil
        }
    }

    /// The member or element that a text names; nil when there is none.
    func step(_ key: ByteView) -> RuleValue? {
        let segment = VariablePath.Segment(key)
        return unsafe withUnsafePointer(to: segment) { unsafe step($0) }
    }
}
