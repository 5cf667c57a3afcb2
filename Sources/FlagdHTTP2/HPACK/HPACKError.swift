/// Why a header block cannot be decoded.
///
/// Each one is a connection error COMPRESSION_ERROR, because the tables of the two sides differ from here on (RFC 9113
/// section 4.3), except ``headerListTooLarge``.
package enum HPACKError: Error, Hashable, Sendable, CaseIterable {
    /// The block ends inside a representation.
    case truncated
    /// An integer beyond 32 bits, or one padded with needless zero groups (RFC 7541 section 5.1).
    case integerOverflow
    /// Index 0, or one beyond both tables (RFC 7541 sections 2.3.3 and 6.1).
    case invalidIndex
    /// A string longer than the rest of the block (RFC 7541 section 5.2).
    case stringTooLong
    /// EOS in a string, or padding that is longer than 7 bits or not all ones (RFC 7541 section 5.2).
    case invalidHuffmanCode
    /// A table size update behind a field (RFC 7541 section 4.2).
    case lateTableSizeUpdate
    /// A table size update above the announced limit (RFC 7541 section 6.3).
    case tableSizeTooLarge
    /// No table size update although the announced limit sank below the table's size (RFC 7541 section 4.2).
    case missingTableSizeUpdate
    /// The decoded list exceeds the hard limit; decoding stopped. A limit of this side, not a compression error.
    case headerListTooLarge
}

extension HPACKError: CustomStringConvertible {
    /// The cause in words.
    package var description: String {
        switch self {
        case .truncated: "the header block is truncated"
        case .integerOverflow: "an integer in the header block is too large"
        case .invalidIndex: "the header block refers to no table entry"
        case .stringTooLong: "a string exceeds the header block"
        case .invalidHuffmanCode: "invalid Huffman code"
        case .lateTableSizeUpdate: "a table size update follows a field"
        case .tableSizeTooLarge: "a table size update exceeds the limit"
        case .missingTableSizeUpdate: "a required table size update is missing"
        case .headerListTooLarge: "the header list is far too large"
        }
    }
}
