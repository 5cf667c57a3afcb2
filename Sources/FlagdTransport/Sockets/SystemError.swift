#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An `errno` value with words that are the same on every platform.
struct SystemError: Error, Hashable, CustomStringConvertible {
    /// The number, as `errno` had it.
    let code: Int32

    /// The calling thread's `errno`.
    static var last: SystemError {
        SystemError(code: errno)
    }

    /// The system, not the peer, is the cause: no descriptor, buffer or memory left.
    var isResourceShortage: Bool {
        [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code)
    }

    var description: String {
        Self.texts[code] ?? "system error \(code)"
    }

    private static let texts: [Int32: String] = [
        ECONNREFUSED: "connection refused",
        ECONNRESET: "connection reset by the peer",
        ECONNABORTED: "connection aborted",
        EPIPE: "the peer closed the connection",
        ETIMEDOUT: "timed out",
        EHOSTUNREACH: "no route to the host",
        EHOSTDOWN: "the host is down",
        ENETUNREACH: "the network is unreachable",
        ENETDOWN: "the network is down",
        EADDRNOTAVAIL: "address not available",
        EAFNOSUPPORT: "address family not supported",
        EACCES: "permission denied",
        EPERM: "operation not permitted",
        ENOENT: "no such file",
        ENOTDIR: "not a directory",
        ENOTSOCK: "not a socket",
        EPROTOTYPE: "not a stream socket",
        ELOOP: "too many symbolic links",
        EAGAIN: "the listen queue is full",
        EINVAL: "invalid argument",
        EMFILE: "too many open files in this process",
        ENFILE: "too many open files in the system",
        ENOBUFS: "no buffer space left",
        ENOMEM: "out of memory",
    ]
}
