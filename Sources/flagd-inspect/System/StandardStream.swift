#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Nobody reads the standard output any more.
struct OutputClosed: Error {}

/// Writes to standard output and standard error without a buffer: what is written is out when the call returns.
enum StandardStream {
    /// Writes a line to standard output.
    ///
    /// - Throws: ``OutputClosed`` when the reader is gone.
    static func writeLine(_ line: String) throws(OutputClosed) { try emit(Array((line + "\n").utf8)) }

    /// Writes bytes to standard output.
    ///
    /// - Throws: ``OutputClosed`` when the reader is gone.
    static func emit(_ bytes: [UInt8]) throws(OutputClosed) {
        guard writeAll(bytes, to: STDOUT_FILENO) else { throw OutputClosed() }
    }

    /// Writes a line to standard error; a closed one is no failure.
    static func writeError(_ line: String) { _ = writeAll(Array((line + "\n").utf8), to: STDERR_FILENO) }

    /// Turns the signal of a closed output into an error of the write; called once, first thing.
    static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            var rest = unsafe buffer[...]
            while unsafe !rest.isEmpty {
                let base = unsafe UnsafeRawBufferPointer(rebasing: rest)
                let written = unsafe write(descriptor, base.baseAddress, base.count)
                if written > 0 {
                    unsafe rest = rest.dropFirst(written)
                } else if written < 0, errno == EAGAIN {
                    waitUntilWritable(descriptor)
                } else if written < 0, errno != EINTR {
                    return false
                }
            }
            return true
        }
    }

    /// A terminal or pipe that somebody made non-blocking: waits until it takes more.
    private static func waitUntilWritable(_ descriptor: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&entry, 1, 1000)
    }
}
