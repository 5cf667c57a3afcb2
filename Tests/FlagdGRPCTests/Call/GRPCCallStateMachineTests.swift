import FlagdGRPC
import FlagdHTTP2
import XCTest

final class GRPCCallStateMachineTests: XCTestCase {
    private let head = [
        HeaderField(":status", "200"), HeaderField("content-type", "application/grpc"), HeaderField("x", "1"),
    ]
    private let okay = [HeaderField("grpc-status", "0"), HeaderField("y", "2")]
    private let message: [UInt8] = [0, 0, 0, 0, 2, 8, 9]

    private func machine(_ cardinality: GRPCCardinality, deadline: UInt64? = nil) -> GRPCCallStateMachine {
        GRPCCallStateMachine(cardinality: cardinality, maximumMessageSize: 100, deadline: deadline)
    }

    private func responding(_ cardinality: GRPCCardinality) -> GRPCCallStateMachine {
        var machine = machine(cardinality)
        _ = machine.headersReceived(head, endStream: false)
        return machine
    }

    /// The end in an action, which must be one.
    private func end(_ action: GRPCCallAction, line: UInt = #line) -> GRPCCallEnd? {
        switch action {
        case .end(let end), .deliver(_, then: let end?): return end
        case .none, .began, .deliver(_, then: nil):
            XCTFail("\(action) is no end", line: line)
            return nil
        }
    }

    private func assertEnded(_ machine: GRPCCallStateMachine, line: UInt = #line) {
        var machine = machine
        XCTAssertTrue(machine.hasEnded, line: line)
        XCTAssertEqual(machine.headersReceived(head, endStream: false), .none, line: line)
        XCTAssertEqual(machine.dataReceived(message[...], endStream: true), .none, line: line)
        XCTAssertEqual(machine.trailersReceived(okay), .none, line: line)
        XCTAssertEqual(machine.streamFailed(GRPCStatus(.internalError), now: 0), .none, line: line)
        XCTAssertEqual(machine.streamEnded(), .none, line: line)
        XCTAssertEqual(machine.deadlineReached(), .none, line: line)
        XCTAssertEqual(machine.cancelled(), .none, line: line)
    }

    func testStreamOfMessages() throws {
        var machine = machine(.serverStreaming)
        XCTAssertFalse(machine.hasEnded)
        guard case .began(let metadata) = machine.headersReceived(head, endStream: false) else {
            return XCTFail("not begun")
        }
        XCTAssertEqual(metadata.firstText(named: "x"), "1")
        XCTAssertEqual(machine.dataReceived(message[..<4], endStream: false), .none)
        XCTAssertEqual(machine.dataReceived(message[4...], endStream: false), .deliver([[8, 9]], then: nil))
        XCTAssertEqual(
            machine.dataReceived((message + message)[...], endStream: false), .deliver([[8, 9], [8, 9]], then: nil))
        let last = try XCTUnwrap(end(machine.trailersReceived(okay)))
        XCTAssertEqual(last.status, GRPCStatus(.ok, origin: .server))
        XCTAssertEqual(last.trailers.firstText(named: "y"), "2")
        XCTAssertNil(last.reset)
        XCTAssertNil(last.message)
        assertEnded(machine)
    }

    func testItem89UnaryWithOneMessage() throws {
        var machine = responding(.unary)
        XCTAssertEqual(machine.dataReceived(message[...], endStream: false), .none)
        let last = try XCTUnwrap(end(machine.trailersReceived(okay)))
        XCTAssertEqual(last.message, [8, 9])
        XCTAssertTrue(last.status.isOK)
        assertEnded(machine)
    }

    func testItem89UnaryWithoutMessage() throws {
        var machine = responding(.unary)
        let last = try XCTUnwrap(end(machine.trailersReceived(okay)))
        XCTAssertEqual(last.status.code, .internalError)
        XCTAssertNil(last.message)

        var trailersOnly = self.machine(.unary)
        let only = try XCTUnwrap(end(trailersOnly.headersReceived(head + okay, endStream: true)))
        XCTAssertEqual(only.status.code, .internalError)
    }

    func testItem89UnaryWithTwoMessages() throws {
        var inOnePiece = responding(.unary)
        let last = try XCTUnwrap(end(inOnePiece.dataReceived((message + message)[...], endStream: false)))
        XCTAssertEqual(last.status.code, .internalError)
        XCTAssertEqual(last.reset, .cancel)
        assertEnded(inOnePiece)

        var inTwo = responding(.unary)
        _ = inTwo.dataReceived(message[...], endStream: false)
        XCTAssertEqual(end(inTwo.dataReceived(message[...], endStream: false))?.status.code, .internalError)
    }

    func testUnaryMessageWithAnErrorIsNotDelivered() throws {
        var machine = responding(.unary)
        _ = machine.dataReceived(message[...], endStream: false)
        let last = try XCTUnwrap(end(machine.trailersReceived([HeaderField("grpc-status", "5")])))
        XCTAssertEqual(last.status.code, .notFound)
        XCTAssertNil(last.message)
    }

    func testItem78TrailersOnly() throws {
        var machine = machine(.serverStreaming)
        let fields = head + [HeaderField("grpc-status", "12"), HeaderField("grpc-message", "no")]
        let last = try XCTUnwrap(end(machine.headersReceived(fields, endStream: true)))
        XCTAssertEqual(last.status, GRPCStatus(.unimplemented, "no", origin: .server))
        XCTAssertEqual(last.trailers.firstText(named: "x"), "1")
        XCTAssertNil(last.reset)
        assertEnded(machine)
    }

    func testItem79TrailersWithoutStatus() {
        var machine = responding(.serverStreaming)
        XCTAssertEqual(end(machine.trailersReceived([HeaderField("y", "2")]))?.status.code, .unknown)
    }

    func testItem79EndStreamOnData() throws {
        var machine = responding(.serverStreaming)
        let last = try XCTUnwrap(end(machine.dataReceived([], endStream: true)))
        XCTAssertEqual(last.status.code, .internalError)
        XCTAssertTrue(last.status.message.contains("without trailers"))
        XCTAssertNil(last.reset)
        assertEnded(machine)

        var withMessage = responding(.serverStreaming)
        guard case .deliver([[8, 9]], then: let end?) = withMessage.dataReceived(message[...], endStream: true) else {
            return XCTFail("message or end missing")
        }
        XCTAssertEqual(end.status.code, .internalError)
        XCTAssertEqual(self.end(self.machine(.serverStreaming, deadline: nil).ended())?.status.code, .internalError)
    }

    func testItem80And81AnswersThatAreNotGRPC() throws {
        for endStream in [true, false] {
            var machine = machine(.serverStreaming)
            let page = [HeaderField(":status", "502"), HeaderField("content-type", "text/html")]
            let last = try XCTUnwrap(end(machine.headersReceived(page, endStream: endStream)))
            XCTAssertEqual(last.status.code, .unavailable)
            XCTAssertEqual(last.reset, endStream ? nil : .cancel)
            // The page itself never becomes a message.
            assertEnded(machine)
        }
    }

    func testItem84StreamEndsInsideAMessage() {
        for cut in 1..<message.count {
            var withTrailers = responding(.serverStreaming)
            XCTAssertEqual(withTrailers.dataReceived(message[..<cut], endStream: false), .none)
            let status = end(withTrailers.trailersReceived(okay))?.status
            XCTAssertEqual(status?.code, .internalError, "\(cut)")
            XCTAssertEqual(status?.message, "the stream ended inside a message")

            var withoutTrailers = responding(.serverStreaming)
            XCTAssertEqual(end(withoutTrailers.dataReceived(message[..<cut], endStream: true))?.status, status)

            var unary = responding(.unary)
            _ = unary.dataReceived(message[..<cut], endStream: false)
            XCTAssertEqual(end(unary.trailersReceived(okay))?.status, status)
        }
    }

    func testItem84AnErrorStatusGoesBeforeACutMessage() {
        var machine = responding(.serverStreaming)
        _ = machine.dataReceived(message[..<6], endStream: false)
        XCTAssertEqual(end(machine.trailersReceived([HeaderField("grpc-status", "14")]))?.status.code, .unavailable)
    }

    func testItem85To87BrokenMessagesResetTheStream() throws {
        for (bytes, code) in [([1] as [UInt8], GRPCStatusCode.internalError), ([0, 0, 0, 0, 101], .resourceExhausted)] {
            var machine = responding(.serverStreaming)
            guard
                case .deliver([[8, 9]], then: let end?) = machine.dataReceived((message + bytes)[...], endStream: false)
            else {
                return XCTFail("message or end missing")
            }
            XCTAssertEqual(end.status.code, code)
            XCTAssertEqual(end.reset, .cancel)
            assertEnded(machine)

            var unary = responding(.unary)
            XCTAssertEqual(self.end(unary.dataReceived((message + bytes)[...], endStream: false))?.status.code, code)
        }
    }

    func testItem85UsesTheResponsesEncoding() {
        var machine = machine(.serverStreaming)
        _ = machine.headersReceived(head + [HeaderField("grpc-encoding", "zstd")], endStream: false)
        let status = end(machine.dataReceived([1, 0, 0, 0, 1, 0], endStream: false))?.status
        XCTAssertEqual(status?.code, .unimplemented)
        XCTAssertTrue(status?.message.contains("zstd") ?? false)
    }

    func testStreamFailure() {
        let lost = GRPCStatus(.unavailable, "lost", origin: .transport)
        for machine in [machine(.unary), responding(.unary), responding(.serverStreaming)] {
            var machine = machine
            XCTAssertEqual(machine.streamFailed(lost, now: 0), .end(GRPCCallEnd(lost)))
            assertEnded(machine)
        }
    }

    func testItem90Deadline() throws {
        for machine in [machine(.unary, deadline: 50), responding(.serverStreaming)] {
            var machine = machine
            let last = try XCTUnwrap(end(machine.deadlineReached()))
            XCTAssertEqual(last.status.code, .deadlineExceeded)
            XCTAssertEqual(last.reset, .cancel)
            assertEnded(machine)
        }
    }

    func testItem90ServerThatCancelsAtTheDeadline() {
        let cancelled = GRPCStatus(.cancelled, origin: .reset(processed: true))
        var before = machine(.unary, deadline: 50)
        XCTAssertEqual(end(before.streamFailed(cancelled, now: 49))?.status.code, .cancelled)
        var after = machine(.unary, deadline: 50)
        XCTAssertEqual(end(after.streamFailed(cancelled, now: 50))?.status.code, .deadlineExceeded)
        var other = machine(.unary, deadline: 50)
        XCTAssertEqual(end(other.streamFailed(GRPCStatus(.unavailable), now: 60))?.status.code, .unavailable)
    }

    func testItem54Cancelling() throws {
        var machine = responding(.serverStreaming)
        _ = machine.dataReceived(message[..<5], endStream: false)
        let last = try XCTUnwrap(end(machine.cancelled()))
        XCTAssertEqual(last.status.code, .cancelled)
        XCTAssertEqual(last.reset, .cancel)
        assertEnded(machine)
    }

    func testItem31TrailersThenResetIsSuccess() {
        var machine = responding(.serverStreaming)
        XCTAssertEqual(end(machine.trailersReceived(okay))?.status.code, .ok)
        XCTAssertEqual(machine.streamFailed(GRPCStatus(.internalError), now: 0), .none)
    }

    func testDataBeforeHeadersIsIgnored() {
        var machine = machine(.serverStreaming)
        XCTAssertEqual(machine.dataReceived(message[...], endStream: false), .none)
        XCTAssertEqual(machine.trailersReceived(okay), .none)
        XCTAssertFalse(machine.hasEnded)
    }
}

extension GRPCCallStateMachine {
    /// What a stream that simply stops leads to.
    fileprivate func ended() -> GRPCCallAction {
        var copy = self
        return copy.streamEnded()
    }
}
