/// The hash of keys: of flags, of context attributes and of the paths that rules read.
///
/// The construction is wyhash's (Wang Yi, "wyhash", final version 4: folded 64×64-bit multiplications), of which short texts need one
/// step. The seed differs from process to process, so that nobody can prepare keys that collide.
enum TextHash {
    private static let seed = UInt64.random(in: .min ... .max)

    /// The hash of a text's bytes.
    ///
    /// O(n).
    @inline(__always) static func hash(_ bytes: ByteView) -> UInt64 { HashedKey(bytes).hash }

    /// The process's seed, for those who keep a copy at hand.
    static var processSeed: UInt64 { seed }

    /// The hash of more bytes than a ``TextKey`` holds itself.
    @inline(__always) static func longHash(_ bytes: ByteView, seed: UInt64) -> UInt64 {
        let count = bytes.count
        var state = seed ^ UInt64(truncatingIfNeeded: count)
        var offset = 0
        while count &- offset > 16 {
            state = fold(bytes.word(at: offset) ^ secret, bytes.word(at: offset &+ 8) ^ state)
            offset &+= 16
        }
        let last = (bytes.word(at: count &- 16), bytes.word(at: count &- 8))
        return fold(secret ^ UInt64(truncatingIfNeeded: count), fold(last.0 ^ secret, last.1 ^ state))
    }

    /// Odd, with as many ones as zeros, as wyhash asks of its secrets.
    static let secret: UInt64 = 0xe703_7ed1_a0b4_28db

    @inline(__always) static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
