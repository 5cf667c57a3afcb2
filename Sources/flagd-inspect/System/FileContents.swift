#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads files that the program is given.
enum FileContents {
    /// A file that cannot be read.
    struct Failure: Error, Equatable, CustomStringConvertible {
        /// Why, in the system's words.
        let description: String
    }

    /// All bytes of a file; `-` is standard input.
    static func read(_ path: String) throws(Failure) -> [UInt8] {
        if path == "-" { return try read(STDIN_FILENO) }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        return try read(descriptor)
    }

    private static func read(_ descriptor: Int32) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe systemRead(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }

    private static func failure() -> Failure {
        Failure(description: "the file cannot be read: \(unsafe String(cString: strerror(errno)))")
    }
}

/// `read(2)`, where a method has its name.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, bytes, count)
}
