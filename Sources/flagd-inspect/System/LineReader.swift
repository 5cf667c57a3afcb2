#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads lines of any length from a descriptor.
struct LineReader {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    /// Up to where no line end was found, so that a long line is searched once.
    private var searched = 0
    private var isAtEnd = false

    /// Reads standard input, or another descriptor.
    init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

    /// Whether the next line is there without waiting for input.
    mutating func hasLine() -> Bool { endOfLine() != nil }

    /// The next line without its end, nil at the end of the input; a last line without end counts.
    mutating func next() -> [UInt8]? {
        while true {
            if let end = endOfLine() {
                defer { advance(to: end + 1) }
                return line(upTo: end)
            }
            guard !isAtEnd else { break }
            fill()
        }
        guard start < buffer.count else { return nil }
        defer { advance(to: buffer.count) }
        return line(upTo: buffer.count)
    }

    private mutating func endOfLine() -> Int? {
        let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n"))
        searched = end ?? buffer.count
        return end
    }

    private func line(upTo end: Int) -> [UInt8] {
        let bytes = buffer[start..<end]
        return Array(bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes)
    }

    private mutating func advance(to index: Int) {
        start = index
        searched = index
    }

    private mutating func fill() {
        buffer.removeFirst(start)
        searched -= start
        start = 0
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe chunk.withUnsafeMutableBytes { bytes in
            unsafe readRetrying(bytes)
        }
        if count <= 0 { isAtEnd = true } else { buffer += chunk[..<count] }
    }

    private func readRetrying(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = unsafe read(descriptor, bytes.baseAddress, bytes.count)
            if count >= 0 || errno != EINTR { return count }
        }
    }
}
