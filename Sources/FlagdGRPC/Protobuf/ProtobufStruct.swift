/// `google.protobuf.Struct`: names and values without an order.
///
/// Names are told apart by their bytes: U+00E9 and U+0065 U+0301 are two names, which as `String` keys they would not be.
package struct ProtobufStruct: Equatable, Sendable {
    private var fields: [Name: ProtobufValue] = [:]

    /// A struct without fields.
    package init() {}

    /// How many fields there are.
    package var count: Int { fields.count }

    /// Whether there is no field.
    package var isEmpty: Bool { fields.isEmpty }

    /// The value of the field with exactly this name.
    package subscript(_ name: String) -> ProtobufValue? {
        get { fields[Name(text: name)] }
        set { fields[Name(text: name)] = newValue }
    }

    /// A name compared and hashed by its UTF-8 bytes.
    private struct Name: Hashable, Sendable {
        let text: String

        static func == (left: Name, right: Name) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8)
        }

        func hash(into hasher: inout Hasher) {
            for byte in text.utf8 { hasher.combine(byte) }
            hasher.combine(0xff as UInt8)
        }
    }
}

extension ProtobufStruct: Sequence {
    /// Iterates over names and values, in no particular order.
    package func makeIterator() -> AnyIterator<(name: String, value: ProtobufValue)> {
        var base = fields.makeIterator()
        return AnyIterator { base.next().map { (name: $0.key.text, value: $0.value) } }
    }
}

extension ProtobufStruct: ExpressibleByDictionaryLiteral {
    /// Creates a struct from names and values; of equal names the last one counts.
    package init(dictionaryLiteral elements: (String, ProtobufValue)...) {
        self.init()
        for (name, value) in elements { self[name] = value }
    }
}

extension ProtobufStruct: ProtobufDecodable {
    /// Takes one map entry; an entry for a name that is there replaces its value.
    package mutating func merge(_ field: ProtobufField, budget: inout ProtobufBudget) throws(ProtobufError) {
        guard field.number == 1, case .bytes(let bytes) = field.value else { return }
        try budget.payForValue()
        var entry = ProtobufStructEntry()
        try entry.merge(bytes, budget: &budget)
        self[entry.name] = entry.value
    }
}

/// One entry of `Struct.fields`; a missing name is "", a missing value null (protobuf encoding specification, "Maps").
private struct ProtobufStructEntry: ProtobufDecodable {
    var name = ""
    var value = ProtobufValue.null

    mutating func merge(_ field: ProtobufField, budget: inout ProtobufBudget) throws(ProtobufError) {
        switch (field.number, field.value) {
        case (1, .bytes): name = try field.string() ?? ""
        case (2, .bytes(let bytes)): try value.merge(bytes, budget: &budget)
        default: break
        }
    }
}
