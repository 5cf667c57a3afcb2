/// Builds one message field by field (protobuf encoding specification); proto3: a default value is not written.
package struct ProtobufWriter: Sendable {
    /// The message so far.
    package private(set) var bytes: [UInt8] = []

    /// Creates an empty message.
    package init() {}

    /// Appends a `string` field unless it is empty.
    package mutating func write(_ text: String, field: Int) {
        guard !text.isEmpty else { return }
        writeTag(field: field, wireType: 2)
        writeVarint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func writeTag(field: Int, wireType: UInt64) {
        writeVarint(UInt64(truncatingIfNeeded: field) << 3 | wireType)
    }

    private mutating func writeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
