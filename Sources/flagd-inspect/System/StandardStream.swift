#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard output cannot be written.
enum OutputError: Error, Equatable, CustomStringConvertible {
    /// Nobody reads it any more, which is no failure of the program.
    case closed
    /// Why, in the system's words: a full disk, for one.
    case failed(String)

    /// One sentence without a full stop.
    var description: String {
        switch self {
        case .closed: "nobody reads standard output any more"
        case .failed(let reason): "standard output cannot be written: \(reason)"
        }
    }
}

/// Writes to standard output and standard error without a buffer: what is written is out when the call returns.
enum StandardStream {
    /// Writes a line to standard output.
    ///
    /// - Throws: ``OutputError`` when not all of it could be written.
    static func writeLine(_ line: String) throws(OutputError) { try emit(Array((line + "\n").utf8)) }

    /// Writes bytes to standard output.
    ///
    /// - Throws: ``OutputError`` when not all of them could be written.
    static func emit(_ bytes: [UInt8]) throws(OutputError) {
        switch writeAll(bytes, to: STDOUT_FILENO) {
        case 0: return
        case EPIPE: throw .closed
        case let code: throw .failed(unsafe String(cString: strerror(code)))
        }
    }

    /// Writes a line to standard error; a closed one is no failure.
    static func writeError(_ line: String) { _ = writeAll(Array((line + "\n").utf8), to: STDERR_FILENO) }

    /// Makes the streams safe to use; called once, first thing.
    static func prepare() {
        // The signal of a closed output becomes an error of the write.
        _ = signal(SIGPIPE, SIG_IGN)
        // The number of a stream that is not open would go to a socket, which would then get what is written to the stream.
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
            if stream == STDOUT_FILENO { openUnreadOutput() } else { _ = unsafe open("/dev/null", O_RDWR) }
        }
    }

    /// Makes standard output a pipe that nobody reads.
    private static func openUnreadOutput() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return }
        // The pipe's own end to read from, which has the lowest free number, is closed by that.
        _ = dup2(ends[1], STDOUT_FILENO)
        _ = close(ends[1])
    }

    /// Writes all bytes; gives the error's number, or 0.
    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
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
                    return errno
                }
            }
            return 0
        }
    }

    /// A terminal or pipe that somebody made non-blocking: waits until it takes more.
    private static func waitUntilWritable(_ descriptor: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&entry, 1, 1000)
    }
}
