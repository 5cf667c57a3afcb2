/// Where the members of a flag stand on a tape.
///
/// Of duplicate ones the last wins.
struct FlagMembers {
    private(set) var state: Int?
    private(set) var defaultVariant: Int?
    private(set) var variants: Int?
    private(set) var targeting: Int?
    private(set) var metadata: Int?

    /// Nil when there is no object at the start of the tape.
    init?(_ tape: JSONTape) {
        guard tape.count > 0, case .object(let count, _) = tape[0] else { return nil }
        var next = 1
        for _ in 0..<count {
            let value = next + 1
            if let name = tape.text(at: next) { note(name, value) }
            next = tape.end(of: value)
        }
    }

    private mutating func note(_ name: ByteView, _ value: Int) {
        switch name.count {
        case 5: if name == ByteView("state") { state = value }
        case 8:
            if name == ByteView("variants") { variants = value }
            if name == ByteView("metadata") { metadata = value }
        case 9: if name == ByteView("targeting") { targeting = value }
        case 14: if name == ByteView("defaultVariant") { defaultVariant = value }
        default: break
        }
    }

    /// Why the flag cannot be used, and which member is to blame.
    func problem(on tape: JSONTape) -> (member: String, reason: String)? {
        if let state, !isTextOrNull(tape, state) { return ("/state", "its state is no text") }
        if let defaultVariant, !isTextOrNull(tape, defaultVariant) {
            return ("/defaultVariant", "its default variant is no text")
        }
        guard let variants else { return ("", "it has no variants") }
        guard case .object(let count, _) = tape[variants] else { return ("/variants", "its variants are no object") }
        return count == 0 ? ("/variants", "it has no variants") : nil
    }

    private func isTextOrNull(_ tape: JSONTape, _ index: Int) -> Bool {
        tape.kind(at: index) == .text || tape.kind(at: index) == .null
    }
}

/// The variants of a flag while it is compiled, found by name.
///
/// Invariant: `count` records lie behind `base`, in the flag set's arena.
@safe struct VariantTable: @unchecked Sendable {
    let base: UnsafePointer<VariantRecord>?
    let count: Int
    /// Positions by name, where scanning would be slow.
    private let names: ObjectTable

    static let empty = unsafe VariantTable(nil, count: 0, names: .empty)

    private init(_ base: UnsafePointer<VariantRecord>?, count: Int, names: ObjectTable) {
        unsafe self.base = unsafe base
        self.count = count
        self.names = names
    }

    init(_ base: UnsafePointer<VariantRecord>?, count: Int, arena: Arena) {
        var builder = ObjectTableBuilder()
        if count > ObjectTable.scanLimit, let base = unsafe base {
            for index in 0..<count {
                unsafe builder.add(key: base[index].name.text, value: RuleValue(Int64(index)))
            }
        }
        unsafe self.init(base, count: count, names: builder.build(in: arena).members)
    }

    init(_ record: FlagRecord, arena: Arena) {
        unsafe self.init(record.variants, count: Int(record.variantCount), arena: arena)
    }

    subscript(index: Int) -> VariantRecord {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
        guard let base = unsafe base else { preconditionFailure("a table with variants has memory") }
        return unsafe base[index]
    }

    /// The index of the variant of a name; nil without one.
    func index(of name: ByteView) -> Int32? {
        if names.count > 0 { return names.find(HashedKey(name)).map { Int32($0.integer) } }
        guard let base = unsafe base else { return nil }
        return unsafe VariantTable.scan(base, count, name).map { Int32($0) }
    }

    static func scan(_ base: UnsafePointer<VariantRecord>, _ count: Int, _ name: ByteView) -> Int? {
        (0..<count).first { unsafe base[$0].name.text == name }
    }
}

extension JSONTape {
    /// Whether all members of an object are strings, numbers or booleans.
    func areMetadata(_ index: Int) -> Bool {
        members(of: index).allSatisfy { member in
            switch kind(at: member.value) {
            case .boolean, .integer, .unsigned, .double, .text: true
            case .null, .failed, .list, .object: false
            }
        }
    }
}

extension RuleValue {
    /// The type of a flag with this variant; nil for null.
    var flagType: FlagDescription.ValueType? {
        switch kind {
        case .boolean: .boolean
        case .integer, .unsigned: .integer
        case .double: Int64(exactly: double) != nil ? .integer : .double
        case .text: .string
        case .list, .object: .object
        case .null, .failed: nil
        }
    }

    /// Whether it is an integer that a double may not hold exactly: beyond ±(2^53−1).
    var isBeyondExactDoubles: Bool {
        switch kind {
        case .integer: integer.magnitude > (1 << 53) - 1
        case .unsigned: true
        default: false
        }
    }
}
