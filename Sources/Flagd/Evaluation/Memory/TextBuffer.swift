/// Bytes being put together in memory that somebody has set aside for them.
enum TextBuffer {
    /// Copies bytes to an address with room for them, and gives the copy.
    @inline(__always) static func copy(_ bytes: ByteView, to target: UnsafeMutablePointer<UInt8>) -> ByteView {
        unsafe bytes.withBuffer { source in
            if let start = source.baseAddress { unsafe target.update(from: start, count: source.count) }
        }
        return unsafe ByteView(target, count: bytes.count)
    }
}
