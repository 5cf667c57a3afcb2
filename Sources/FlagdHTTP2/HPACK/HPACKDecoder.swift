/// A decoded header block.
package struct HPACKHeaderList: Equatable, Sendable {
    /// The fields in order; empty when the list exceeded the soft limit.
    package var fields: [HeaderField] = []

    /// The size of the whole list (RFC 7541 section 4.1), also of fields that were not kept.
    package var size = 0

    /// Whether the soft limit was exceeded.
    package var isTooLarge = false
}

/// Decodes the peer's header blocks (RFC 7541).
///
/// Knows nothing of what a field means: a value a layer above rejects is a table entry like any other.
package struct HPACKDecoder: Sendable {
    private var table: HPACKDynamicTable
    private var tableSizeLimit: Int
    private var needsSizeUpdate = false
    private let softLimit: Int
    private let hardLimit: Int

    /// Creates a decoder.
    ///
    /// - Parameters:
    ///   - tableSizeLimit: the table size the peer may use (SETTINGS_HEADER_TABLE_SIZE).
    ///   - softLimit: list size above which fields are no longer kept.
    ///   - hardLimit: list size above which decoding stops.
    package init(tableSizeLimit: Int = 4096, softLimit: Int = .max, hardLimit: Int = .max) {
        // More than the initial 4096 bytes are used only after an update says so (RFC 7541 section 4.2).
        table = HPACKDynamicTable(maximumSize: min(tableSizeLimit, 4096))
        self.tableSizeLimit = tableSizeLimit
        self.softLimit = softLimit
        self.hardLimit = hardLimit
    }

    /// The entries of the dynamic table now.
    package var dynamicTable: HPACKDynamicTable { table }

    /// The peer acknowledged SETTINGS_HEADER_TABLE_SIZE: below the present size its next block must begin with an
    /// update (RFC 7541 section 4.2).
    package mutating func tableSizeLimitAcknowledged(_ limit: Int) {
        tableSizeLimit = limit
        needsSizeUpdate = table.maximumSize > limit
    }

    /// Decodes a whole block.
    ///
    /// After an error the decoder's tables are useless.
    package mutating func decode(_ block: Span<UInt8>) throws(HPACKError) -> HPACKHeaderList {
        var list = HPACKHeaderList()
        var offset = 0
        var mayUpdateSize = true
        while offset < block.count {
            let byte = block[offset]
            if byte & 0xe0 == 0x20 {
                guard mayUpdateSize else { throw .lateTableSizeUpdate }
                try updateTableSize(block, at: &offset)
                continue
            }
            guard !needsSizeUpdate else { throw .missingTableSizeUpdate }
            mayUpdateSize = false
            let entry = try decodeField(block, at: &offset, first: byte)
            try append(entry, to: &list)
        }
        guard !needsSizeUpdate else { throw .missingTableSizeUpdate }
        return list
    }

    private func append(_ entry: HPACKTableEntry, to list: inout HPACKHeaderList) throws(HPACKError) {
        list.size &+= entry.size
        if list.size > hardLimit { throw .headerListTooLarge }
        if list.size > softLimit {
            list.isTooLarge = true
            list.fields = []
        } else {
            list.fields.append(entry.field)
        }
    }

    private mutating func updateTableSize(_ block: Span<UInt8>, at offset: inout Int) throws(HPACKError) {
        let size = try HPACKInteger.decode(block, at: &offset, prefixBits: 5)
        guard size <= tableSizeLimit else { throw .tableSizeTooLarge }
        needsSizeUpdate = false
        table.setMaximumSize(size)
    }

    private mutating func decodeField(
        _ block: Span<UInt8>, at offset: inout Int, first byte: UInt8
    ) throws(HPACKError) -> HPACKTableEntry {
        if byte & 0x80 != 0 {
            return try entry(HPACKInteger.decode(block, at: &offset, prefixBits: 7))
        }
        let isIndexing = byte & 0xc0 == 0x40
        let index = try HPACKInteger.decode(block, at: &offset, prefixBits: isIndexing ? 6 : 4)
        let name = try index == 0 ? decodeString(block, at: &offset) : nameOfEntry(index)
        let value = try decodeString(block, at: &offset)
        let field = HeaderField(name.text, value.text, isSensitive: byte & 0xf0 == 0x10)
        let entry = HPACKTableEntry(field, nameLength: name.length, valueLength: value.length)
        if isIndexing { table.insert(entry) }
        return entry
    }

    private func entry(_ index: Int) throws(HPACKError) -> HPACKTableEntry {
        guard index > 0 else { throw .invalidIndex }
        let staticTable = HPACKStaticTable.entries
        if index <= staticTable.count {
            return HPACKTableEntry(staticTable[index &- 1])
        }
        guard let entry = table.entry(index &- staticTable.count &- 1) else { throw .invalidIndex }
        return entry
    }

    private func nameOfEntry(_ index: Int) throws(HPACKError) -> (text: String, length: Int) {
        let entry = try entry(index)
        return (entry.field.name, entry.nameLength)
    }

    private func decodeString(
        _ block: Span<UInt8>, at offset: inout Int
    ) throws(HPACKError) -> (text: String, length: Int) {
        guard offset < block.count else { throw .truncated }
        let isHuffman = block[offset] & 0x80 != 0
        let length = try HPACKInteger.decode(block, at: &offset, prefixBits: 7)
        guard length <= block.count &- offset else { throw .stringTooLong }
        let range = offset..<(offset &+ length)
        offset &+= length
        if isHuffman {
            let bytes = try Huffman.decode(block, in: range)
            return (String(decoding: bytes, as: UTF8.self), bytes.count)
        }
        return (block.extracting(range).text, length)
    }
}
