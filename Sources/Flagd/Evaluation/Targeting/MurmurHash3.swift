/// MurmurHash3 x86_32 (Austin Appleby, public domain): what `fractional` buckets by.
enum MurmurHash3 {
    /// The hash of bytes with a seed of 0, unless another is given.
    ///
    /// O(n).
    static func hash(_ bytes: ByteView, seed: UInt32 = 0) -> UInt32 {
        let hash = unsafe bytes.withBuffer { unsafe blocks(UnsafeRawBufferPointer($0), seed) }
        return finish(hash ^ UInt32(truncatingIfNeeded: bytes.count))
    }

    @inline(__always) private static func blocks(_ bytes: UnsafeRawBufferPointer, _ seed: UInt32) -> UInt32 {
        var hash = seed
        guard var next = bytes.baseAddress else { return hash }
        let end = unsafe next + (bytes.count & ~3)
        while unsafe next < end {
            hash ^= scramble(UInt32(littleEndian: unsafe next.loadUnaligned(as: UInt32.self)))
            hash = rotate(hash, 13) &* 5 &+ 0xe654_6b64
            unsafe next += 4
        }
        switch bytes.count & 3 {
        case 1: return unsafe hash ^ scramble(byte(next, 0))
        case 2: return unsafe hash ^ scramble(byte(next, 0) | byte(next, 1) << 8)
        case 3: return unsafe hash ^ scramble(byte(next, 0) | byte(next, 1) << 8 | byte(next, 2) << 16)
        default: return hash
        }
    }

    @inline(__always) private static func byte(_ base: UnsafeRawPointer, _ offset: Int) -> UInt32 {
        unsafe UInt32(base.load(fromByteOffset: offset, as: UInt8.self))
    }

    @inline(__always) private static func scramble(_ block: UInt32) -> UInt32 {
        rotate(block &* 0xcc9e_2d51, 15) &* 0x1b87_3593
    }

    @inline(__always) private static func rotate(_ value: UInt32, _ bits: UInt32) -> UInt32 {
        value &<< bits | value &>> (32 &- bits)
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
