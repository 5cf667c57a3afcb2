/// What a piece of a response body led to.
package enum GRPCDeframerAction: Equatable, Sendable {
    /// Zero or more complete messages, in order.
    case messages([[UInt8]])
    /// The body is broken; the messages before the break, and why. Nothing is read from then on.
    case failed(after: [[UInt8]], GRPCStatus)
}

/// Puts messages together from body bytes, which know nothing of messages: a message may come in one-byte pieces, and many
/// messages in one piece (gRPC over HTTP/2, "Length-Prefixed-Message" and "Data Frames").
///
/// A length is judged before anything is kept for it, and memory grows with the bytes that came, not with the length claimed.
package struct GRPCDeframer: Sendable {
    /// Up to this many bytes are set aside for a message before they arrive: 1 MiB.
    package static let firstReservation = 1 << 20

    /// How much more than the bytes present is set aside when a reservation is used up: 4 times.
    package static let reservationFactor = 4

    private enum State: Equatable {
        /// Between messages or inside the five bytes before one. Can become: body, failed.
        case prefix(read: Int, flag: UInt8, length: UInt32)
        /// Inside a message of this length. Can become: prefix.
        case body(length: Int)
        /// Broken; final.
        case failed
    }

    private let maximumMessageSize: Int
    private let encoding: String?
    private var state = State.prefix(read: 0, flag: 0, length: 0)
    private var message: [UInt8] = []

    /// Creates a deframer at the start of a body.
    ///
    /// - Parameters:
    ///   - maximumMessageSize: The longest message taken, in bytes; exactly this length is taken.
    ///   - encoding: The response's `grpc-encoding`, nil if it had none.
    package init(maximumMessageSize: Int, encoding: String?) {
        self.maximumMessageSize = maximumMessageSize
        self.encoding = encoding
    }

    /// Whether the body may end here: no message and no prefix is open.
    package var isBetweenMessages: Bool {
        state == .prefix(read: 0, flag: 0, length: 0)
    }

    /// How many bytes are set aside for the message that is open.
    package var reservedBytes: Int { message.capacity }

    /// Takes the next bytes of the body.
    package mutating func receive(_ bytes: ArraySlice<UInt8>) -> GRPCDeframerAction {
        var messages: [[UInt8]] = []
        var rest = bytes
        while true {
            switch state {
            case .failed:
                return .messages(messages)
            case .prefix(let read, let flag, let length):
                guard let byte = rest.popFirst() else { return .messages(messages) }
                if let failure = prefixByte(byte, at: read, flag: flag, length: length) {
                    state = .failed
                    message = []
                    return .failed(after: messages, failure)
                }
            case .body(let length):
                guard let complete = bodyBytes(&rest, length: length) else { return .messages(messages) }
                messages.append(complete)
                state = .prefix(read: 0, flag: 0, length: 0)
            }
        }
    }

    private mutating func prefixByte(_ byte: UInt8, at read: Int, flag: UInt8, length: UInt32) -> GRPCStatus? {
        guard read > 0 else {
            state = .prefix(read: 1, flag: byte, length: 0)
            return flagFailure(byte)
        }
        let length = length << 8 | UInt32(byte)
        guard read == GRPCMessageFraming.prefixLength - 1 else {
            state = .prefix(read: read &+ 1, flag: flag, length: length)
            return nil
        }
        guard let size = Int(exactly: length), size <= maximumMessageSize else {
            return GRPCStatus(
                .resourceExhausted,
                "a message of \(length) bytes is longer than the limit of \(maximumMessageSize)")
        }
        state = .body(length: size)
        return nil
    }

    private func flagFailure(_ flag: UInt8) -> GRPCStatus? {
        switch (flag, encoding) {
        case (0, _):
            return nil
        case (1, nil), (1, "identity"?):
            return GRPCStatus(
                .internalError, "a message is marked as compressed, but the response names no compression")
        case (1, let name?):
            let shown = GRPCText.shown(name)
            return GRPCStatus(
                .unimplemented,
                "a message is compressed with \(shown), which is not supported; only identity was offered")
        default:
            return GRPCStatus(.internalError, "a message has the unknown compressed flag \(flag)")
        }
    }

    /// The message once its last byte is there, nil while bytes are missing.
    private mutating func bodyBytes(_ rest: inout ArraySlice<UInt8>, length: Int) -> [UInt8]? {
        let missing = length &- message.count
        let piece = rest.prefix(missing)
        rest = rest.dropFirst(piece.count)
        if message.isEmpty, piece.count == length { return Array(piece) }
        reserve(for: piece.count, length: length)
        message.append(contentsOf: piece)
        guard message.count == length else { return nil }
        defer { message = [] }
        return message
    }

    private mutating func reserve(for added: Int, length: Int) {
        let needed = message.count &+ added
        guard needed > message.capacity else { return }
        let (generous, overflow) = needed.multipliedReportingOverflow(by: Self.reservationFactor)
        message.reserveCapacity(min(length, overflow ? needed : max(Self.firstReservation, generous)))
    }
}
