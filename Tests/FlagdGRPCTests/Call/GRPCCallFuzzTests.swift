import FlagdGRPC
import FlagdHTTP2
import XCTest

/// Random lives of calls: whatever the order of events, a call ends at most once and says nothing afterwards.
final class GRPCCallFuzzTests: XCTestCase {
    private static let headerFields: [HeaderField] = [
        HeaderField("content-type", "application/grpc"), HeaderField("content-type", "text/html"),
        HeaderField("grpc-status", "0"), HeaderField("grpc-status", "13"), HeaderField("grpc-status", "-7"),
        HeaderField("grpc-message", "%E4%"), HeaderField("grpc-encoding", "gzip"), HeaderField("x-bin", "?"),
        HeaderField("x", "\u{0}\u{ff}"),
    ]

    private var generator = SplitMix(seed: 77)

    private func fields(_ statuses: [String]) -> [HeaderField] {
        let status = statuses.randomElement(using: &generator).map { [HeaderField(":status", $0)] } ?? []
        let count = Int.random(in: 0...4, using: &generator)
        return status + (0..<count).compactMap { _ in Self.headerFields.randomElement(using: &generator) }
    }

    private func body() -> [UInt8] {
        let length = Int.random(in: 0...12, using: &generator)
        let largest: UInt8 = Bool.random(using: &generator) ? 3 : 255
        return (0..<length).map { _ in
            UInt8.random(in: 0...largest, using: &generator) & (Bool.random(using: &generator) ? 0 : 255)
        }
    }

    private func event(_ machine: inout GRPCCallStateMachine) -> GRPCCallAction {
        let endStream = Int.random(in: 0...5, using: &generator) == 0
        switch Int.random(in: 0...13, using: &generator) {
        case 0...3:
            let statuses = ["200", "200", "200", "503", "204", "xyz"]
            return machine.headersReceived(fields(statuses), endStream: endStream)
        case 4...9: return machine.dataReceived(body()[...], endStream: endStream)
        case 10: return machine.trailersReceived(fields([]))
        case 11: return machine.streamFailed(GRPCStatus(.cancelled), now: UInt64.random(in: 0...10, using: &generator))
        case 12: return machine.streamEnded()
        default: return Bool.random(using: &generator) ? machine.deadlineReached() : machine.cancelled()
        }
    }

    private func check(_ end: GRPCCallEnd, _ cardinality: GRPCCardinality) {
        XCTAssertEqual(end.message != nil, cardinality == .unary && end.status.isOK)
        XCTAssertTrue(end.reset == nil || !end.status.isOK)
    }

    func testRandomLives() {
        for round in 0..<8_000 {
            let cardinality: GRPCCardinality = round % 2 == 0 ? .unary : .serverStreaming
            var machine = GRPCCallStateMachine(cardinality: cardinality, maximumMessageSize: 8, deadline: 5)
            var hasEnded = false
            for _ in 0..<20 {
                let action = event(&machine)
                if hasEnded { XCTAssertEqual(action, .none) }
                switch action {
                case .none, .began: break
                case .deliver(let messages, let end):
                    XCTAssertEqual(cardinality, .serverStreaming)
                    XCTAssertFalse(messages.isEmpty)
                    XCTAssertTrue(messages.allSatisfy { $0.count <= 8 })
                    if let end { check(end, cardinality) }
                    hasEnded = end != nil
                case .end(let end):
                    check(end, cardinality)
                    hasEnded = true
                }
                XCTAssertEqual(machine.hasEnded, hasEnded)
            }
        }
    }
}
