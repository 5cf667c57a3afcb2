/// MurmurHash3 x86_32 (Austin Appleby, public domain): what `fractional` buckets by.
enum MurmurHash3 {
    /// The hash of bytes with a seed of 0, unless another is given.
    ///
    /// O(n).
    static func hash(_ bytes: ByteView, seed: UInt32 = 0) -> UInt32 {
        var hash = seed
        let blocks = bytes.count >> 2
        for block in 0..<blocks {
            hash ^= scramble(bytes.halfWord(at: block << 2))
            hash = rotate(hash, 13) &* 5 &+ 0xe654_6b64
        }
        var tail: UInt32 = 0
        for index in stride(from: bytes.count &- 1, through: blocks << 2, by: -1) {
            tail = tail << 8 | UInt32(bytes[index])
        }
        if bytes.count & 3 != 0 { hash ^= scramble(tail) }
        return finish(hash ^ UInt32(truncatingIfNeeded: bytes.count))
    }

    @inline(__always) private static func scramble(_ block: UInt32) -> UInt32 {
        rotate(block &* 0xcc9e_2d51, 15) &* 0x1b87_3593
    }

    @inline(__always) private static func rotate(_ value: UInt32, _ bits: UInt32) -> UInt32 {
        value << bits | value >> (32 - bits)
    }

    @inline(__always) private static func finish(_ value: UInt32) -> UInt32 {
        var hash = value
        hash ^= hash >> 16
        hash = hash &* 0x85eb_ca6b
        hash ^= hash >> 13
        hash = hash &* 0xc2b2_ae35
        return hash ^ hash >> 16
    }
}
