import FlagdHTTP2

@testable import FlagdTransport
/// A stream handler that writes down what it hears.
final class RecordingHandler: HTTP2StreamHandler {
    struct Record: Sendable {
        var headers: [HeaderField]?
        var body: [UInt8] = []
        var trailers: [HeaderField]?
        var failure: StreamFailure?
        var closedCount = 0
        /// A call after the end, or off the connection's thread.
        var isOutOfOrder = false
    }

    private struct State {
        var record = Record()
        var waiting: [CheckedContinuation<Record, Never>] = []
    }

    private let state = Locked(State())
    private let credits: Bool
    private let onData: (@Sendable ([UInt8], isolated HTTP2Client) -> Void)?
    private let id = Locked<HTTP2StreamID?>(nil)

    /// With `credits`, received data is reported as consumed at once.
    init(credits: Bool = true, onData: (@Sendable ([UInt8], isolated HTTP2Client) -> Void)? = nil) {
        self.credits = credits
        self.onData = onData
    }

    var record: Record { state.withLock { $0.record } }

    func started(_ id: HTTP2StreamID) { self.id.withLock { $0 = id } }

    /// The record once the stream has ended.
    func ended() async -> Record {
        await withCheckedContinuation { continuation in
            let record = state.withLock { state -> Record? in
                if state.record.closedCount > 0 { return state.record }
                state.waiting.append(continuation)
                return nil
            }
            if let record { continuation.resume(returning: record) }
        }
    }

    private func note(_ change: (inout Record) -> Void) {
        state.withLock { state in
            if state.record.closedCount > 0 { state.record.isOutOfOrder = true }
            change(&state.record)
        }
    }

    func headersReceived(_ fields: [HeaderField], endStream: Bool, client: isolated HTTP2Client) {
        note { record in
            if record.headers != nil { record.isOutOfOrder = true }
            record.headers = fields
        }
    }

    func dataReceived(_ bytes: [UInt8], endStream: Bool, client: isolated HTTP2Client) {
        note { $0.body += bytes }
        if credits, let id = id.withLock({ $0 }) { client.consumed(bytes.count, on: id) }
        onData?(bytes, client)
    }

    func trailersReceived(_ fields: [HeaderField], client: isolated HTTP2Client) {
        note { $0.trailers = fields }
    }

    func streamClosed(_ failure: StreamFailure?, client: isolated HTTP2Client) {
        let (record, waiting) = state.withLock { state in
            state.record.closedCount += 1
            if state.record.closedCount > 1 { state.record.isOutOfOrder = true }
            state.record.failure = failure
            defer { state.waiting = [] }
            return (state.record, state.waiting)
        }
        for continuation in waiting { continuation.resume(returning: record) }
    }
}

extension HTTP2Client {
    /// A POST as gRPC makes it.
    func post(
        _ path: String = "/test", body: [UInt8]? = [], endStream: Bool = true, handler: RecordingHandler
    ) throws(TransportError) -> HTTP2StreamID {
        let headers = [
            HeaderField(":method", "POST"), HeaderField(":scheme", scheme), HeaderField(":path", path),
            HeaderField(":authority", authority), HeaderField("te", "trailers"),
        ]
        let id = try startRequest(headers: headers, body: body, endStream: endStream, handler: handler)
        handler.started(id)
        return id
    }
}

/// The events of a connection.
final class EventRecorder: Sendable {
    private let list = Locked<[HTTP2Client.Event]>([])

    var events: [HTTP2Client.Event] { list.withLock { $0 } }

    var callback: @Sendable (HTTP2Client.Event) -> Void {
        { [self] event in list.withLock { $0.append(event) } }
    }
}
