/// Protobuf fields by hand, for tests.
enum WireBytes {
    static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func field(_ number: Int, varint value: UInt64) -> [UInt8] {
        varint(UInt64(number) << 3) + varint(value)
    }

    static func field(_ number: Int, double value: Double) -> [UInt8] {
        let bits = value.bitPattern
        return varint(UInt64(number) << 3 | 1) + (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }

    static func field(_ number: Int, bytes: some Collection<UInt8>) -> [UInt8] {
        varint(UInt64(number) << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    static func field(_ number: Int, text: String) -> [UInt8] {
        field(number, bytes: text.utf8)
    }

    /// An entry of a `google.protobuf.Struct`.
    static func entry(_ name: String, _ value: [UInt8]) -> [UInt8] {
        field(1, bytes: field(1, text: name) + field(2, bytes: value))
    }
}
