// The only unsafe code of this module: the standard library of Swift 6.2 copies from a span byte by byte unless it is
// opened as a buffer. Each buffer is only read, inside its closure, while the span holds the memory.

extension Span<UInt8> {
    /// The bytes as text, with U+FFFD for what is not UTF-8.
    var text: String {
        unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

extension [UInt8] {
    /// Appends a copy of the span's bytes.
    mutating func append(copying bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
