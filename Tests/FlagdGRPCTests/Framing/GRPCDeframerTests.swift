import FlagdGRPC
import XCTest

final class GRPCDeframerTests: XCTestCase {
    private let messages: [[UInt8]] = [[1, 2, 3], [], [4], Array(repeating: 9, count: 300), [], []]

    private func framed(_ messages: [[UInt8]]) throws -> [UInt8] {
        try messages.flatMap { try GRPCMessageFraming.frame($0) }
    }

    /// Feeds pieces of the given size, and collects what comes out.
    private func deframe(_ bytes: [UInt8], pieces: Int, maximum: Int = 1000) -> (
        messages: [[UInt8]], failure: GRPCStatus?
    ) {
        var deframer = GRPCDeframer(maximumMessageSize: maximum, encoding: nil)
        var messages: [[UInt8]] = []
        var position = 0
        while position < bytes.count {
            let end = min(position + pieces, bytes.count)
            switch deframer.receive(bytes[position..<end]) {
            case .messages(let more): messages += more
            case .failed(let more, let failure): return (messages + more, failure)
            }
            position = end
        }
        return (messages, nil)
    }

    func testItem77EveryPieceSize() throws {
        let bytes = try framed(messages)
        for size in 1...bytes.count {
            let result = deframe(bytes, pieces: size)
            XCTAssertEqual(result.messages, messages, "\(size)")
            XCTAssertNil(result.failure)
        }
    }

    func testItem77EverySplitIntoTwo() throws {
        let bytes = try framed([[1, 2, 3], [4, 5]])
        for split in 0...bytes.count {
            var deframer = GRPCDeframer(maximumMessageSize: 10, encoding: nil)
            let first = deframer.receive(bytes[..<split])
            let second = deframer.receive(bytes[split...])
            guard case .messages(let before) = first, case .messages(let after) = second else {
                return XCTFail("failed")
            }
            XCTAssertEqual(before + after, [[1, 2, 3], [4, 5]])
            XCTAssertTrue(deframer.isBetweenMessages)
        }
    }

    func testItem77EmptyPieces() {
        var deframer = GRPCDeframer(maximumMessageSize: 10, encoding: nil)
        XCTAssertEqual(deframer.receive([]), .messages([]))
        XCTAssertEqual(deframer.receive([0, 0]), .messages([]))
        XCTAssertEqual(deframer.receive([]), .messages([]))
        XCTAssertEqual(deframer.receive([0, 0, 1, 7]), .messages([[7]]))
        XCTAssertEqual(deframer.receive([]), .messages([]))
    }

    func testItem84KnowsWhereAMessageIsOpen() throws {
        let bytes = try framed([[1, 2, 3]])
        var deframer = GRPCDeframer(maximumMessageSize: 10, encoding: nil)
        XCTAssertTrue(deframer.isBetweenMessages)
        for (index, byte) in bytes.enumerated() {
            _ = deframer.receive([byte])
            XCTAssertEqual(deframer.isBetweenMessages, index == bytes.count - 1, "\(index)")
        }
    }

    func testItem85CompressedFlags() {
        let cases: [(flag: UInt8, encoding: String?, code: GRPCStatusCode, words: String)] = [
            (1, nil, .internalError, "no compression"), (1, "identity", .internalError, "no compression"),
            (1, "gzip", .unimplemented, #""gzip""#), (1, "x\u{0}\"y", .unimplemented, #""x\x00\x22y""#),
            (2, nil, .internalError, "flag 2"), (255, "gzip", .internalError, "flag 255"),
        ]
        for (flag, encoding, code, words) in cases {
            var deframer = GRPCDeframer(maximumMessageSize: 10, encoding: encoding)
            guard case .failed(let messages, let failure) = deframer.receive([0, 0, 0, 0, 1, 7, flag]) else {
                return XCTFail("flag \(flag) was accepted")
            }
            XCTAssertEqual(messages, [[7]])
            XCTAssertEqual(failure.code, code)
            XCTAssertTrue(failure.message.contains(words), failure.message)
        }
    }

    func testItem86UncompressedMessagesOfACompressingServer() {
        var deframer = GRPCDeframer(maximumMessageSize: 10, encoding: "gzip")
        XCTAssertEqual(deframer.receive([0, 0, 0, 0, 1, 7]), .messages([[7]]))
    }

    func testItem87ExactlyTheLimitIsAccepted() throws {
        let message = Array(repeating: 1 as UInt8, count: 100)
        XCTAssertEqual(deframe(try framed([message]), pieces: 7, maximum: 100).messages, [message])
        XCTAssertEqual(GRPCCallOptions().maximumMessageSize, 64 * 1024 * 1024)
    }

    func testItem87OneByteMoreIsRejectedOnThePrefix() {
        let result = deframe([0, 0, 0, 0, 1, 5, 0, 0, 0, 0, 101], pieces: 3, maximum: 100)
        XCTAssertEqual(result.messages, [[5]])
        XCTAssertEqual(result.failure?.code, .resourceExhausted)
        XCTAssertEqual(result.failure?.message, "a message of 101 bytes is longer than the limit of 100")
    }

    func testItem88FourGigabyteClaim() {
        var deframer = GRPCDeframer(maximumMessageSize: 100, encoding: nil)
        guard case .failed(_, let failure) = deframer.receive([0, 0xff, 0xff, 0xff, 0xff]) else {
            return XCTFail("accepted")
        }
        XCTAssertEqual(failure.code, .resourceExhausted)
        XCTAssertTrue(failure.message.contains("4294967295"))
    }

    func testItem88MemoryFollowsTheBytesReceived() {
        // With the limit wide open, a claim of 4 GB sets aside no more than the first reservation.
        var deframer = GRPCDeframer(maximumMessageSize: .max, encoding: nil)
        XCTAssertEqual(deframer.receive([0, 0xff, 0xff, 0xff, 0xff, 1]), .messages([]))
        XCTAssertLessThanOrEqual(deframer.reservedBytes, 2 * GRPCDeframer.firstReservation)
        let piece = Array(repeating: 2 as UInt8, count: 1 << 20)
        for count in 1...8 {
            XCTAssertEqual(deframer.receive(piece[...]), .messages([]))
            let received = count << 20 + 1
            XCTAssertLessThanOrEqual(
                deframer.reservedBytes,
                2 * max(GRPCDeframer.firstReservation, GRPCDeframer.reservationFactor * received))
        }
    }

    func testItem84NothingIsReadAfterABreak() {
        var deframer = GRPCDeframer(maximumMessageSize: 100, encoding: nil)
        guard case .failed = deframer.receive([9]) else { return XCTFail("accepted") }
        XCTAssertEqual(deframer.receive([0, 0, 0, 0, 1, 7]), .messages([]))
        XCTAssertFalse(deframer.isBetweenMessages)
    }

    func testLargeMessageInManyPieces() throws {
        let message = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let result = deframe(try framed([message, [1]]), pieces: 16_384, maximum: 3_000_000)
        XCTAssertEqual(result.messages, [message, [1]])
    }
}
