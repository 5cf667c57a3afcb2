package import FlagdHTTP2

/// How many messages a call's response may have.
package enum GRPCCardinality: Hashable, Sendable {
    /// Exactly one, if the status is OK.
    case unary
    /// Any number.
    case serverStreaming
}

/// How a call ended.
package struct GRPCCallEnd: Equatable, Sendable {
    /// The status.
    package var status: GRPCStatus

    /// The trailers' metadata; empty when there were none.
    package var trailers: GRPCMetadata

    /// The response of a unary call; there exactly when the call is unary and its status OK.
    package var message: [UInt8]?

    /// The code to reset the stream with; nil when the stream is over already.
    package var reset: HTTP2ErrorCode?

    /// Creates an end.
    package init(
        _ status: GRPCStatus, trailers: GRPCMetadata = GRPCMetadata(), message: [UInt8]? = nil,
        reset: HTTP2ErrorCode? = nil
    ) {
        self.status = status
        self.trailers = trailers
        self.message = message
        self.reset = reset
    }
}

/// What the driver of a call has to do after an event.
package enum GRPCCallAction: Equatable, Sendable {
    /// Nothing.
    case none
    /// Remember the response's metadata.
    case began(GRPCMetadata)
    /// Hand over these messages of a stream; then, if there is an end, do as for `end`.
    case deliver([[UInt8]], then: GRPCCallEnd?)
    /// Reset the stream if the end says so, and report it. No action follows.
    case end(GRPCCallEnd)
}

/// The life of one call as the client sees it (gRPC over HTTP/2, "Responses").
///
/// The request is not part of it: both kinds of call send it whole, with the headers.
package struct GRPCCallStateMachine: Sendable {
    private enum State {
        /// The request is out. Can become: responding, ended.
        case waiting
        /// The response has begun. Can become: ended.
        case responding(GRPCDeframer)
        /// The status is known; final.
        case ended
    }

    private let cardinality: GRPCCardinality
    private let maximumMessageSize: Int
    private let deadline: UInt64?
    private var state = State.waiting
    private var unaryMessage: [UInt8]?

    /// A call whose request is about to be sent.
    ///
    /// - Parameters:
    ///   - cardinality: What the method is.
    ///   - maximumMessageSize: The longest message taken, in bytes.
    ///   - deadline: When the call must be over, in monotonic nanoseconds; nil for never.
    package init(cardinality: GRPCCardinality, maximumMessageSize: Int, deadline: UInt64? = nil) {
        self.cardinality = cardinality
        self.maximumMessageSize = maximumMessageSize
        self.deadline = deadline
    }

    /// Whether the status is known.
    package var hasEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// The final header block came (informational ones never get here).
    package mutating func headersReceived(_ fields: [HeaderField], endStream: Bool) -> GRPCCallAction {
        guard case .waiting = state else { return .none }
        switch GRPCResponseHead(fields, endStream: endStream) {
        case .response(let encoding):
            state = .responding(GRPCDeframer(maximumMessageSize: maximumMessageSize, encoding: encoding))
            return .began(GRPCMetadata(response: fields))
        case .trailersOnly(let status):
            return finish(status, trailers: fields, reset: endStream ? nil : .cancel)
        case .refused(let status):
            return finish(status, trailers: fields, reset: endStream ? nil : .cancel)
        }
    }

    /// Body bytes came.
    package mutating func dataReceived(_ bytes: ArraySlice<UInt8>, endStream: Bool) -> GRPCCallAction {
        guard case .responding(var deframer) = state else { return .none }
        // The machine must not hold a second reference while the deframer grows its message.
        state = .waiting
        let result = deframer.receive(bytes)
        let isWhole = deframer.isBetweenMessages
        state = .responding(deframer)
        switch result {
        case .failed(let messages, let failure):
            return deliver(messages, then: end(failure, reset: endStream ? nil : .cancel))
        case .messages(let messages):
            return deliver(messages, then: endStream ? end(Self.endWithoutTrailers(isWhole: isWhole)) : nil)
        }
    }

    /// Trailers came; they end the stream.
    package mutating func trailersReceived(_ fields: [HeaderField]) -> GRPCCallAction {
        guard case .responding(let deframer) = state else { return .none }
        let status = GRPCTrailers.status(of: fields) ?? GRPCTrailers.missingStatus
        if status.isOK, !deframer.isBetweenMessages {
            return finish(Self.cutMessage, trailers: fields)
        }
        return finish(status, trailers: fields)
    }

    /// The stream is over without trailers: reset by the peer, or lost with its connection.
    ///
    /// A server that keeps the deadline too may cancel the stream just before this side's timer fires; `now` tells.
    package mutating func streamFailed(_ status: GRPCStatus, now: UInt64) -> GRPCCallAction {
        guard !hasEnded else { return .none }
        if status.code == .cancelled, let deadline, now >= deadline {
            return .end(end(Self.deadlineExceeded))
        }
        return .end(end(status))
    }

    /// The stream is over, and nothing was wrong with it in HTTP/2.
    ///
    /// After a status that is the usual end.
    package mutating func streamEnded() -> GRPCCallAction {
        guard !hasEnded else { return .none }
        return .end(end(Self.endWithoutTrailers(isWhole: true)))
    }

    /// The call's deadline has come.
    package mutating func deadlineReached() -> GRPCCallAction {
        guard !hasEnded else { return .none }
        return .end(end(Self.deadlineExceeded, reset: .cancel))
    }

    /// The caller wants nothing more of the call.
    package mutating func cancelled() -> GRPCCallAction {
        guard !hasEnded else { return .none }
        return .end(end(GRPCStatus(.cancelled, "the call was cancelled"), reset: .cancel))
    }
}

extension GRPCCallStateMachine {
    /// The status of a call whose time is up.
    package static let deadlineExceeded = GRPCStatus(.deadlineExceeded, "the call took longer than its time-out")

    private static let cutMessage = GRPCStatus(.internalError, "the stream ended inside a message")

    private static func endWithoutTrailers(isWhole: Bool) -> GRPCStatus {
        isWhole ? GRPCStatus(.internalError, "the server ended the stream without trailers") : cutMessage
    }

    /// Ends the call with trailers, for a unary call only after counting its messages.
    private mutating func finish(
        _ status: GRPCStatus, trailers fields: [HeaderField], reset: HTTP2ErrorCode? = nil
    ) -> GRPCCallAction {
        let trailers = GRPCMetadata(response: fields)
        state = .ended
        guard cardinality == .unary, status.isOK else {
            return .end(GRPCCallEnd(status, trailers: trailers, reset: reset))
        }
        guard let message = unaryMessage.take() else {
            let missing = GRPCStatus(.internalError, "the server answered OK without a message")
            return .end(GRPCCallEnd(missing, trailers: trailers, reset: reset))
        }
        return .end(GRPCCallEnd(status, trailers: trailers, message: message, reset: reset))
    }

    private mutating func end(_ status: GRPCStatus, reset: HTTP2ErrorCode? = nil) -> GRPCCallEnd {
        state = .ended
        unaryMessage = nil
        return GRPCCallEnd(status, reset: reset)
    }

    private mutating func deliver(_ messages: [[UInt8]], then last: GRPCCallEnd?) -> GRPCCallAction {
        guard cardinality == .unary else {
            return messages.isEmpty ? last.map(GRPCCallAction.end) ?? .none : .deliver(messages, then: last)
        }
        if let last { return .end(last) }
        for message in messages {
            guard unaryMessage == nil else {
                let status = GRPCStatus(.internalError, "the server sent a second message in answer to a unary call")
                return .end(end(status, reset: .cancel))
            }
            unaryMessage = message
        }
        return .none
    }
}
