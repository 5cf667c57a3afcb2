#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A non-blocking stream socket that closes itself with its last reference.
///
/// Not `Sendable`: it lives and dies on one I/O thread. No call blocks, none raises SIGPIPE, all repeat on EINTR.
final class Socket {
    /// What reading or writing came to.
    enum Transfer: Equatable {
        /// That many bytes, at least one, went through.
        case count(Int)
        /// Nothing now; poll for it.
        case wouldBlock
        /// The peer has sent all it will send (reading only).
        case endOfFile
        case failed(SystemError)
    }

    /// How far an attempt to connect came.
    enum Connecting: Equatable {
        case connected
        /// Poll for writing, then ask ``Socket/finishConnecting()``.
        case inProgress
        case failed(SystemError)
    }

    /// The descriptor for `poll(2)`; -1 once closed.
    private(set) var descriptor: Int32
    private let family: SocketAddress.Family

    /// Opens a socket with FD_CLOEXEC and O_NONBLOCK set.
    init(family: SocketAddress.Family) throws(SystemError) {
        #if canImport(Glibc)
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        #elseif canImport(Musl)
        let type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK
        #else
        let type = SOCK_STREAM
        #endif
        let opened = socket(family.rawValue, type, 0)
        guard opened >= 0 else { throw .last }
        descriptor = opened
        self.family = family
        #if canImport(Darwin)
        Descriptor.setCloseOnExec(opened)
        Descriptor.setNonBlocking(opened)
        set(SOL_SOCKET, SO_NOSIGPIPE, 1)
        #endif
    }

    deinit {
        close()
    }

    /// Closes the descriptor; a second call does nothing.
    func close() {
        guard descriptor >= 0 else { return }
        Descriptor.close(descriptor)
        descriptor = -1
    }

    /// Sets what a connection of ours wants: no Nagle delay, TCP keepalive, and with `userTimeout` the time after which
    /// Linux gives up on unacknowledged data (TCP_USER_TIMEOUT, gRFC A18).
    ///
    /// Options a platform lacks are left out.
    func tune(userTimeout: Duration?) {
        guard family != .unix else { return }
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        #if os(Linux) || os(Android)
        if let userTimeout {
            set(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, Int32(clamping: userTimeout.clampedNanoseconds / 1_000_000))
        }
        #endif
    }

    /// Starts to connect.
    func connect(to address: SocketAddress) -> Connecting {
        let status = unsafe address.withSockaddr { pointer, length in
            #if canImport(Glibc)
            unsafe Glibc.connect(descriptor, pointer, length)
            #elseif canImport(Musl)
            unsafe Musl.connect(descriptor, pointer, length)
            #else
            unsafe Darwin.connect(descriptor, pointer, length)
            #endif
        }
        if status == 0 { return .connected }
        let error = SystemError.last
        // An interrupted connect goes on by itself (connect(2)); asking again would give EALREADY.
        return [EINPROGRESS, EINTR, EALREADY].contains(error.code) ? .inProgress : .failed(error)
    }

    /// What became of ``connect(to:)`` after `poll` reported the socket writable or failed.
    func finishConnecting() -> Connecting {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return .failed(.last) }
        if code != 0 { return .failed(SystemError(code: code)) }
        return isConnectedToItself ? .failed(SystemError(code: ECONNREFUSED)) : .connected
    }

    /// Reads what there is into `buffer`, which must not be empty.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        repeat {
            let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .count(count) }
            if count == 0 { return .endOfFile }
        } while errno == EINTR
        return Self.outcome(of: .last)
    }

    /// Writes as much of `buffer`, which must not be empty, as the system takes.
    func write(_ buffer: UnsafeRawBufferPointer) -> Transfer {
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        repeat {
            let count = unsafe send(descriptor, buffer.baseAddress, buffer.count, flags)
            if count >= 0 { return .count(count) }
        } while errno == EINTR
        return Self.outcome(of: .last)
    }

    private static func outcome(of error: SystemError) -> Transfer {
        error.code == EAGAIN || error.code == EWOULDBLOCK ? .wouldBlock : .failed(error)
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// TCP connects a socket to itself when the target is an unused local port and the system happens to choose that very port as the
    /// source (simultaneous open, RFC 9293 section 3.5): nobody listens there.
    private var isConnectedToItself: Bool {
        guard family != .unix, let local = unsafe address(getsockname),
            let peer = unsafe address(getpeername)
        else { return false }
        return local == peer
    }

    private func address(
        _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutableBytes(of: &storage) { buffer in
            guard let base = buffer.baseAddress,
                unsafe ask(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0
            else { return nil }
            return unsafe SocketAddress(copying: base, length: min(Int(length), buffer.count))
        }
    }
}
