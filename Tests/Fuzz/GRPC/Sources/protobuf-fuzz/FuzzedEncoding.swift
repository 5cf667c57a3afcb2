import FlagdGRPC

/// Writes values as the wire format says, so that what was decoded can be decoded again.
enum FuzzedEncoding {
    static func encode(_ structure: ProtobufStruct) -> [UInt8] {
        structure.reduce(into: []) { bytes, field in
            bytes += delimited(1, delimited(1, Array(field.name.utf8)) + delimited(2, encode(field.value)))
        }
    }

    static func encode(_ value: ProtobufValue) -> [UInt8] {
        switch value {
        case .null: [8, 0]
        case .number(let number): [17] + (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
        case .string(let text): delimited(3, Array(text.utf8))
        case .bool(let flag): [32, flag ? 1 : 0]
        case .structure(let fields): delimited(5, encode(fields))
        case .list(let values): delimited(6, values.flatMap { delimited(1, encode($0)) })
        }
    }

    /// Length-delimited bytes under a field number below 16.
    static func delimited(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = bytes.count
        while rest >= 0x80 {
            length.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return [field << 3 | 2] + length + [UInt8(rest)] + bytes
    }
}

/// Equality in which a number is equal to itself even if it is none.
func isSame(_ left: ProtobufValue, _ right: ProtobufValue) -> Bool {
    switch (left, right) {
    case (.number(let left), .number(let right)): left.bitPattern == right.bitPattern
    case (.structure(let left), .structure(let right)): isSame(left, right)
    case (.list(let left), .list(let right)): left.count == right.count && zip(left, right).allSatisfy(isSame)
    default: left == right
    }
}

/// ``isSame(_:_:)`` of every field.
func isSame(_ left: ProtobufStruct, _ right: ProtobufStruct) -> Bool {
    left.count == right.count
        && left.allSatisfy { field in right[field.name].map { isSame(field.value, $0) } ?? false }
}
