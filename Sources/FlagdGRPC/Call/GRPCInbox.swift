/// What the reader of a call gets next.
package enum GRPCDelivery: Equatable, Sendable {
    /// A message of a stream.
    case message([UInt8])
    /// The end; it is given again to whoever asks again.
    case end(GRPCCallEnd)
}

/// What lies between the connection, which brings messages, and the one reader, which takes them.
package struct GRPCInbox: Sendable {
    private var messages: [[UInt8]] = []
    private var next = 0
    private var credit = GRPCFlowCredit()
    private var end: GRPCCallEnd?

    /// Nothing has come.
    package init() {}

    /// How many messages wait.
    package var waiting: Int { messages.count &- next }

    /// Body bytes came, and with them these messages.
    ///
    /// - Parameters:
    ///   - byteCount: How many bytes, as flow control counts them.
    ///   - completed: The messages they completed.
    ///   - isReaderWaiting: Whether the reader will take one of the messages at once.
    /// - Returns: How many bytes to give back to the stream's window now.
    package mutating func arrived(_ byteCount: Int, completing completed: [[UInt8]], isReaderWaiting: Bool) -> Int {
        messages.append(contentsOf: completed)
        return credit.received(byteCount, waiting: isReaderWaiting ? max(waiting &- 1, 0) : waiting)
    }

    /// The call ended.
    ///
    /// Messages that wait stay, unless the reader itself wanted the end.
    package mutating func ended(_ end: GRPCCallEnd, keepsMessages: Bool) {
        self.end = end
        guard !keepsMessages else { return }
        messages = []
        next = 0
    }

    /// The next thing for the reader, if there is one, and how many bytes to give back for it.
    package mutating func take() -> (delivery: GRPCDelivery, credit: Int)? {
        guard waiting > 0 else { return end.map { (.end($0), 0) } }
        let message = messages[next]
        messages[next] = []
        next &+= 1
        if waiting == 0 {
            messages = []
            next = 0
        }
        return (.message(message), credit.taken(waiting: waiting))
    }
}
