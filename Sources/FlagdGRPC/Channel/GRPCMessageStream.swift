/// The messages of a server-streaming call, for one reader.
///
/// The server is slowed down to the reader's pace: while a message waits, at most one flow-control window more is taken. When
/// the sequence and its iterators are dropped, or a task is cancelled while it waits, the call is cancelled.
package struct GRPCMessageStream: AsyncSequence, Sendable {
    /// A message, as long as the call's limit at most.
    package typealias Element = [UInt8]

    /// How a stream fails: every end but OK.
    package typealias Failure = GRPCStatus

    /// Cancels the call when the last reference goes.
    fileprivate final class Handle: Sendable {
        let call: GRPCCall
        /// The stream keeps its connection.
        let channel: GRPCChannel

        init(_ call: GRPCCall, _ channel: GRPCChannel) {
            self.call = call
            self.channel = channel
        }

        deinit { call.cancel() }
    }

    private let handle: Handle

    init(_ call: GRPCCall, on channel: GRPCChannel) {
        handle = Handle(call, channel)
    }

    /// The metadata the response began with; nil until it does, which for flagd is with its first message.
    package var initialMetadata: GRPCMetadata? { handle.call.initialMetadata }

    /// The metadata the response ended with; nil until it does.
    package var trailingMetadata: GRPCMetadata? { handle.call.trailingMetadata }

    /// Ends the call unless it has ended; messages that wait are dropped, and the reader gets CANCELLED.
    package func cancel() {
        handle.call.cancel()
    }

    /// The one reader's view.
    package func makeAsyncIterator() -> Iterator {
        Iterator(handle: handle)
    }

    /// Takes messages one after the other.
    package struct Iterator: AsyncIteratorProtocol {
        private let handle: Handle

        fileprivate init(handle: Handle) {
            self.handle = handle
        }

        /// The next message, or nil when the server has ended the stream with OK.
        ///
        /// - Throws: The status of every other end, again for each further call.
        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(GRPCStatus) -> [UInt8]? {
            // A server that never stops to send makes messages be there without waiting: others get their turn all the same.
            await Task.yield()
            switch await handle.call.next(isolation: actor) {
            case .message(let message): return message
            case .end(let end):
                if end.status.isOK { return nil }
                throw end.status
            }
        }
    }
}
