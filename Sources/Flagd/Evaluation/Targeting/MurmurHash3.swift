/// MurmurHash3 x86_32 (Austin Appleby, public domain): what `fractional` buckets by.
enum MurmurHash3 {
    /// The hash of bytes with a seed of 0, unless another is given.
    ///
    /// O(n).
    static func hash(_ bytes: ByteView, seed: UInt32 = 0) -> UInt32 {
        let hash = unsafe bytes.withBuffer { unsafe blocks(UnsafeRawBufferPointer($0), seed) }
        return finish(hash ^ UInt32(truncatingIfNeeded: bytes.count))
    }

    /// The hash of two texts, one behind the other, with a seed of 0.
    ///
    /// O(n). What the first leaves of its last block is shifted into those of the second, so that nothing is copied.
    static func hash(_ first: ByteView, _ second: ByteView) -> UInt32 {
        var state = Joint()
        unsafe first.withBuffer { unsafe state.add(UnsafeRawBufferPointer($0)) }
        unsafe second.withBuffer { unsafe state.add(UnsafeRawBufferPointer($0)) }
        if state.pendingBits > 0 { state.hash ^= scramble(UInt32(truncatingIfNeeded: state.pending)) }
        return finish(state.hash ^ UInt32(truncatingIfNeeded: first.count &+ second.count))
    }

    /// The hash of pieces of a text.
    private struct Joint {
        var hash: UInt32 = 0
        /// Bytes that are no whole block yet, and how many bits they are: fewer than 32.
        var pending: UInt64 = 0
        var pendingBits: UInt64 = 0

        @inline(__always) mutating func add(_ bytes: UnsafeRawBufferPointer) {
            guard var next = bytes.baseAddress else { return }
            let end = unsafe next + (bytes.count & ~3)
            while unsafe next < end {
                append(UInt32(littleEndian: unsafe next.loadUnaligned(as: UInt32.self)), bits: 32)
                unsafe next += 4
            }
            let rest = bytes.count & 3
            if rest > 0 { append(unsafe MurmurHash3.tail(next, rest), bits: UInt64(rest &* 8)) }
        }

        @inline(__always) private mutating func append(_ word: UInt32, bits: UInt64) {
            pending |= UInt64(word) &<< pendingBits
            pendingBits &+= bits
            guard pendingBits >= 32 else { return }
            hash = MurmurHash3.mix(hash, UInt32(truncatingIfNeeded: pending))
            pending &>>= 32
            pendingBits &-= 32
        }
    }

    @inline(__always) private static func blocks(_ bytes: UnsafeRawBufferPointer, _ seed: UInt32) -> UInt32 {
        var hash = seed
        guard var next = bytes.baseAddress else { return hash }
        let end = unsafe next + (bytes.count & ~3)
        while unsafe next < end {
            hash = mix(hash, UInt32(littleEndian: unsafe next.loadUnaligned(as: UInt32.self)))
            unsafe next += 4
        }
        let rest = bytes.count & 3
        return rest == 0 ? hash : unsafe hash ^ scramble(tail(next, rest))
    }

    @inline(__always) private static func mix(_ hash: UInt32, _ block: UInt32) -> UInt32 {
        rotate(hash ^ scramble(block), 13) &* 5 &+ 0xe654_6b64
    }

    /// The one to three bytes behind the last block, zeros behind them.
    @inline(__always) private static func tail(_ base: UnsafeRawPointer, _ count: Int) -> UInt32 {
        let first = unsafe byte(base, 0)
        if count == 1 { return first }
        let second = unsafe first | byte(base, 1) << 8
        return count == 2 ? second : unsafe second | byte(base, 2) << 16
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
