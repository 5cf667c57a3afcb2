/// Checks UTF-8 without building a `String` (Unicode 16, table 3-7; RFC 3629 section 4).
///
/// Unsafe code: unaligned loads. Their invariant: as many bytes as are loaded follow the offset.
package enum UTF8Validation {
    /// Whether `bytes` are well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF, nothing cut off.
    package static func isValid(_ bytes: Span<UInt8>) -> Bool {
        let raw = unsafe bytes.bytes
        var position = 0
        while true {
            position = endOfASCII(bytes, raw, from: position)
            guard position < bytes.count else { return true }
            // Text in other scripts comes in runs: stay here until the next ASCII byte.
            repeat {
                let rest = bytes.count &- position
                let length = rest >= 4 ? sequenceLength(raw, at: position) : lastSequenceLength(bytes, at: position)
                guard length > 0 else { return false }
                position &+= length
            } while position < bytes.count && bytes[position] >= 0x80
        }
    }

    /// The first position from `start` on that is not ASCII: sixty-four bytes a step, then eight, then one.
    private static func endOfASCII(_ bytes: Span<UInt8>, _ raw: RawSpan, from start: Int) -> Int {
        var position = start
        while bytes.count &- position >= 64 {
            let block = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: SIMD8<UInt64>.self)
            let quarter = block.lowHalf | block.highHalf
            let both = quarter.lowHalf | quarter.highHalf
            guard (both[0] | both[1]) & 0x8080_8080_8080_8080 == 0 else { break }
            position &+= 64
        }
        while bytes.count &- position >= 8 {
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            guard word & 0x8080_8080_8080_8080 == 0 else { break }
            position &+= 8
        }
        while position < bytes.count, bytes[position] < 0x80 {
            position &+= 1
        }
        return position
    }

    /// The length of the multi-byte sequence at `position`, from where four bytes can be loaded; 0 if it is malformed.
    ///
    /// Each kind of sequence is one mask: first the fixed bits, then those that tell overlong forms and surrogates.
    private static func sequenceLength(_ raw: RawSpan, at position: Int) -> Int {
        let word = UInt32(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self))
        if word & 0x00c0_c0f0 == 0x0080_80e0 {
            let leading = word & 0x200f
            return leading != 0 && leading != 0x200d ? 3 : 0
        }
        if word & 0xc0e0 == 0x80c0 {
            return word & 0x1e != 0 ? 2 : 0
        }
        guard word & 0xc0c0_c0f8 == 0x8080_80f0 else { return 0 }
        // The three low bits of the first byte and the upper two of the second's: 0x01 to 0x10 as a plane number.
        let plane = (word & 0x07) << 2 | (word >> 12) & 0x03
        return (0x01...0x10).contains(plane) ? 4 : 0
    }

    /// As ``sequenceLength(_:at:)``, for the last three bytes.
    private static func lastSequenceLength(_ bytes: Span<UInt8>, at position: Int) -> Int {
        let rest = bytes.count &- position
        guard rest >= 2, bytes[position &+ 1] & 0xc0 == 0x80 else { return 0 }
        let (first, second) = (bytes[position], bytes[position &+ 1])
        switch first {
        case 0xc2...0xdf: return 2
        case 0xe0...0xef:
            guard rest >= 3, bytes[position &+ 2] & 0xc0 == 0x80 else { return 0 }
            let isOverlong = first == 0xe0 && second < 0xa0
            let isSurrogate = first == 0xed && second > 0x9f
            return isOverlong || isSurrogate ? 0 : 3
        default: return 0
        }
    }
}
