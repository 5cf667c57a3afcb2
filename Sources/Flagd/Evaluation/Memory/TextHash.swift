/// The hash of keys: of flags, of context attributes and of the paths that rules read.
///
/// The construction is wyhash's (Wang Yi, "wyhash", final version 4: folded 64×64-bit multiplications). The seed differs from process
/// to process, so that nobody can prepare keys that collide.
enum TextHash {
    private static let seed = UInt64.random(in: .min ... .max)

    /// The hash of a text's bytes.
    ///
    /// O(n).
    @inline(__always) static func hash(_ bytes: ByteView) -> UInt64 { hash(bytes, seed: seed) }

    /// The process's seed, for those who keep a copy at hand.
    static var processSeed: UInt64 { seed }

    @inline(__always) static func hash(_ bytes: ByteView, seed: UInt64) -> UInt64 {
        let count = bytes.count
        var state = seed ^ UInt64(truncatingIfNeeded: count)
        let a: UInt64
        let b: UInt64
        if count <= 16 {
            (a, b) = bytes.packed
        } else {
            var offset = 0
            while count &- offset > 16 {
                state = fold(bytes.word(at: offset) ^ secret1, bytes.word(at: offset &+ 8) ^ state)
                offset &+= 16
            }
            a = bytes.word(at: count &- 16)
            b = bytes.word(at: count &- 8)
        }
        return fold(secret1 ^ UInt64(truncatingIfNeeded: count), fold(a ^ secret1, b ^ state))
    }

    /// Odd, with as many ones as zeros, as wyhash asks of its secrets.
    private static let secret1: UInt64 = 0xe703_7ed1_a0b4_28db

    @inline(__always) private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
