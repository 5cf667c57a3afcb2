/// Well-formed UTF-8 (Unicode 16, table 3-7).
enum UTF8Validation {
    /// The length of the sequence of several bytes that begins at an offset; nil when it is ill-formed.
    static func sequenceLength(in text: ByteView, at offset: Int) -> Int? {
        let first = text[offset]
        switch first {
        case 0xc2...0xdf: return follows(text, offset, 0x80...0xbf, more: 0) ? 2 : nil
        case 0xe0: return follows(text, offset, 0xa0...0xbf, more: 1) ? 3 : nil
        case 0xed: return follows(text, offset, 0x80...0x9f, more: 1) ? 3 : nil
        case 0xe1...0xef: return follows(text, offset, 0x80...0xbf, more: 1) ? 3 : nil
        case 0xf0: return follows(text, offset, 0x90...0xbf, more: 2) ? 4 : nil
        case 0xf1...0xf3: return follows(text, offset, 0x80...0xbf, more: 2) ? 4 : nil
        case 0xf4: return follows(text, offset, 0x80...0x8f, more: 2) ? 4 : nil
        default: return nil
        }
    }

    private static func follows(
        _ text: ByteView, _ offset: Int, _ second: ClosedRange<UInt8>, more: Int
    ) -> Bool {
        guard offset + 1 + more < text.count, second.contains(text[offset + 1]) else { return false }
        return (0..<more).allSatisfy { text[offset + 2 + $0] & 0xc0 == 0x80 }
    }
}
