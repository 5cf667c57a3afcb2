/// A text as a key: two words that are equal when the texts are, but for long ones.
///
/// Up to ``longestInline`` bytes stand in the words themselves, zeros behind them and the count in the last byte. Of a longer text
/// they hold the address, the count and a part of its hash.
///
/// Invariant: the maker keeps a long text's bytes alive and unchanged for as long as the key is used.
@safe struct TextKey: BitwiseCopyable, @unchecked Sendable {
    private let low: UInt64
    private let high: UInt64

    /// The longest text in bytes that a key holds itself: as many as a short `String` does.
    static let longestInline = 15

    private static let longFlag: UInt64 = 0xff00_0000_0000_0000

    /// No text's key.
    static let none = TextKey(low: 0, high: 0x8000_0000_0000_0000)

    @inline(__always) private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The key of up to ``longestInline`` bytes.
    @inline(__always) fileprivate init(short text: ByteView) {
        let words = text.words
        self.init(low: words.0, high: words.1 | UInt64(truncatingIfNeeded: text.count) << 56)
    }

    /// The key of more bytes, whose ``TextHash`` is given.
    @inline(__always) fileprivate init(long text: ByteView, hash: UInt64) {
        let count = UInt64(UInt32(truncatingIfNeeded: text.count))
        self.init(low: text.address, high: TextKey.longFlag | (hash & 0xff_ffff) << 32 | count)
    }

    /// The key that a short string's own representation is; nil when it is another.
    ///
    /// Only where ``knowsStrings``.
    @inline(__always) fileprivate init?(representationOf string: String) {
        #if _pointerBitWidth(_64) && _endian(little)
        let words = unsafe unsafeBitCast(string, to: (UInt64, UInt64).self)
        guard words.1 & TextKey.shortStringFlag != 0 else { return nil }
        self.init(low: words.0, high: words.1 & 0x0fff_ffff_ffff_ffff)
        #else
        return nil
        #endif
    }

    private static let shortStringFlag: UInt64 = 0x2000_0000_0000_0000

    /// Whether short strings are laid out as `init(representationOf:)` reads them.
    ///
    /// Swift promises that on Darwin only; it is tried here.
    static let knowsStrings = ["", "a", "bcd", "efghijkl", "mnopqrstuvwxyz0", "é", "äöüäöüä", "0123456789abcdef"]
        .allSatisfy { text in
            let bytes = Array(text.utf8)
            let key = TextKey(representationOf: text)
            guard bytes.count <= longestInline else { return key == nil }
            return unsafe bytes.withUnsafeBufferPointer { buffer in
                let expected = unsafe TextKey(short: ByteView(buffer))
                return key.map { $0.low == expected.low && $0.high == expected.high } ?? false
            }
        }

    @inline(__always) private var isLong: Bool { high >= TextKey.longFlag }

    /// Whether both are of the same bytes.
    @inline(__always) static func == (left: TextKey, right: TextKey) -> Bool {
        guard left.high == right.high else { return false }
        return left.low == right.low || left.isLong && left.isLongText(right)
    }

    /// Not inlined, so that loops over keys stay short.
    @inline(never) private func isLongText(_ other: TextKey) -> Bool { longText == other.longText }

    @inline(__always) private var longText: ByteView {
        guard let base = unsafe UnsafePointer<UInt8>(bitPattern: UInt(low)) else { return .empty }
        return unsafe ByteView(base, count: Int(high & 0xffff_ffff))
    }

    /// The bytes of the key at an address, which must stay there for as long as the view is used.
    @inline(__always) static func text(of key: UnsafePointer<TextKey>) -> ByteView {
        if unsafe key.pointee.isLong { return unsafe key.pointee.longText }
        let count = unsafe Int(key.pointee.high >> 56)
        return unsafe ByteView(UnsafeRawPointer(key).assumingMemoryBound(to: UInt8.self), count: count)
    }

    /// The hash of a key that is not long.
    @inline(__always) fileprivate func shortHash(seed: UInt64) -> UInt64 {
        TextHash.fold(low ^ seed, high ^ TextHash.secret)
    }
}

/// A key with its hash.
struct HashedKey: BitwiseCopyable {
    let key: TextKey
    let hash: UInt64

    /// The key of a text, by the process's seed unless another is given.
    ///
    /// O(n).
    @inline(__always) init(_ text: ByteView, seed: UInt64 = TextHash.processSeed) {
        if text.count <= TextKey.longestInline {
            self.init(short: TextKey(short: text), seed: seed)
        } else {
            let hash = TextHash.longHash(text, seed: seed)
            self.init(key: TextKey(long: text, hash: hash), hash: hash)
        }
    }

    @inline(__always) private init(short key: TextKey, seed: UInt64) {
        self.init(key: key, hash: key.shortHash(seed: seed))
    }

    @inline(__always) private init(key: TextKey, hash: UInt64) {
        self.key = key
        self.hash = hash
    }

    /// Calls a closure with a string's key.
    ///
    /// - Parameter knowsStrings: ``TextKey/knowsStrings``, of which the caller has a copy at hand.
    @inline(__always)
    static func with<Result>(
        _ string: String, seed: UInt64, knowsStrings: Bool, _ body: (HashedKey) -> Result
    ) -> Result {
        if knowsStrings, let key = TextKey(representationOf: string) {
            return body(HashedKey(short: key, seed: seed))
        }
        if let result = unsafe string.utf8.withContiguousStorageIfAvailable({
            unsafe body(HashedKey(ByteView($0), seed: seed))
        }) {
            return result
        }
        return withCopy(of: string, seed: seed, body)
    }

    /// For strings of other systems, whose bytes lie elsewhere.
    ///
    /// A function of its own: beside a copy the compiler would retain every string.
    @inline(never)
    private static func withCopy<Result>(of string: String, seed: UInt64, _ body: (HashedKey) -> Result) -> Result {
        var copy = string
        return copy.withUTF8 { unsafe body(HashedKey(ByteView($0), seed: seed)) }
    }
}
