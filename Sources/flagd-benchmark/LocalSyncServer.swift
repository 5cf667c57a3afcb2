import Foundation

/// The least of a sync server: one connection, HTTP/2 frames put together by hand, payloads sent when asked to.
///
/// It costs next to nothing itself, so that the time of a push is the provider's.
final class LocalSyncServer: @unchecked Sendable {
    let port: Int
    private let listener: Int32
    private let condition = NSCondition()
    // All below is guarded by the condition.
    private var connection: Int32 = -1
    private var hasStream = false
    private var hasSentHeaders = false
    private var connectionWindow = 65_535
    private var streamWindow = 65_535

    init() throws {
        (listener, port) = try Sockets.listen()
        let thread = Thread { [self] in serve() }
        thread.start()
    }

    /// Ends the connection and the listener.
    func close() {
        condition.withLock {
            if connection >= 0 { _ = shutdown(connection, Sockets.bothWays) }
        }
        _ = shutdown(listener, Sockets.bothWays)
        _ = Foundation.close(listener)
    }

    /// A payload as DATA frames of a SyncFlagsResponse, made before a push begins.
    struct Message: Sendable {
        /// The longest frame's content.
        static let frameSize = 16_384

        /// The frames one behind the other, all but the last of that size.
        let frames: [UInt8]
        /// The bytes that flow control counts.
        let count: Int

        /// `SyncFlagsResponse { flag_configuration, sync_context: {} }`; the context spares a GetMetadata.
        init(_ payload: [UInt8]) {
            var body: [UInt8] = [0x0a]
            var length = payload.count
            while length >= 0x80 {
                body.append(UInt8(length & 0x7f) | 0x80)
                length >>= 7
            }
            body.append(UInt8(length))
            body += payload
            body += [0x12, 0x00]
            let message = [0] + Frame.bigEndian(body.count, bytes: 4) + body
            var frames: [UInt8] = []
            for start in stride(from: 0, to: message.count, by: Self.frameSize) {
                let part = message[start..<min(start + Self.frameSize, message.count)]
                frames += Frame.bytes(type: 0, flags: 0, stream: LocalSyncServer.stream, part)
            }
            self.frames = frames
            count = message.count
        }
    }

    /// A client's first stream.
    static let stream: UInt32 = 1

    /// Sends a message, as the receiver's windows allow.
    func push(_ message: Message) {
        condition.lock()
        while !hasStream { condition.wait() }
        let socket = connection
        if !hasSentHeaders {
            hasSentHeaders = true
            Sockets.write(Frame.bytes(type: 1, flags: 4, stream: Self.stream, Frame.responseHeaders), to: socket)
        }
        condition.unlock()
        var (offset, rest) = (0, message.count)
        while rest > 0 {
            let length = takeWindow(rest)
            let end = offset + length + (length + Message.frameSize - 1) / Message.frameSize * 9
            Sockets.write(message.frames, in: offset..<end, to: socket)
            offset = end
            rest -= length
        }
    }

    /// Waits until the next frame may be sent, and takes as many whole frames of what is left as both windows allow.
    private func takeWindow(_ rest: Int) -> Int {
        condition.withLock {
            while min(connectionWindow, streamWindow) < min(Message.frameSize, rest) { condition.wait() }
            var length = min(rest, connectionWindow, streamWindow)
            if length < rest { length -= length % Message.frameSize }
            connectionWindow -= length
            streamWindow -= length
            return length
        }
    }

    private func serve() {
        let socket = accept(listener, nil, nil)
        guard socket >= 0, Sockets.read(24, from: socket) != nil else { return }
        condition.withLock { connection = socket }
        Sockets.write(Frame.bytes(type: 4, flags: 0, stream: 0, []), to: socket)
        while let head = Sockets.read(9, from: socket) {
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            guard let body = Sockets.read(length, from: socket) else { break }
            let id = Frame.number(head[5...]) & 0x7fff_ffff
            received(type: head[3], flags: head[4], stream: UInt32(id), body, on: socket)
        }
        _ = Foundation.close(socket)
    }

    private func received(type: UInt8, flags: UInt8, stream id: UInt32, _ body: [UInt8], on socket: Int32) {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        switch type {
        case 1: hasStream = true
        case 4 where flags & 1 == 0:
            for start in stride(from: 0, to: body.count - 5, by: 6) where Frame.number(body[start..<(start + 2)]) == 4 {
                streamWindow += Frame.number(body[(start + 2)..<(start + 6)]) - 65_535
            }
            Sockets.write(Frame.bytes(type: 4, flags: 1, stream: 0, []), to: socket)
        case 6 where flags & 1 == 0: Sockets.write(Frame.bytes(type: 6, flags: 1, stream: 0, body), to: socket)
        case 8 where id == 0: connectionWindow += Frame.number(body[...])
        case 8: streamWindow += Frame.number(body[...])
        default: break
        }
    }
}

/// HTTP/2 frames (RFC 9113, 4.1).
enum Frame {
    /// `:status: 200` and `content-type: application/grpc` (RFC 7541, 6.1 and 6.2.2).
    static let responseHeaders: [UInt8] = [0x88, 0x0f, 0x10, 0x10] + Array("application/grpc".utf8)

    static func bytes(type: UInt8, flags: UInt8, stream: UInt32, _ body: some Collection<UInt8>) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(9 + body.count)
        frame += bigEndian(body.count, bytes: 3)
        frame += [type, flags]
        frame += bigEndian(Int(stream), bytes: 4)
        frame += body
        return frame
    }

    static func bigEndian(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}

/// Blocking sockets on the loopback interface.
enum Sockets {
    #if canImport(Glibc)
    private static let streamType = Int32(SOCK_STREAM.rawValue)
    static let bothWays = Int32(SHUT_RDWR)
    #else
    private static let streamType = SOCK_STREAM
    static let bothWays = SHUT_RDWR
    #endif

    /// A listener on a free port of 127.0.0.1.
    static func listen() throws -> (socket: Int32, port: Int) {
        let socket = socket(AF_INET, streamType, 0)
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(socket, pointer, length) == 0 && Foundation.listen(socket, 1) == 0
                    && getsockname(socket, pointer, &length) == 0
            }
        }
        guard result else { throw UsageError(message: "no port on 127.0.0.1 to listen on") }
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// A connection to a port of 127.0.0.1.
    static func connect(port: Int) throws -> Int32 {
        let socket = socket(AF_INET, streamType, 0)
        var address = loopback(port: port)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe Foundation.connect(socket, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw UsageError(message: "127.0.0.1:\(port) does not answer") }
        return socket
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    /// Exactly so many bytes; nil when the peer ends before.
    static func read(_ count: Int, from socket: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let received = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe recv(socket, buffer.baseAddress.map { unsafe $0 + filled }, count - filled, 0)
            }
            if received <= 0 { return nil }
            filled += received
        }
        return bytes
    }

    static func write(_ bytes: [UInt8], to socket: Int32) { write(bytes, in: bytes.indices, to: socket) }

    static func write(_ bytes: [UInt8], in range: Range<Int>, to socket: Int32) {
        var sent = range.lowerBound
        while sent < range.upperBound {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(socket, buffer.baseAddress.map { unsafe $0 + sent }, range.upperBound - sent, noSignal)
            }
            if written <= 0 { return }
            sent += written
        }
    }

    #if canImport(Glibc)
    private static let noSignal = Int32(MSG_NOSIGNAL)
    #else
    private static let noSignal: Int32 = 0
    #endif
}
