/// A value inside the engine: 16 bytes, plain data, owning nothing.
///
/// Text, lists and objects point into memory that somebody keeps alive for as long as the value is used: the flag set's arena or
/// payload, the context's arena, or the evaluation's scratch. Invariant: only the initializers below make such pointers, always
/// together with the count of what lies behind them.
@safe struct RuleValue: BitwiseCopyable, @unchecked Sendable {
    /// The number's bits, 0 or 1, or the address.
    var bits: UInt64
    /// The kind in bits 0–7, the mark in bits 8–31, the count in bits 32–63.
    private var meta: UInt64

    /// What a value is.
    ///
    /// The order puts the numbers together.
    enum Kind: UInt8 {
        case null
        /// What a failed operation gives: like null, but nothing compares with it or calculates with it.
        case failed
        case boolean
        case integer
        case unsigned
        case double
        case text
        case list
        case object
    }

    @inline(__always) private init(_ kind: Kind, bits: UInt64, count: Int = 0) {
        self.bits = bits
        meta = UInt64(kind.rawValue) | UInt64(truncatingIfNeeded: count) << 32
    }

    static let null = RuleValue(.null, bits: 0)
    static let failed = RuleValue(.failed, bits: 0)
    static let emptyText = RuleValue(ByteView.empty)

    @inline(__always) init(_ value: Bool) { self.init(.boolean, bits: value ? 1 : 0) }
    @inline(__always) init(_ value: Int64) { self.init(.integer, bits: UInt64(bitPattern: value)) }
    /// The double must be finite.
    @inline(__always) init(_ value: Double) { self.init(.double, bits: value.bitPattern) }
    @inline(__always) init(_ text: ByteView) { self.init(.text, bits: text.address, count: text.count) }

    /// A whole number of any size that payloads can hold.
    init(unsigned value: UInt64) {
        if let small = Int64(exactly: value) { self.init(small) } else { self.init(.unsigned, bits: value) }
    }

    /// A list of values.
    init(list: ValueList) {
        self.init(.list, bits: list.address, count: list.count)
    }

    /// An object, whose table is as ``ObjectTable`` lays it out.
    init(object: UnsafePointer<ObjectMember>?, count: Int) {
        self.init(.object, bits: UInt64(UInt(bitPattern: object)), count: count)
    }

    /// No value, but where constant data of a rule's node lies: see ``RuleNode/constant(_:)`` and ``VariablePath``.
    init(address: UnsafeRawPointer?, count: Int) {
        self.init(.null, bits: UInt64(UInt(bitPattern: address)), count: count)
    }

    /// A tape's node of a list or an object: no value, its bits are no address.
    @inline(__always) init(container kind: Kind, index: Int, count: Int) {
        self.init(kind, bits: UInt64(truncatingIfNeeded: index), count: count)
    }

    @inline(__always) var kind: Kind {
        // The byte is only ever written from a Kind.
        unsafe unsafeBitCast(UInt8(truncatingIfNeeded: meta), to: Kind.self)
    }

    @inline(__always) var count: Int { Int(truncatingIfNeeded: meta >> 32) }

    /// The count in the upper half, beside other bits: for adding up many.
    @inline(__always) var countBits: UInt64 { meta }

    /// A note that travels with the value: 1 + the index of the flag's variant that a literal text names; see ``isSplit``.
    @inline(__always) var mark: UInt32 {
        get { UInt32(truncatingIfNeeded: meta >> 8) & 0x7f_ffff }
        set { meta = meta & ~0x7fff_ff00 | UInt64(newValue & 0x7f_ffff) << 8 }
    }

    /// Whether `fractional` chose this value.
    @inline(__always) var isSplit: Bool {
        get { meta & 0x8000_0000 != 0 }
        set { meta = newValue ? meta | 0x8000_0000 : meta & ~0x8000_0000 }
    }

    /// The largest index a mark can carry.
    static let maximumMark = 0x7f_fffe

    @inline(__always) var isNull: Bool { kind == .null }
    @inline(__always) var isFailed: Bool { kind == .failed }
    @inline(__always) var isTrue: Bool { bits != 0 }
    @inline(__always) var integer: Int64 { Int64(bitPattern: bits) }
    @inline(__always) var double: Double { Double(bitPattern: bits) }

    /// The text's bytes; only of a text.
    @inline(__always) var text: ByteView {
        guard kind == .text, let base = unsafe UnsafePointer<UInt8>(bitPattern: UInt(bits)) else { return .empty }
        return unsafe ByteView(base, count: count)
    }

    /// The elements; none of anything but a list.
    @inline(__always) var elements: ValueList {
        kind == .list ? unsafe ValueList(UnsafePointer(bitPattern: UInt(bits)), count: count) : .empty
    }

    /// The members; none of anything but an object.
    @inline(__always) var members: ObjectTable {
        kind == .object
            ? unsafe ObjectTable(UnsafePointer(bitPattern: UInt(bits)), count: count)
            : .empty
    }

    /// The same value, where "failed" has become null: what data can hold.
    @inline(__always) var asData: RuleValue { isFailed ? .null : self }

    /// JsonLogic's truth, as settled in the specification: evaluation, "truthy".
    @inline(__always) var isTruthy: Bool {
        switch kind {
        case .null, .failed: false
        case .boolean, .integer, .unsigned: bits != 0
        case .double: double != 0
        case .text, .list, .object: count != 0
        }
    }
}
