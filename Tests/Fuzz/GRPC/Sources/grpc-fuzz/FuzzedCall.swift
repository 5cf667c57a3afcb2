import FlagdGRPC
import FlagdHTTP2

/// Drives a call and checks what the machine promises its driver.
struct FuzzedCall {
    static let maximumMessageSize = 1024

    private let cardinality: GRPCCardinality
    private var machine: GRPCCallStateMachine
    private(set) var messages: [[UInt8]] = []
    private(set) var end: GRPCCallEnd?

    init(_ cardinality: GRPCCardinality) {
        self.cardinality = cardinality
        machine = GRPCCallStateMachine(
            cardinality: cardinality, maximumMessageSize: Self.maximumMessageSize, deadline: 100)
    }

    mutating func headers(_ fields: [HeaderField], endStream: Bool) {
        perform(machine.headersReceived(fields, endStream: endStream))
    }

    mutating func data(_ bytes: ArraySlice<UInt8>, endStream: Bool) {
        perform(machine.dataReceived(bytes, endStream: endStream))
    }

    mutating func trailers(_ fields: [HeaderField]) { perform(machine.trailersReceived(fields)) }

    /// The events that come without bytes.
    mutating func other(_ choice: UInt8) {
        switch choice & 3 {
        case 0: perform(machine.streamEnded())
        case 1: perform(machine.streamFailed(GRPCStatus(.cancelled), now: UInt64(choice)))
        case 2: perform(machine.deadlineReached())
        default: perform(machine.cancelled())
        }
    }

    private mutating func perform(_ action: GRPCCallAction) {
        precondition(end == nil || action == .none)
        switch action {
        case .none, .began: break
        case .deliver(let messages, let end):
            precondition(cardinality == .serverStreaming && !messages.isEmpty)
            precondition(messages.allSatisfy { $0.count <= Self.maximumMessageSize })
            self.messages += messages
            if let end { ended(end) }
        case .end(let end): ended(end)
        }
        precondition(machine.hasEnded == (end != nil))
    }

    private mutating func ended(_ end: GRPCCallEnd) {
        precondition((end.message != nil) == (cardinality == .unary && end.status.isOK))
        precondition(end.reset == nil || !end.status.isOK)
        self.end = end
    }
}
