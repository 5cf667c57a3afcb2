/// The static Huffman code of RFC 7541 appendix B.
///
/// The code is canonical: codes of one length count up in the order of their symbols, and each length continues where
/// the shorter one ended. So the lengths are all that needs to be written down.
struct HuffmanCode: Sendable {
    /// Bits of each symbol's code; the 257th is EOS.
    static let lengths: [UInt8] = [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ]

    static let endOfString = 256
    static let longest = 30

    /// Width of the direct lookup: longer codes are rare in header text.
    static let lookupBits = 9

    static let shared = HuffmanCode()

    /// Code of each symbol, in the low bits.
    let codes: [UInt32]

    /// Symbol and length (symbol << 8 | length) for each 9-bit prefix; 0 where the code is longer.
    let lookup: [UInt32]

    /// Per length: the first code, how many there are, and where its symbols start in `symbols`.
    let firstCode: [UInt32]
    let count: [UInt32]
    let firstSymbol: [Int]

    /// All symbols in code order.
    let symbols: [UInt16]

    private init() {
        var codes = [UInt32](repeating: 0, count: Self.lengths.count)
        var firstCode: [UInt32] = [0]
        var count: [UInt32] = [0]
        var firstSymbol = [0]
        var symbols: [UInt16] = []
        var next: UInt32 = 0
        for length in 1...Self.longest {
            next <<= 1
            firstCode.append(next)
            firstSymbol.append(symbols.count)
            for (symbol, bits) in Self.lengths.enumerated() where Int(bits) == length {
                codes[symbol] = next
                symbols.append(UInt16(symbol))
                next += 1
            }
            count.append(next - firstCode[length])
        }
        self.codes = codes
        self.lookup = Self.lookup(for: codes)
        self.firstCode = firstCode
        self.count = count
        self.firstSymbol = firstSymbol
        self.symbols = symbols
    }

    private static func lookup(for codes: [UInt32]) -> [UInt32] {
        var lookup = [UInt32](repeating: 0, count: 1 << lookupBits)
        for (symbol, code) in codes.enumerated() where lengths[symbol] <= lookupBits {
            let shift = lookupBits - Int(lengths[symbol])
            let entry = UInt32(symbol) << 8 | UInt32(lengths[symbol])
            for suffix in 0..<(1 << shift) { lookup[Int(code) << shift + suffix] = entry }
        }
        return lookup
    }
}
