/// A place in bytes that are read from the first to the last.
///
/// Invariant: `next` lies within the view the cursor was made of, or is its `end`; each step goes only past bytes that were found to lie
/// before the end. The view's maker keeps the memory alive for as long as the cursor is used.
@safe struct ByteCursor: @unchecked Sendable {
    private let start: UnsafePointer<UInt8>
    private var next: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>

    /// The first byte of a view.
    init(_ bytes: ByteView) {
        unsafe start = bytes.start
        unsafe next = start
        unsafe end = start + bytes.count
    }

    /// The offset of the next byte.
    @inline(__always) var offset: Int { unsafe next - start }

    /// How many bytes follow.
    @inline(__always) var remaining: Int { unsafe end - next }

    /// The next byte; 0 at the end.
    @inline(__always) var byte: UInt8 { unsafe next < end ? next.pointee : 0 }

    /// Steps past a byte, but not past the end.
    @inline(__always) mutating func advance() {
        if unsafe next < end { unsafe next += 1 }
    }

    /// Steps past bytes, or to the end where there are fewer.
    mutating func advance(by count: Int) { unsafe next += min(max(count, 0), remaining) }

    /// Steps to a later place in the same view.
    @inline(__always) mutating func advance(to place: ByteCursor) {
        precondition(unsafe place.end == end && next <= place.next, "a cursor of other bytes, or an earlier one")
        unsafe next = place.next
    }

    /// Steps past a byte if it is the next.
    @inline(__always) mutating func consume(_ byte: UInt8) -> Bool {
        guard unsafe next < end, unsafe next.pointee == byte else { return false }
        unsafe next += 1
        return true
    }

    /// Steps past bytes if they are the next.
    @inline(__always) mutating func consume(_ known: ByteView) -> Bool {
        guard remaining >= known.count, unsafe ByteView(next, count: known.count) == known else { return false }
        unsafe next += known.count
        return true
    }

    /// Steps past a word if it is the next.
    @inline(__always) mutating func consume(_ word: StaticString) -> Bool { consume(ByteView(word)) }

    /// The bytes from an earlier place in the same view to this one.
    @inline(__always) func bytes(since start: ByteCursor) -> ByteView {
        precondition(unsafe start.end == end && start.next <= next, "a cursor of other bytes, or a later one")
        return unsafe ByteView(start.next, count: next - start.next)
    }
}

/// JSON's texts and white space.
extension ByteCursor {
    /// The next byte that is no JSON white space, stepping past what is; 0 at the end.
    @inline(__always) mutating func token() -> UInt8 {
        let byte = byte
        if byte > 0x20 { return byte }
        unsafe next = ByteCursor.behindSpace(next, end)
        return self.byte
    }

    /// Steps past white space and a byte, if it is the one that follows.
    @inline(__always) mutating func consume(token: UInt8) -> Bool {
        if consume(token) { return true }
        guard byte <= 0x20 else { return false }
        unsafe next = ByteCursor.behindSpace(next, end)
        return consume(token)
    }

    /// Where white space ends.
    ///
    /// It takes and gives addresses, so that the cursors of its callers can stay in registers.
    @inline(never) private static func behindSpace(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        var next = unsafe start
        while unsafe next < end {
            switch unsafe next.pointee {
            case 0x20, 0x0a, 0x0d, 0x09: unsafe next += 1
            default: return unsafe next
            }
        }
        return unsafe next
    }

    /// The bytes before the next quote, stepping past both.
    ///
    /// Nil, without a step, where other than plain ASCII stands before it, or where the end is too close to tell quickly.
    @inline(__always) mutating func consumePlainText() -> ByteView? {
        guard remaining >= Block.scalarCount,
            let length = unsafe ByteCursor.plainBytes(at: next) ?? plainBytesBeyondBlock(),
            unsafe next[length] == UInt8(ascii: "\"")
        else { return nil }
        let text = unsafe ByteView(next, count: length)
        unsafe next += length &+ 1
        return text
    }

    /// As `plainBytes(at:)`, of all bytes where the first sixteen are plain; nil where all are, or the first to be none is among the last.
    @inline(__always) private func plainBytesBeyondBlock() -> Int? {
        let stop = unsafe ByteCursor.behindPlainBlocks(next + Block.scalarCount, end)
        return unsafe end - stop >= Block.scalarCount ? stop - next : nil
    }

    /// Steps past plain ASCII, to a byte that is none or to one of the last fifteen.
    mutating func skipPlainBlocks() { unsafe next = ByteCursor.behindPlainBlocks(next, end) }

    @inline(never) private static func behindPlainBlocks(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        var next = unsafe start
        while unsafe end - next >= Block.scalarCount {
            if let length = unsafe plainBytes(at: next) { return unsafe next + length }
            unsafe next += Block.scalarCount
        }
        return unsafe next
    }

    private typealias Block = SIMD16<Int8>

    /// How many of sixteen bytes stand before the first that is a control character, a quote, a backslash or none of ASCII; nil when
    /// all are plain.
    ///
    /// Flipping bit 1 puts the quote next to the control characters and nothing else; bytes beyond ASCII are negative.
    @inline(__always) private static func plainBytes(at start: UnsafePointer<UInt8>) -> Int? {
        let block = unsafe UnsafeRawPointer(start).loadUnaligned(as: Block.self)
        // Vectors of one number, as operators with the number itself are loops.
        let special = (block ^ Block(repeating: 0x02)) .< Block(repeating: 0x21) .| block .== Block(repeating: 0x5c)
        let halves = unsafe unsafeBitCast(special, to: SIMD2<UInt64>.self)
        if halves[0] != 0 { return UInt64(littleEndian: halves[0]).trailingZeroBitCount >> 3 }
        if halves[1] != 0 { return 8 &+ UInt64(littleEndian: halves[1]).trailingZeroBitCount >> 3 }
        return nil
    }
}
