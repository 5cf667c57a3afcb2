import Foundation

@testable import FlagdTransport
/// A server whose every byte the test writes: blocking sockets, one thread per connection that runs a script.
final class RawServer: Sendable {
    enum Kind {
        case ipv4, ipv6
        case unix(path: String)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let listener: Int32
    let port: Int
    private let state = State()

    private final class State: Sendable {
        let accepted = Locked(0)
        let isStopped = Locked(false)
    }

    /// How many connections have arrived.
    var connectionCount: Int { state.accepted.withLock { $0 } }

    /// Listens at once; `script` runs for every connection, which is closed when it returns.
    init(_ kind: Kind = .ipv4, backlog: Int32 = 64, script: @escaping @Sendable (RawConnection) throws -> Void) throws {
        (listener, port) = try Self.listen(kind, backlog: backlog)
        let listener = listener
        Foundation.Thread.detachNewThread { [state] in
            while true {
                let descriptor = accept(listener, nil, nil)
                if descriptor < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    if errno == EMFILE {
                        usleep(1_000)
                        continue
                    }
                    break
                }
                if state.isStopped.withLock({ $0 }) {
                    close(descriptor)
                    break
                }
                state.accepted.withLock { $0 += 1 }
                Foundation.Thread.detachNewThread {
                    let connection = RawConnection(descriptor)
                    try? script(connection)
                    connection.close()
                }
            }
            close(listener)
        }
    }

    deinit { stop() }

    /// Takes no more connections and gives the port back.
    func stop() {
        let isFirst = state.isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        if isFirst { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    /// A port of 127.0.0.1 where nobody listens.
    static func unusedPort() throws -> Int {
        let (descriptor, port) = try listen(.ipv4, backlog: 1)
        close(descriptor)
        return port
    }

    /// Opens a listening socket; the caller closes it.
    static func listen(_ kind: Kind, backlog: Int32) throws -> (descriptor: Int32, port: Int) {
        let family =
            switch kind {
            case .ipv4: AF_INET
            case .ipv6: AF_INET6
            case .unix: AF_UNIX
            }
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "socket: \(errno)") }
        var storage = sockaddr_storage()
        let length = fill(&storage, kind)
        let status = withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard status == 0, Glibc.listen(descriptor, backlog) == 0 else {
            let code = errno
            close(descriptor)
            throw Failure(description: "bind: \(code)")
        }
        return (descriptor, localPort(descriptor))
    }

    private static func fill(_ storage: inout sockaddr_storage, _ kind: Kind) -> socklen_t {
        withUnsafeMutableBytes(of: &storage) { buffer in
            switch kind {
            case .ipv4:
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
                withUnsafeBytes(of: &address) { buffer.copyMemory(from: $0) }
                return socklen_t(MemoryLayout<sockaddr_in>.size)
            case .ipv6:
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_addr = in6addr_loopback
                withUnsafeBytes(of: &address) { buffer.copyMemory(from: $0) }
                return socklen_t(MemoryLayout<sockaddr_in6>.size)
            case .unix(let path):
                buffer.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
                var name = Array(path.utf8)
                let isAbstract = name.first == UInt8(ascii: "@")
                if isAbstract { name[0] = 0 }
                for (index, byte) in name.enumerated() { buffer[2 + index] = byte }
                return socklen_t(2 + name.count + (isAbstract ? 0 : 1))
            }
        }
    }

    private static func localPort(_ descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &length) == 0 else { return 0 }
                // The port stands at the same place for IPv4 and IPv6.
                return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int(UInt16(bigEndian: $0.pointee.sin_port))
                }
            }
        }
    }
}

/// One connection of a ``RawServer``; all calls block, reading at most 10 seconds.
final class RawConnection: Sendable {
    struct Frame: Equatable {
        var type: UInt8
        var flags: UInt8
        var stream: UInt32
        var payload: [UInt8]
    }

    struct EndOfFile: Error {}

    private let state: Locked<Int32>

    init(_ descriptor: Int32) {
        state = Locked(descriptor)
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    private var descriptor: Int32 { state.withLock { $0 } }

    func close() {
        let descriptor = state.withLock { state in
            defer { state = -1 }
            return state
        }
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Closes with a TCP reset.
    func abort() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Says that no more will be sent.
    func shutdownWrite() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func setReceiveBuffer(_ size: Int32) {
        var size = size
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw EndOfFile() }
            rest = rest.dropFirst(count)
        }
    }

    func write(_ text: String) throws { try write(Array(text.utf8)) }

    func readSome(_ limit: Int = 65536) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        var count = -1
        repeat { count = recv(descriptor, &buffer, limit, 0) } while count < 0 && errno == EINTR
        guard count > 0 else { throw EndOfFile() }
        return Array(buffer[..<count])
    }

    func read(_ count: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count { result += try readSome(count - result.count) }
        return result
    }

    /// Reads until the client closes; answers whether it did so in time.
    @discardableResult
    func readToEnd() -> [UInt8] {
        var result: [UInt8] = []
        while let bytes = try? readSome() { result += bytes }
        return result
    }

    func readFrame() throws -> Frame {
        let head = try read(9)
        let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        let stream = head[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Frame(type: head[3], flags: head[4], stream: stream, payload: length == 0 ? [] : try read(length))
    }

    /// Reads frames up to the first of `type`.
    func readFrame(type: UInt8) throws -> Frame {
        while true {
            let frame = try readFrame()
            if frame.type == type { return frame }
        }
    }

    func writeFrame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) throws {
        try write(Self.frame(type, flags: flags, stream: stream, payload))
    }

    static func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        let count = payload.count
        let head: [UInt8] = [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
        return head + [24, 16, 8, 0].map { UInt8(stream >> $0 & 255) } + payload
    }

    /// The server's side of RFC 9113 section 3.4: reads preface and SETTINGS, sends SETTINGS and the acknowledgement.
    func handshake(settings: [UInt8] = []) throws {
        let preface = try read(24)
        guard preface == Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) else {
            throw RawServer.Failure(description: "no preface")
        }
        try writeFrame(4, settings)
        _ = try readFrame(type: 4)
        try writeFrame(4, flags: 1)
    }

    /// A response: `:status: 200`, one DATA frame, trailers `grpc-status: 0`.
    func respond(_ stream: UInt32, _ body: [UInt8]) throws {
        try writeFrame(1, flags: 4, stream: stream, [0x88])
        try writeFrame(0, stream: stream, body)
        try writeFrame(1, flags: 5, stream: stream, Self.trailers)
    }

    /// `grpc-status: 0` as a literal without indexing (RFC 7541 section 6.2.2).
    static let trailers: [UInt8] = [0, 11] + Array("grpc-status".utf8) + [1, UInt8(ascii: "0")]
}
