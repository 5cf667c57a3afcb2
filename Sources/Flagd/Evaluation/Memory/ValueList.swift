/// A view of values that lie side by side: the elements of a list, or an operator's arguments.
///
/// Invariant: `count` values lie behind `base`, in memory that somebody keeps alive for as long as the view is used.
@safe struct ValueList: RandomAccessCollection, @unchecked Sendable {
    private let base: UnsafePointer<RuleValue>?
    let count: Int

    init(_ base: UnsafePointer<RuleValue>?, count: Int) {
        unsafe self.base = unsafe base
        self.count = unsafe base == nil ? 0 : count
    }

    init(_ buffer: UnsafeMutableBufferPointer<RuleValue>) {
        unsafe self.init(UnsafePointer(buffer.baseAddress), count: buffer.count)
    }

    /// No values.
    static let empty = unsafe ValueList(nil, count: 0)

    var startIndex: Int { 0 }
    @inline(__always) var endIndex: Int { count }

    @inline(__always) subscript(position: Int) -> RuleValue {
        precondition(UInt(bitPattern: position) < UInt(bitPattern: count), "index out of range")
        guard let base = unsafe base else { preconditionFailure("a list with values has a base") }
        return unsafe base[position]
    }

    /// Calls a closure with each value, until it says false.
    @inline(__always) func visit(_ body: (RuleValue) -> Bool) {
        guard var next = unsafe base else { return }
        let end = unsafe next + count
        while unsafe next < end {
            guard unsafe body(next.pointee) else { return }
            unsafe next += 1
        }
    }

    /// Whether no value is a text, a list or an object with anything in it.
    ///
    /// O(n).
    var areSmall: Bool {
        guard let base = unsafe base else { return true }
        var counts: UInt64 = 0
        for position in 0..<count { counts |= unsafe base[position].countBits }
        return counts >> 32 == 0
    }

    /// The address of the first value, as a number: what a ``RuleValue`` keeps of it.
    var address: UInt64 { UInt64(UInt(bitPattern: unsafe base)) }

    /// Calls a closure with a list of one value.
    @inline(__always) static func withOne<Result>(_ value: RuleValue, _ body: (ValueList) -> Result) -> Result {
        unsafe withUnsafePointer(to: value) { unsafe body(ValueList($0, count: 1)) }
    }
}
