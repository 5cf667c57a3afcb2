/// Bytes being put together in memory that somebody has set aside for them.
enum TextBuffer {
    /// Copies bytes to an address with room for them, and gives the copy.
    @inline(__always) static func copy(_ bytes: ByteView, to target: UnsafeMutablePointer<UInt8>) -> ByteView {
        unsafe bytes.copy(to: UnsafeMutableRawPointer(target))
        return unsafe ByteView(target, count: bytes.count)
    }
}
