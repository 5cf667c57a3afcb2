/// `google.protobuf.Value`: any JSON value.
package enum ProtobufValue: Equatable, Sendable {
    /// `null_value`, and a value of which nothing is set.
    case null
    /// `number_value`; may be NaN or infinite, which JSON has no words for.
    case number(Double)
    /// `string_value`.
    case string(String)
    /// `bool_value`.
    case bool(Bool)
    /// `struct_value`.
    case structure(ProtobufStruct)
    /// `list_value`.
    case list([ProtobufValue])
}

extension ProtobufValue: ProtobufDecodable {
    /// The value of which nothing is set.
    package init() {
        self = .null
    }

    /// Takes one member of the `kind` oneof: the last one wins, and two of the same message kind merge.
    package mutating func merge(_ field: ProtobufField, budget: inout ProtobufBudget) throws(ProtobufError) {
        switch (field.number, field.value) {
        case (1, .varint): self = .null
        case (2, .fixed64(let bits)): self = .number(Double(bitPattern: bits))
        case (3, .bytes): self = .string(try field.string() ?? "")
        case (4, .varint(let value)): self = .bool(value != 0)
        case (5, .bytes(let bytes)): try mergeStructure(bytes, budget: &budget)
        case (6, .bytes(let bytes)): try mergeList(bytes, budget: &budget)
        default: break
        }
    }

    private mutating func mergeStructure(
        _ bytes: ArraySlice<UInt8>, budget: inout ProtobufBudget
    ) throws(ProtobufError) {
        var structure = ProtobufStruct()
        if case .structure(let old) = self { structure = old }
        // Let go of the old value first, so that merging grows it in place.
        self = .null
        try structure.merge(bytes, budget: &budget)
        self = .structure(structure)
    }

    private mutating func mergeList(_ bytes: ArraySlice<UInt8>, budget: inout ProtobufBudget) throws(ProtobufError) {
        var list = ProtobufList()
        if case .list(let old) = self { list.values = old }
        self = .null
        try list.merge(bytes, budget: &budget)
        self = .list(list.values)
    }
}

/// `google.protobuf.ListValue`.
struct ProtobufList: ProtobufDecodable {
    var values: [ProtobufValue] = []

    mutating func merge(_ field: ProtobufField, budget: inout ProtobufBudget) throws(ProtobufError) {
        guard field.number == 1, case .bytes(let bytes) = field.value else { return }
        try budget.payForValue()
        var value = ProtobufValue()
        try value.merge(bytes, budget: &budget)
        values.append(value)
    }
}
