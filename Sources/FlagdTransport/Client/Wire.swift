/// The byte stream under HTTP/2: a connected socket, encrypted or not, with the output that the system has not taken yet.
///
/// Confined to the I/O thread.
final class Wire {
    /// What reading came to.
    enum Reading: Equatable {
        /// That many bytes, at least one, and perhaps more at once.
        case count(Int)
        /// That many bytes, and nothing more for now.
        case last(Int)
        /// Nothing now.
        case wouldBlock
        /// The peer has ended the connection.
        case endOfFile
        case failed(TransportError.Kind, cause: String)
    }

    /// What writing came to.
    enum Writing: Equatable {
        /// The system has taken everything.
        case done
        /// The peer reads slower than we write.
        case wouldBlock
        case failed(TransportError.Kind, cause: String)
    }

    /// How far the TLS handshake is.
    enum Handshake: Equatable {
        /// Poll the socket.
        case inProgress
        /// The server is verified; without TLS at once.
        case finished
        case failed(TransportError.Kind, cause: String)
    }

    private let socket: Socket
    private let tls: TLSSession?
    /// Bytes for the socket, encrypted if TLS is in use.
    private var pending: [UInt8] = []
    private var sent = 0
    /// Bytes that TLS has not taken yet.
    private var plaintext: [UInt8] = []
    private var encrypted = 0
    private var cipherBuffer: [UInt8]
    private var hasHeard = false

    /// How much is read from the socket at a time under TLS: a few records of the greatest size.
    private static let cipherBufferSize = 64 * 1024
    /// How many bytes that TLS answers by itself may wait for the server to read, beside a chunk of output.
    private static let maximumAnswers = 256 * 1024

    /// Takes a connected socket over; with a session, everything is encrypted and begins with ``handshake()``.
    init(socket: Socket, tls: TLSSession?) {
        self.socket = socket
        self.tls = tls
        cipherBuffer = tls == nil ? [] : Array(repeating: 0, count: Self.cipherBufferSize)
    }

    /// How many bytes wait for the system to take them.
    var pendingCount: Int { pending.count - sent + plaintext.count - encrypted }

    private var mustWrite: Bool { sent < pending.count || tls?.hasOutput ?? false }

    /// Adds the socket with what is to be waited for.
    func preparePoll(_ set: inout PollSet) {
        set.add(socket.descriptor, mustWrite ? [.read, .write] : .read)
    }

    /// Whether there is something to read, a failure included.
    func isReadable(_ set: PollSet) -> Bool {
        set.isReadable(socket.descriptor)
    }

    /// Takes the TLS handshake as far as it goes now.
    func handshake() -> Handshake {
        guard let tls else { return .finished }
        var hasReceived = false
        while true {
            let step = tls.handshake()
            // What TLS has to say goes first, an alert too.
            if case .failed(let kind, let cause) = writePending() { return .failed(kind, cause: cause) }
            switch step {
            case .finished: return .finished
            case .failed(let cause): return .failed(.tls, cause: cause)
            case .wantsInput: break
            }
            // Messages that TLS ignores may come without end and must not keep the thread from the time-out.
            guard !hasReceived else { return .inProgress }
            hasReceived = true
            switch receiveCiphertext(tls) {
            case .count: continue
            case .wouldBlock: return .inProgress
            case .endOfFile: return .failed(.tls, cause: "the server closed the connection during the handshake")
            case .failed(let error): return .failed(.tls, cause: "the handshake broke off: \(error)")
            }
        }
    }

    /// Reads into `buffer`, which must not be empty.
    func read(into buffer: inout [UInt8]) -> Reading {
        if let tls { return read(tls, into: &buffer) }
        let capacity = buffer.count
        let transfer = unsafe buffer.withUnsafeMutableBytes { unsafe socket.read(into: $0) }
        switch transfer {
        case .count(let count):
            hasHeard = true
            return count < capacity ? .last(count) : .count(count)
        case .wouldBlock: return .wouldBlock
        case .endOfFile: return .endOfFile
        case .failed(let error): return .failed(.reset, cause: error.description)
        }
    }

    /// Whether anything has arrived since this was last asked, if only a part of a TLS record.
    func takeSignOfLife() -> Bool {
        defer { hasHeard = false }
        return hasHeard
    }

    /// Writes what waits, and then what `next` gives until it gives nothing or the system takes no more.
    func write(next: () -> [UInt8]) -> Writing {
        while true {
            switch writePending() {
            case .done: break
            case .wouldBlock: return .wouldBlock
            case .failed(let kind, let cause): return .failed(kind, cause: cause)
            }
            if encrypted < plaintext.count, let tls {
                switch encrypt(tls) {
                case .done: continue
                case .wouldBlock: return .wouldBlock
                case .failed(let kind, let cause): return .failed(kind, cause: cause)
                }
            }
            let bytes = next()
            if bytes.isEmpty { return .done }
            if tls == nil {
                (pending, sent) = (bytes, 0)
            } else {
                (plaintext, encrypted) = (bytes, 0)
            }
        }
    }

    /// Ends TLS if the socket takes the message at once, and closes the socket.
    func close() {
        if let tls, sent == pending.count {
            tls.close()
            _ = writePending()
        }
        socket.close()
    }

    private func read(_ tls: TLSSession, into buffer: inout [UInt8]) -> Reading {
        var hasReceived = false
        while true {
            let transfer = unsafe buffer.withUnsafeMutableBytes { unsafe tls.read(into: $0) }
            switch transfer {
            case .count(let count): return .count(count)
            case .endOfFile: return .endOfFile
            case .failed(let cause):
                _ = writePending()
                return .failed(.tls, cause: cause)
            case .wantsInput: break
            }
            if tls.outputCount > Self.maximumAnswers {
                return .failed(.tls, cause: "the server asks for answers of TLS that it does not read")
            }
            // Messages of TLS itself may come without end and must not keep the thread; poll announces what is left in the socket.
            guard !hasReceived else { return .wouldBlock }
            hasReceived = true
            switch receiveCiphertext(tls) {
            case .count: continue
            case .wouldBlock: return .wouldBlock
            case .endOfFile:
                return .failed(.closed, cause: "the server closed the connection without ending TLS (truncated)")
            case .failed(let error): return .failed(.reset, cause: error.description)
            }
        }
    }

    private func receiveCiphertext(_ tls: TLSSession) -> Socket.Transfer {
        let transfer = unsafe cipherBuffer.withUnsafeMutableBytes { unsafe socket.read(into: $0) }
        if case .count(let count) = transfer {
            hasHeard = true
            unsafe cipherBuffer.withUnsafeBytes { unsafe tls.receive(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        return transfer
    }

    /// Gives TLS the plaintext that waits.
    private func encrypt(_ tls: TLSSession) -> Writing {
        let transfer = unsafe plaintext.withUnsafeBytes {
            unsafe tls.write(UnsafeRawBufferPointer(rebasing: $0[encrypted...]))
        }
        switch transfer {
        case .count(let count): encrypted += count
        // TLS wants to hear from the server first: the next read lets it go on.
        case .wantsInput: return .wouldBlock
        case .endOfFile: return .failed(.closed, cause: "the server has ended TLS")
        case .failed(let cause): return .failed(.tls, cause: cause)
        }
        return .done
    }

    /// Writes the bytes for the socket, those of TLS included.
    private func writePending() -> Writing {
        while true {
            if sent == pending.count {
                pending = tls?.takeOutput() ?? []
                sent = 0
                if pending.isEmpty { return .done }
            }
            let transfer = unsafe pending.withUnsafeBytes {
                unsafe socket.write(UnsafeRawBufferPointer(rebasing: $0[sent...]))
            }
            switch transfer {
            case .count(let count): sent += count
            case .wouldBlock, .endOfFile: return .wouldBlock
            case .failed(let error): return .failed(.reset, cause: error.description)
            }
        }
    }
}
