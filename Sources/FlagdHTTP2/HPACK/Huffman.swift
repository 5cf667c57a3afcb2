/// Huffman coding of string literals (RFC 7541 section 5.2).
package enum Huffman {
    /// The number of bytes the bytes of `text` take when encoded.
    package static func encodedLength(of text: some Sequence<UInt8>) -> Int {
        var bits = 0
        for byte in text { bits &+= Int(HuffmanCode.lengths[Int(byte)]) }
        return (bits &+ 7) / 8
    }

    /// Appends the encoded text, padded with ones.
    package static func encode(_ text: some Sequence<UInt8>, into output: inout [UInt8]) {
        let codes = HuffmanCode.shared.codes
        var accumulator: UInt64 = 0
        var bits = 0
        for byte in text {
            let length = Int(HuffmanCode.lengths[Int(byte)])
            accumulator = accumulator << UInt64(length) | UInt64(codes[Int(byte)])
            bits &+= length
            while bits >= 8 {
                bits &-= 8
                output.append(UInt8(truncatingIfNeeded: accumulator >> UInt64(bits)))
            }
        }
        guard bits > 0 else { return }
        let padding = UInt64(8 &- bits)
        output.append(UInt8(truncatingIfNeeded: accumulator << padding | (1 << padding &- 1)))
    }

    /// Decodes the bytes of `range`, which must lie inside `block`.
    ///
    /// - Throws: ``HPACKError/invalidHuffmanCode`` for EOS, padding of more than 7 bits or with a zero bit.
    package static func decode(_ block: Span<UInt8>, in range: Range<Int>) throws(HPACKError) -> [UInt8] {
        let code = HuffmanCode.shared
        var output: [UInt8] = []
        // The shortest code has five bits.
        output.reserveCapacity(range.count &* 8 / 5 &+ 1)
        var window = BitWindow()
        var next = range.lowerBound
        while true {
            while window.bits <= 48, next < range.upperBound {
                window.append(block[next])
                next &+= 1
            }
            // Fewer than 8 bits that are all ones are padding: no code is a prefix of them.
            if next == range.upperBound, window.bits < 8, window.isAllOnes { return output }
            output.append(try decodeSymbol(from: &window, code))
        }
    }

    private static func decodeSymbol(
        from window: inout BitWindow, _ code: HuffmanCode
    ) throws(HPACKError) -> UInt8 {
        let entry = code.lookup[Int(window.peek(HuffmanCode.lookupBits))]
        if entry != 0 {
            guard window.drop(Int(entry & 0xff)) else { throw .invalidHuffmanCode }
            return UInt8(truncatingIfNeeded: entry >> 8)
        }
        for length in (HuffmanCode.lookupBits &+ 1)...HuffmanCode.longest {
            let rank = window.peek(length) &- code.firstCode[length]
            guard rank < code.count[length] else { continue }
            let symbol = Int(code.symbols[code.firstSymbol[length] &+ Int(rank)])
            guard symbol != HuffmanCode.endOfString, window.drop(length) else { throw .invalidHuffmanCode }
            return UInt8(truncatingIfNeeded: symbol)
        }
        throw .invalidHuffmanCode
    }
}

/// Up to 56 bits waiting to be decoded.
private struct BitWindow {
    private var value: UInt64 = 0
    private(set) var bits = 0

    mutating func append(_ byte: UInt8) {
        value = value << 8 | UInt64(byte)
        bits &+= 8
    }

    var isAllOnes: Bool {
        let mask = UInt64(1) << UInt64(bits) &- 1
        return value & mask == mask
    }

    /// The next `count` bits, zeros where the input has ended.
    func peek(_ count: Int) -> UInt32 {
        let shifted = bits >= count ? value >> UInt64(bits &- count) : value << UInt64(count &- bits)
        return UInt32(truncatingIfNeeded: shifted) & (1 << UInt32(count) &- 1)
    }

    /// Removes `count` bits; false when there are not that many.
    mutating func drop(_ count: Int) -> Bool {
        guard bits >= count else { return false }
        bits &-= count
        return true
    }
}
