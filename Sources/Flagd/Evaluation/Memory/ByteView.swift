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

    /// The address of the first byte: for a ``ByteCursor``.
    @unsafe var start: UnsafePointer<UInt8> { unsafe base }

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

    /// Copies the bytes to an address with room for them, without a call where they are few.
    ///
    /// Two writes cover every length up to twice their size when they may overlap.
    @inline(__always) func copy(to target: UnsafeMutableRawPointer) {
        let source = unsafe UnsafeRawPointer(base)
        if count > 32 { return unsafe target.copyMemory(from: source, byteCount: count) }
        if count >= 16 {
            typealias Block = SIMD16<UInt8>
            let (first, last) = unsafe (
                source.loadUnaligned(as: Block.self), source.loadUnaligned(fromByteOffset: count &- 16, as: Block.self)
            )
            unsafe target.storeBytes(of: first, as: Block.self)
            return unsafe target.storeBytes(of: last, toByteOffset: count &- 16, as: Block.self)
        }
        if count >= 8 {
            let (first, last) = unsafe (load8(source, 0), load8(source, count &- 8))
            unsafe target.storeBytes(of: first, as: UInt64.self)
            return unsafe target.storeBytes(of: last, toByteOffset: count &- 8, as: UInt64.self)
        }
        if count >= 4 {
            let (first, last) = unsafe (load4(source, 0), load4(source, count &- 4))
            unsafe target.storeBytes(of: first, as: UInt32.self)
            return unsafe target.storeBytes(of: last, toByteOffset: count &- 4, as: UInt32.self)
        }
        for index in 0..<count { unsafe target.storeBytes(of: base[index], toByteOffset: index, as: UInt8.self) }
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
    ///
    /// Two reads cover every length up to twice their size when they may overlap.
    @inline(__always) private func startsEqual(_ other: ByteView, count length: Int) -> Bool {
        let (left, right) = unsafe (UnsafeRawPointer(base), UnsafeRawPointer(other.base))
        if length >= 8 {
            if length > 32 { return unsafe memcmp(left, right, length) == 0 }
            let last = length &- 8
            guard unsafe load8(left, 0) == load8(right, 0), unsafe load8(left, last) == load8(right, last) else {
                return false
            }
            if length <= 16 { return true }
            return unsafe load8(left, 8) == load8(right, 8) && load8(left, last &- 8) == load8(right, last &- 8)
        }
        if length >= 4 {
            let last = length &- 4
            return unsafe load4(left, 0) == load4(right, 0) && load4(left, last) == load4(right, last)
        }
        return unsafe length == 0 || ByteView.few(left, length) == ByteView.few(right, length)
    }

    /// Up to fifteen bytes as two little-endian numbers, zeros behind them.
    @inline(__always) var words: (UInt64, UInt64) {
        precondition(count <= 15, "more than fifteen bytes")
        let bytes = unsafe UnsafeRawPointer(base)
        if count >= 8 {
            let last = unsafe UInt64(littleEndian: load8(bytes, count &- 8))
            return unsafe (UInt64(littleEndian: load8(bytes, 0)), (last &>> UInt64(8 &* (15 &- count))) &>> 8)
        }
        if count >= 4 {
            let last = unsafe UInt64(UInt32(littleEndian: load4(bytes, count &- 4)))
            return unsafe (UInt64(UInt32(littleEndian: load4(bytes, 0))) | last &<< UInt64(8 &* (count &- 4)), 0)
        }
        return unsafe (count == 0 ? 0 : ByteView.few(bytes, count), 0)
    }

    /// One to three bytes as a little-endian number.
    @inline(__always) private static func few(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
        let first = unsafe UInt64(bytes.load(as: UInt8.self))
        let middle = unsafe UInt64(bytes.load(fromByteOffset: count >> 1, as: UInt8.self))
        let last = unsafe UInt64(bytes.load(fromByteOffset: count &- 1, as: UInt8.self))
        return first | middle &<< UInt64(8 &* (count >> 1)) | last &<< UInt64(8 &* (count &- 1))
    }
}

@inline(__always) private func load8(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
}

@inline(__always) private func load4(_ base: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
}
