#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A view of immutable bytes that somebody else owns: UTF-8 text of a payload, a context or a scratch area.
///
/// Invariant: the maker keeps the memory alive and unchanged for as long as the view is used. Reading is bounds-checked.
@safe struct ByteView: @unchecked Sendable {
    private let base: UnsafePointer<UInt8>
    let count: Int

    init(_ base: UnsafePointer<UInt8>, count: Int) {
        unsafe self.base = unsafe base
        self.count = count
    }

    init(_ buffer: UnsafeBufferPointer<UInt8>) {
        if let address = buffer.baseAddress {
            unsafe self.init(address, count: buffer.count)
        } else {
            self = ByteView.empty
        }
    }

    /// The bytes of a literal, which live for ever.
    init(_ literal: StaticString) {
        unsafe self.init(literal.utf8Start, count: literal.utf8CodeUnitCount)
    }

    /// No bytes.
    static let empty = ByteView("")

    /// The address of the first byte, as a number: what a ``RuleValue`` keeps of it.
    var address: UInt64 { UInt64(UInt(bitPattern: unsafe base)) }

    var isEmpty: Bool { count == 0 }

    @inline(__always) subscript(index: Int) -> UInt8 {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
        return unsafe base[index]
    }

    /// The bytes from one offset to another, which must lie within the view.
    @inline(__always) subscript(range: Range<Int>) -> ByteView {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range out of bounds")
        return unsafe ByteView(base + range.lowerBound, count: range.count)
    }

    /// Eight bytes at an offset as a little-endian number.
    @inline(__always) func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset &+ 8 <= count, "index out of range")
        return UInt64(
            littleEndian: unsafe UnsafeRawPointer(base).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Four bytes at an offset as a little-endian number.
    @inline(__always) func halfWord(at offset: Int) -> UInt32 {
        precondition(offset >= 0 && offset &+ 4 <= count, "index out of range")
        return UInt32(
            littleEndian: unsafe UnsafeRawPointer(base).loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// The offset of a byte at or behind a given offset.
    ///
    /// O(n).
    func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        guard start < count, let found = unsafe memchr(base + start, Int32(byte), count - start) else { return nil }
        return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// Where another view begins in this one, which must contain it.
    func offset(of part: ByteView) -> Int { unsafe part.base - base }

    /// Calls a closure with the bytes.
    @inline(__always) func withBuffer<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        unsafe body(UnsafeBufferPointer(start: base, count: count))
    }

    /// The text; ill-formed UTF-8 is repaired.
    var string: String { unsafe withBuffer { unsafe String(decoding: $0, as: UTF8.self) } }

    /// The text for a message: what is longer than 200 bytes is cut.
    var excerpt: String {
        if count <= 200 { return string }
        var end = 200
        while end > 0 && self[end] & 0xc0 == 0x80 { end -= 1 }
        return self[0..<end].string + "…"
    }

    /// A copy of the bytes.
    var array: [UInt8] { unsafe withBuffer { unsafe Array($0) } }
}

extension ByteView {
    /// Whether both hold the same bytes.
    @inline(__always) static func == (left: ByteView, right: ByteView) -> Bool {
        left.count == right.count && left.startsEqual(right, count: left.count)
    }

    /// Whether this view begins with the other.
    @inline(__always) func hasPrefix(_ prefix: ByteView) -> Bool {
        count >= prefix.count && startsEqual(prefix, count: prefix.count)
    }

    /// Whether this view ends with the other.
    @inline(__always) func hasSuffix(_ suffix: ByteView) -> Bool {
        count >= suffix.count && self[(count &- suffix.count)..<count].startsEqual(suffix, count: suffix.count)
    }

    /// Below zero, zero or above zero in byte order, which for UTF-8 is the order of scalars.
    func compare(_ other: ByteView) -> Int {
        let order = unsafe memcmp(base, other.base, min(count, other.count))
        return order != 0 ? Int(order) : count - other.count
    }

    /// Compares the first bytes of both without a call where they are few: most texts here are too short for one to pay.
    @inline(__always) private func startsEqual(_ other: ByteView, count length: Int) -> Bool {
        if length <= 16 {
            let left = unsafe ByteView.packed(base, length)
            let right = unsafe ByteView.packed(other.base, length)
            return left.0 == right.0 && left.1 == right.1
        }
        return unsafe memcmp(base, other.base, length) == 0
    }

    /// Up to sixteen bytes as two numbers, which for a given count differ whenever a byte does.
    ///
    /// Short texts come fresh from two registers: a read across their boundary would wait for both stores.
    @inline(__always) var packed: (UInt64, UInt64) {
        precondition(count <= 16, "more than sixteen bytes")
        return unsafe ByteView.packed(base, count)
    }

    @inline(__always) private static func packed(_ base: UnsafePointer<UInt8>, _ count: Int) -> (UInt64, UInt64) {
        let bytes = unsafe UnsafeRawPointer(base)
        if count >= 8 { return unsafe (load8(bytes, 0), packedHalf(bytes + 8, count &- 8)) }
        return unsafe (packedHalf(bytes, count), 0)
    }

    /// Up to eight bytes as a number.
    @inline(__always) private static func packedHalf(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
        if count >= 4 { return unsafe UInt64(load4(bytes, 0)) | UInt64(load4(bytes, count &- 4)) << 32 }
        if count == 0 { return 0 }
        let first = unsafe UInt64(bytes.load(as: UInt8.self))
        let middle = unsafe UInt64(bytes.load(fromByteOffset: count >> 1, as: UInt8.self))
        let last = unsafe UInt64(bytes.load(fromByteOffset: count &- 1, as: UInt8.self))
        return first | middle << 8 | last << 16
    }
}

@inline(__always) private func load8(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
}

@inline(__always) private func load4(_ base: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
}
