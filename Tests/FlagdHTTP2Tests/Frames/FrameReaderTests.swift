import XCTest

import FlagdHTTP2

final class FrameReaderTests: XCTestCase {
    private let wire =
        ServerFrames.settings((4, 9)) + ServerFrames.raw(0x55, stream: 7, [1, 2, 3])
        + ServerFrames.data("hello", stream: 1) + ServerFrames.settingsAcknowledgement

    /// The frames in `segments`; those of `skipped` kinds are passed over.
    private func read(_ segments: [[UInt8]], skipped: Set<UInt8> = []) -> [FrameReader.Step] {
        var reader = FrameReader()
        var steps: [FrameReader.Step] = []
        for segment in segments {
            var offset = 0
            reading: while true {
                let step = reader.next(segment.span, at: &offset)
                switch step {
                case .needsBytes: break reading
                case .header(let header): if skipped.contains(header.type.rawValue) { reader.skipPayload() }
                case .frame: break
                }
                steps.append(step)
            }
            XCTAssertEqual(offset, segment.count)
        }
        XCTAssertFalse(reader.isInsideFrame)
        return steps
    }

    func testReadsHeadersAndPayloads() {
        let settings = FrameHeader(length: 6, type: .settings, streamID: .connection)
        let unknown = FrameHeader(length: 3, type: FrameType(0x55), streamID: HTTP2StreamID(7))
        let data = FrameHeader(length: 5, type: .data, streamID: HTTP2StreamID(1))
        let empty = FrameHeader(length: 0, type: .settings, flags: .acknowledgement, streamID: .connection)
        let expected: [FrameReader.Step] = [
            .header(settings), .frame(settings, payload: [0, 4, 0, 0, 0, 9]), .header(unknown),
            .frame(unknown, payload: [1, 2, 3]), .header(data), .frame(data, payload: Array("hello".utf8)),
            .header(empty), .frame(empty, payload: []),
        ]
        XCTAssertEqual(read([wire]), expected)
    }

    func testItem36EverySplitIsEquivalent() {
        let whole = read([wire])
        for cut in 0...wire.count {
            XCTAssertEqual(read([Array(wire[..<cut]), Array(wire[cut...])]), whole, "cut at \(cut)")
        }
        XCTAssertEqual(read(wire.map { [$0] }), whole)
    }

    func testSkippedPayloadsInEverySplit() {
        let whole = read([wire], skipped: [0x55, 0])
        XCTAssertEqual(whole.count, 6)
        for cut in 0...wire.count {
            XCTAssertEqual(read([Array(wire[..<cut]), Array(wire[cut...])], skipped: [0x55, 0]), whole)
        }
        XCTAssertEqual(read(wire.map { [$0] }, skipped: [0x55, 0]), whole)
    }

    func testKnowsWhetherItIsInsideAFrame() {
        for cut in 0...15 {
            var reader = FrameReader()
            var offset = 0
            let part = Array(ServerFrames.settings((4, 9)).prefix(cut))
            while reader.next(part.span, at: &offset) != .needsBytes {}
            XCTAssertEqual(reader.isInsideFrame, (1...14).contains(cut), "\(cut)")
        }
    }

    func testItem17ReservedBitIsDropped() {
        let step = read([hex("000000 00 00 ffffffff")]).first
        let id = HTTP2StreamID(0x7fff_ffff)
        XCTAssertEqual(step, .header(FrameHeader(length: 0, type: .data, streamID: id)))
    }
}
