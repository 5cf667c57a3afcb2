/// The prefix integers of RFC 7541 section 5.1.
package enum HPACKInteger {
    /// Groups of seven bits behind the prefix: five hold 32 bits, and a padded sixth is not worth accepting.
    static let maximumContinuationBytes = 5

    /// Reads an integer whose prefix is the low `prefixBits` bits of `block[offset]`.
    ///
    /// - Parameters:
    ///   - block: the header block.
    ///   - offset: the place of the first byte; moved behind the integer.
    ///   - prefixBits: 1 to 8.
    /// - Throws: ``HPACKError/truncated`` or ``HPACKError/integerOverflow`` (above 2^32−1).
    package static func decode(
        _ block: Span<UInt8>, at offset: inout Int, prefixBits: Int
    ) throws(HPACKError) -> Int {
        guard offset < block.count else { throw .truncated }
        let mask = UInt64(1) << UInt64(prefixBits) &- 1
        var value = UInt64(block[offset]) & mask
        offset &+= 1
        guard value == mask else { return Int(clamping: value) }
        for group in 0..<maximumContinuationBytes {
            guard offset < block.count else { throw .truncated }
            let byte = block[offset]
            offset &+= 1
            value &+= UInt64(byte & 0x7f) << UInt64(7 &* group)
            guard value <= UInt64(UInt32.max) else { throw .integerOverflow }
            if byte & 0x80 == 0 { return Int(clamping: value) }
        }
        throw .integerOverflow
    }

    /// Appends `value` with a prefix of `prefixBits` bits below the bits of `pattern`.
    package static func encode(_ value: Int, prefixBits: Int, pattern: UInt8, into output: inout [UInt8]) {
        var rest = UInt64(clamping: value)
        let mask = UInt64(1) << UInt64(prefixBits) &- 1
        guard rest >= mask else { return output.append(pattern | UInt8(truncatingIfNeeded: rest)) }
        output.append(pattern | UInt8(truncatingIfNeeded: mask))
        rest &-= mask
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }
}
