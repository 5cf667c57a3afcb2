/// The decoded messages of a ``GRPCMessageStream``; everything said there holds here.
package struct FlagSyncStream<Message: ProtobufDecodable>: AsyncSequence, Sendable {
    /// A decoded message.
    package typealias Element = Message

    /// How a stream fails: every end but OK, and INTERNAL for a message that cannot be decoded.
    package typealias Failure = GRPCStatus

    private let messages: GRPCMessageStream

    init(_ messages: GRPCMessageStream) {
        self.messages = messages
    }

    /// The metadata the response began with; nil until it does, which for flagd is with its first message.
    package var initialMetadata: GRPCMetadata? { messages.initialMetadata }

    /// The metadata the response ended with; nil until it does.
    package var trailingMetadata: GRPCMetadata? { messages.trailingMetadata }

    /// Ends the call unless it has ended; the reader gets CANCELLED.
    package func cancel() {
        messages.cancel()
    }

    /// The one reader's view.
    package func makeAsyncIterator() -> Iterator {
        Iterator(stream: messages, iterator: messages.makeAsyncIterator())
    }

    /// Takes messages one after the other.
    package struct Iterator: AsyncIteratorProtocol {
        private let stream: GRPCMessageStream
        private var iterator: GRPCMessageStream.Iterator

        fileprivate init(stream: GRPCMessageStream, iterator: GRPCMessageStream.Iterator) {
            self.stream = stream
            self.iterator = iterator
        }

        /// The next message, or nil when the server has ended the stream with OK.
        ///
        /// - Throws: The status of every other end; a message that cannot be decoded ends the call.
        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(GRPCStatus) -> Message? {
            guard let bytes = try await iterator.next(isolation: actor) else { return nil }
            do throws(GRPCStatus) {
                return try decode(bytes)
            } catch {
                stream.cancel()
                throw error
            }
        }
    }
}

/// Decodes a response.
///
/// - Throws: INTERNAL when the bytes are no such message.
func decode<Message: ProtobufDecodable>(_ bytes: [UInt8]) throws(GRPCStatus) -> Message {
    do throws(ProtobufError) {
        return try Message(protobuf: bytes[...])
    } catch {
        throw GRPCStatus(.internalError, "the server sent a message that cannot be decoded: \(error)")
    }
}
