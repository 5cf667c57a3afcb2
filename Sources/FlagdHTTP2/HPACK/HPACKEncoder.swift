/// Encodes header lists for the peer (RFC 7541).
///
/// Its table never exceeds what the peer offers nor this side's own cap.
package struct HPACKEncoder: Sendable {
    /// Fields whose values are secrets even if nobody said so (RFC 7541 section 7.1.3).
    private static let secretNames = ["authorization", "proxy-authorization", "cookie"]

    private var table: HPACKDynamicTable
    private let cap: Int
    /// The smallest size the table had since the last block, when a change must be announced.
    private var smallestPendingSize: Int?

    /// Creates an encoder with the table size that holds before SETTINGS arrive, 4096, or less.
    ///
    /// - Parameter maximumTableSize: bytes used at most of the peer's table; 0 turns indexing off.
    package init(maximumTableSize: Int = 4096) {
        cap = maximumTableSize
        table = HPACKDynamicTable(maximumSize: 4096)
        if cap < 4096 { resize(to: cap) }
    }

    /// The entries of the dynamic table now.
    package var dynamicTable: HPACKDynamicTable { table }

    /// The peer sent SETTINGS_HEADER_TABLE_SIZE: a smaller table is announced at the next block
    /// (RFC 7541 section 4.2), a larger one used up to the cap.
    package mutating func tableSizeOffered(_ size: Int) {
        let newSize = min(size, cap)
        if newSize != table.maximumSize { resize(to: newSize) }
    }

    private mutating func resize(to size: Int) {
        smallestPendingSize = min(smallestPendingSize ?? size, size)
        table.setMaximumSize(size)
    }

    /// Appends the block for `fields`.
    package mutating func encode(_ fields: [HeaderField], into output: inout [UInt8]) {
        announceTableSize(into: &output)
        for field in fields { encode(field, into: &output) }
    }

    /// Two updates when the table shrank and grew between blocks, so that the peer evicts the same entries.
    private mutating func announceTableSize(into output: inout [UInt8]) {
        guard let smallest = smallestPendingSize else { return }
        smallestPendingSize = nil
        HPACKInteger.encode(smallest, prefixBits: 5, pattern: 0x20, into: &output)
        guard smallest != table.maximumSize else { return }
        HPACKInteger.encode(table.maximumSize, prefixBits: 5, pattern: 0x20, into: &output)
    }

    private mutating func encode(_ field: HeaderField, into output: inout [UInt8]) {
        let isSecret = field.isSensitive || Self.secretNames.contains(field.name)
        let match = find(field)
        if !isSecret, let index = match.field {
            return HPACKInteger.encode(index, prefixBits: 7, pattern: 0x80, into: &output)
        }
        let indexes = !isSecret && isWorthIndexing(field)
        if indexes {
            encodeName(field, match.name, prefixBits: 6, pattern: 0x40, into: &output)
        } else {
            encodeName(field, match.name, prefixBits: 4, pattern: isSecret ? 0x10 : 0, into: &output)
        }
        encodeString(field.value, into: &output)
        if indexes { table.insert(HPACKTableEntry(field)) }
    }

    private func find(_ field: HeaderField) -> HPACKMatch {
        var match = HPACKStaticTable.find(field)
        guard match.field == nil, table.count > 0 else { return match }
        let found = table.find(field)
        let first = HPACKStaticTable.entries.count &+ 1
        match.field = found.field.map { $0 &+ first }
        match.name = match.name ?? found.name.map { $0 &+ first }
        return match
    }

    /// A value that differs in each request, or that would displace most others, is not worth a table entry.
    private func isWorthIndexing(_ field: HeaderField) -> Bool {
        guard field.listSize <= table.maximumSize / 2 else { return false }
        return field.name != "grpc-timeout" && field.name != "content-length"
    }

    private func encodeName(
        _ field: HeaderField, _ index: Int?, prefixBits: Int, pattern: UInt8, into output: inout [UInt8]
    ) {
        HPACKInteger.encode(index ?? 0, prefixBits: prefixBits, pattern: pattern, into: &output)
        if index == nil { encodeString(field.name, into: &output) }
    }

    private func encodeString(_ text: String, into output: inout [UInt8]) {
        let plain = text.utf8.count
        let coded = Huffman.encodedLength(of: text.utf8)
        guard coded < plain else {
            HPACKInteger.encode(plain, prefixBits: 7, pattern: 0, into: &output)
            return output.append(contentsOf: text.utf8)
        }
        HPACKInteger.encode(coded, prefixBits: 7, pattern: 0x80, into: &output)
        Huffman.encode(text.utf8, into: &output)
    }
}
