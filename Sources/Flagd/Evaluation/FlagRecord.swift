/// A variant of a flag: plain data.
struct VariantRecord: BitwiseCopyable {
    let name: RuleValue
    let value: RuleValue
    /// Where the name and a text value stand ready; see ``FlagText``.
    let nameText: FlagText
    let valueText: FlagText
}

/// Where a text or object that evaluations hand out stands ready.
///
/// Short texts own nothing in Swift and lie in the set's common table. Long texts and objects have a shared reference count, which
/// threads would fight over: each stripe of the snapshot makes its own copy when it first hands one out.
struct FlagText: BitwiseCopyable {
    private let position: UInt32

    /// The number has no text.
    static let none = FlagText(position: .max)

    private init(position: UInt32) { self.position = position }

    static func shared(_ index: Int) -> FlagText { FlagText(position: UInt32(index)) }
    static func perStripe(_ index: Int) -> FlagText { FlagText(position: UInt32(index) | 0x8000_0000) }

    /// The longest text in UTF-8 bytes that Swift keeps without an allocation.
    static let longestShared = MemoryLayout<Int>.size == 8 ? 15 : 10

    @inline(__always) var isShared: Bool { position & 0x8000_0000 == 0 }
    @inline(__always) var index: Int { Int(position & 0x7fff_ffff) }
}

/// What an evaluation reads of a flag: plain data of one cache line.
@safe struct FlagRecord: BitwiseCopyable, @unchecked Sendable {
    let key: TextKey
    /// The rule; nil without one, or when it cannot be used.
    let rule: UnsafePointer<RuleNode>?
    let variants: UnsafePointer<VariantRecord>?
    let variantCount: Int32
    /// The default variant; ``noDefault`` or ``unknownDefault`` without one.
    let defaultVariant: Int32
    /// The variants that a rule's `true` and `false` name; −1 without one.
    let trueVariant: Int32
    let falseVariant: Int32
    /// The entry of the flag's metadata in a stripe's cache; 0 is the set's.
    let metadata: UInt32
    let state: State

    enum State: UInt8 {
        case enabled
        case disabled
        case unusable
    }

    static let noDefault: Int32 = -1
    static let unknownDefault: Int32 = -2

    /// The same flag with a rule.
    func with(rule: UnsafePointer<RuleNode>?, state: State) -> FlagRecord {
        unsafe FlagRecord(
            key: key, rule: rule, variants: variants, variantCount: variantCount, defaultVariant: defaultVariant,
            trueVariant: trueVariant, falseVariant: falseVariant, metadata: metadata, state: state)
    }

    /// A variant by its index.
    @inline(__always) func variant(_ index: Int32) -> VariantRecord? {
        guard index >= 0, index < variantCount, let variants = unsafe variants else { return nil }
        return unsafe variants[Int(index)]
    }

    /// The index of the variant of a name; −1 without one.
    ///
    /// O(n): names that rules spell out are marked with their index.
    func variantIndex(named name: ByteView) -> Int32 {
        guard let variants = unsafe variants else { return -1 }
        for index in 0..<Int(variantCount) where unsafe variants[index].name.text == name { return Int32(index) }
        return -1
    }
}

/// Where a flag's record is.
///
/// Invariant: its flag set is alive; see ``Snapshot``.
@safe struct FlagRecordReference: @unchecked Sendable {
    let address: UnsafePointer<FlagRecord>

    init(_ address: UnsafePointer<FlagRecord>) { unsafe self.address = unsafe address }

    var record: FlagRecord { unsafe address.pointee }
    /// The key's bytes.
    @inline(__always) var key: ByteView {
        // The key is a record's first part.
        unsafe TextKey.text(of: UnsafeRawPointer(address).assumingMemoryBound(to: TextKey.self))
    }
    @inline(__always) var state: FlagRecord.State { unsafe address.pointee.state }
    @inline(__always) var rule: RuleNodeReference? { unsafe address.pointee.rule.map { unsafe RuleNodeReference($0) } }
    @inline(__always) var defaultVariant: Int32 { unsafe address.pointee.defaultVariant }
    @inline(__always) var metadata: Int { unsafe Int(address.pointee.metadata) }
    @inline(__always) func variantIndex(of value: Bool) -> Int32 {
        unsafe value ? address.pointee.trueVariant : address.pointee.falseVariant
    }

    /// A variant by its index; nil for a negative one.
    @inline(__always) func variant(_ index: Int32) -> VariantReference? {
        guard index >= 0, unsafe index < address.pointee.variantCount, let base = unsafe address.pointee.variants else {
            return nil
        }
        return unsafe VariantReference(base + Int(index))
    }
}

/// Where a variant is.
///
/// Invariant: its flag set is alive; see ``Snapshot``.
@safe struct VariantReference: @unchecked Sendable {
    private let address: UnsafePointer<VariantRecord>

    init(_ address: UnsafePointer<VariantRecord>) { unsafe self.address = unsafe address }

    @inline(__always) var name: RuleValue { unsafe address.pointee.name }
    @inline(__always) var value: RuleValue { unsafe address.pointee.value }
    @inline(__always) var nameText: FlagText { unsafe address.pointee.nameText }
    @inline(__always) var valueText: FlagText { unsafe address.pointee.valueText }
}

/// What is seldom read of a flag: plain data.
struct FlagDetail: BitwiseCopyable {
    /// The flag's key.
    let key: ByteView
    /// The flag's bytes in its payload.
    var raw: ByteView
    /// The payload's position among those that were merged.
    let payload: Int
    /// The flag's position in the array form.
    var arrayIndex: Int?
    /// The flag's own metadata, an object; null without one.
    var metadata: RuleValue
    /// The default variant as it stands there.
    let defaultVariant: RuleValue
    /// Whether the rule refers to evaluators.
    let usesEvaluators: Bool
    /// Whether there is no diagnostic about the flag, nor one that was left out.
    var isFaultless = true
    /// The record of the set's foundation that the flag was taken over from.
    var origin: Int?
}
