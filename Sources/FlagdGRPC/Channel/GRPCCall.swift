import FlagdHTTP2
import FlagdTransport
import Synchronization

/// One call on a connection: drives ``GRPCCallStateMachine``, and hands over to one reader.
///
/// The connection's thread brings events; the reader and whoever cancels come from anywhere, hence the lock. Nothing is
/// called under it.
final class GRPCCall: HTTP2StreamHandler {
    private struct State {
        var machine: GRPCCallStateMachine
        var inbox = GRPCInbox()
        var stream: HTTP2StreamID?
        var timer: TimerID?
        var reader: CheckedContinuation<GRPCDelivery, Never>?
        var initialMetadata: GRPCMetadata?
        var trailingMetadata: GRPCMetadata?
    }

    /// What is to be done once the lock is released.
    private struct Effects {
        var credit = 0
        var stream: HTTP2StreamID?
        var reset: HTTP2ErrorCode?
        var timer: TimerID?
        var reader: CheckedContinuation<GRPCDelivery, Never>?
        var delivery: GRPCDelivery?
    }

    private let client: HTTP2Client
    private let state: Mutex<State>

    /// When the call must be over; nil for never.
    let deadline: MonotonicTime?

    init(_ cardinality: GRPCCardinality, options: GRPCCallOptions, client: HTTP2Client) {
        self.client = client
        let deadline = options.timeout.map { MonotonicTime.now.advanced(by: $0) }
        self.deadline = deadline
        let machine = GRPCCallStateMachine(
            cardinality: cardinality, maximumMessageSize: options.maximumMessageSize, deadline: deadline?.nanoseconds)
        state = Mutex(State(machine: machine))
    }

    /// The metadata the response began with; nil until it does.
    var initialMetadata: GRPCMetadata? { state.withLock { $0.initialMetadata } }

    /// The metadata the response ended with; nil until it does.
    var trailingMetadata: GRPCMetadata? { state.withLock { $0.trailingMetadata } }

    /// Whether the call's status is known.
    var hasEnded: Bool { state.withLock { $0.machine.hasEnded } }

    /// The request is on its way.
    ///
    /// - Returns: false if the call was cancelled meanwhile; there was no stream to reset then, so that is left to the caller.
    func started(_ stream: HTTP2StreamID, timer: TimerID?) -> Bool {
        state.withLock { state in
            guard !state.machine.hasEnded else { return false }
            state.stream = stream
            state.timer = timer
            return true
        }
    }

    /// Ends the call unless it has ended: RST_STREAM goes out, and messages that wait are dropped.
    func cancel() {
        let effects = state.withLock { state in
            Self.apply(state.machine.cancelled(), keepsMessages: false, to: &state)
        }
        perform(effects)
    }

    /// The request could not be sent.
    func failedToStart(_ status: GRPCStatus) {
        let effects = state.withLock { state in
            Self.apply(state.machine.streamFailed(status, now: 0), to: &state)
        }
        perform(effects)
    }

    /// The next message or the end.
    ///
    /// Cancelling the task that waits cancels the call.
    func next(isolation: isolated (any Actor)? = #isolation) async -> GRPCDelivery {
        if Task.isCancelled { cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let effects = state.withLock { Self.read(continuation, &$0) }
                perform(effects)
            }
        } onCancel: {
            cancel()
        }
    }

    private static func read(_ reader: CheckedContinuation<GRPCDelivery, Never>, _ state: inout State) -> Effects {
        guard state.reader == nil else {
            let status = GRPCStatus(.failedPrecondition, "two tasks wait for messages of one call")
            return Effects(reader: reader, delivery: .end(GRPCCallEnd(status)))
        }
        guard let taken = state.inbox.take() else {
            state.reader = reader
            return Effects()
        }
        return Effects(credit: taken.credit, stream: state.stream, reader: reader, delivery: taken.delivery)
    }
}

// MARK: Events of the connection

extension GRPCCall {
    func headersReceived(_ fields: [HeaderField], endStream: Bool, client: isolated HTTP2Client) {
        handle(on: client) { $0.headersReceived(fields, endStream: endStream) }
    }

    func dataReceived(_ bytes: [UInt8], endStream: Bool, client: isolated HTTP2Client) {
        handle(on: client, byteCount: bytes.count) { $0.dataReceived(bytes[...], endStream: endStream) }
    }

    func trailersReceived(_ fields: [HeaderField], client: isolated HTTP2Client) {
        handle(on: client) { $0.trailersReceived(fields) }
    }

    func streamClosed(_ failure: StreamFailure?, client: isolated HTTP2Client) {
        handle(on: client) { machine in
            guard let failure else { return machine.streamEnded() }
            return machine.streamFailed(GRPCStatus(failure), now: MonotonicTime.now.nanoseconds)
        }
    }

    /// The deadline's timer fired.
    func deadlineReached(client: isolated HTTP2Client) {
        handle(on: client) { $0.deadlineReached() }
    }

    private func handle(
        on client: isolated HTTP2Client, byteCount: Int = 0,
        _ event: (inout GRPCCallStateMachine) -> GRPCCallAction
    ) {
        let effects = state.withLock { state in
            Self.apply(event(&state.machine), byteCount: byteCount, to: &state)
        }
        perform(effects, on: client)
    }
}

// MARK: Carrying out actions

extension GRPCCall {
    private static func apply(
        _ action: GRPCCallAction, byteCount: Int = 0, keepsMessages: Bool = true, to state: inout State
    ) -> Effects {
        var effects = Effects(stream: state.stream)
        var messages: [[UInt8]] = []
        switch action {
        case .none: break
        case .began(let metadata): state.initialMetadata = metadata
        case .deliver(let delivered, let last):
            messages = delivered
            if let last { end(last, keepsMessages: true, &state, &effects) }
        case .end(let last): end(last, keepsMessages: keepsMessages, &state, &effects)
        }
        effects.credit = state.inbox.arrived(
            byteCount, completing: messages, isReaderWaiting: state.reader != nil)
        if state.reader != nil, let taken = state.inbox.take() {
            effects.reader = state.reader.take()
            effects.delivery = taken.delivery
            effects.credit &+= taken.credit
        }
        return effects
    }

    private static func end(
        _ end: GRPCCallEnd, keepsMessages: Bool, _ state: inout State, _ effects: inout Effects
    ) {
        state.inbox.ended(end, keepsMessages: keepsMessages)
        state.trailingMetadata = end.trailers
        effects.reset = end.reset
        effects.timer = state.timer.take()
    }

    /// From any thread.
    private func perform(_ effects: Effects) {
        if effects.credit > 0 || effects.reset != nil || effects.timer != nil {
            client.perform { Self.tell($0, effects) }
        }
        Self.answer(effects)
    }

    private func perform(_ effects: Effects, on client: isolated HTTP2Client) {
        Self.tell(client, effects)
        Self.answer(effects)
    }

    private static func tell(_ client: isolated HTTP2Client, _ effects: Effects) {
        if let timer = effects.timer { client.cancelTimer(timer) }
        guard let stream = effects.stream else { return }
        if let reset = effects.reset { return client.cancel(stream, code: reset) }
        if effects.credit > 0 { client.consumed(effects.credit, on: stream) }
    }

    private static func answer(_ effects: Effects) {
        guard let reader = effects.reader, let delivery = effects.delivery else { return }
        reader.resume(returning: delivery)
    }
}

extension HTTP2Client {
    /// Sends a call's request, and sets the timer for its deadline.
    ///
    /// A call that cannot be sent ends with the reason.
    func start(_ call: GRPCCall, method: GRPCMethod, body: [UInt8], metadata: GRPCMetadata) {
        guard !call.hasEnded else { return }
        let now = MonotonicTime.now
        if let deadline = call.deadline, deadline <= now {
            return call.failedToStart(GRPCCallStateMachine.deadlineExceeded)
        }
        let timeout = call.deadline.map { $0.nanoseconds &- now.nanoseconds }
        let headers = method.requestHeaders(scheme: scheme, authority: authority, timeout: timeout, metadata: metadata)
        do throws(TransportError) {
            let stream = try startRequest(headers: headers, body: body, endStream: true, handler: call)
            let timer = call.deadline.map { deadline in
                schedule(at: deadline) { [weak call] client in call?.deadlineReached(client: client) }
            }
            guard !call.started(stream, timer: timer) else { return }
            cancel(stream)
            if let timer { cancelTimer(timer) }
        } catch {
            call.failedToStart(GRPCStatus(error))
        }
    }
}
