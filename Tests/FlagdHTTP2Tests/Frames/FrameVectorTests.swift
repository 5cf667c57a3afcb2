import FlagdTestSupport
import XCTest

import FlagdHTTP2

/// The public frame fixtures: each is decoded to its fields, or rejected with its error code.
final class FrameVectorTests: XCTestCase {
    private struct Vector: Decodable {
        let file: String
        let wire: String
        let frame: FrameFields?
        let error: [UInt32]?
    }

    private struct FrameFields: Decodable {
        struct Payload: Decodable {
            let data: String?
            let header_block_fragment: String?
            let error_code: UInt32?
            let additional_debug_data: String?
            let last_stream_id: UInt32?
            let opaque_data: String?
            let settings: [[UInt32]]?
            let window_size_increment: Int?
        }
        let length: Int
        let frame_payload: Payload
        let flags: UInt8
        let stream_identifier: UInt32
        let type: UInt8
    }

    func testPublicFrameFixtures() throws {
        let vectors = try SharedData.lines("vectors/h2-frames.jsonl", as: Vector.self)
        XCTAssertEqual(vectors.count, 34)
        for vector in vectors {
            if let expected = vector.frame {
                try checkLegal(vector, expected)
            } else {
                try checkIllegal(vector)
            }
        }
    }

    private func checkLegal(_ vector: Vector, _ expected: FrameFields) throws {
        let wire = hex(vector.wire)
        let header = try header(of: wire)
        let id = HTTP2StreamID(expected.stream_identifier)
        let flags = FrameFlags(rawValue: expected.flags)
        XCTAssertEqual(
            header, FrameHeader(length: expected.length, type: FrameType(expected.type), flags: flags, streamID: id))
        guard header.type != .pushPromise else {
            let error = errorThrown(as: HTTP2ConnectionFailure.self) { try header.validate(maximumFrameSize: 16_384) }
            return XCTAssertEqual(error?.code, .protocolError, "item 25")
        }
        try header.validate(maximumFrameSize: 16_384)
        let frame = try Frame(header, payload: Array(wire.dropFirst(FrameHeader.byteCount)))
        XCTAssertEqual(frame, expectedFrame(header, expected.frame_payload), vector.file)
    }

    private func expectedFrame(_ header: FrameHeader, _ payload: FrameFields.Payload) -> Frame? {
        let id = header.streamID
        let fragment = Array((payload.header_block_fragment ?? "").utf8)
        switch header.type {
        case .data:
            let bytes = Array((payload.data ?? "").utf8)
            return .data(id, bytes, flowControlledLength: header.length, endStream: header.flags.contains(.endStream))
        case .headers:
            return .headers(
                id, fragment: fragment, endHeaders: header.flags.contains(.endHeaders),
                endStream: header.flags.contains(.endStream))
        case .continuation:
            return .continuation(id, fragment: fragment, endHeaders: header.flags.contains(.endHeaders))
        case .priority: return .priority(id)
        case .resetStream: return .resetStream(id, HTTP2ErrorCode(payload.error_code ?? .max))
        case .settings:
            let settings = payload.settings ?? []
            return .settings(settings.map { HTTP2Setting(.init(UInt16($0[0])), $0[1]) })
        case .ping:
            let opaque = Array((payload.opaque_data ?? "").utf8).reduce(0) { $0 << 8 | UInt64($1) }
            return .ping(opaque, isAcknowledgement: header.flags.contains(.acknowledgement))
        case .goAway:
            return .goAway(
                lastStreamID: HTTP2StreamID(payload.last_stream_id ?? .max),
                HTTP2ErrorCode(payload.error_code ?? .max), debugData: Array((payload.additional_debug_data ?? "").utf8)
            )
        case .windowUpdate: return .windowUpdate(id, increment: payload.window_size_increment ?? -1)
        default: return nil
        }
    }

    /// The error is that of the whole machine: an increment of 0 is only wrong where its stream exists.
    private func checkIllegal(_ vector: Vector) throws {
        let wire = hex(vector.wire)
        let session = Session()
        session.open(end: false)
        session.feed(wire)
        let sent = session.sent()
        let codes = sent.compactMap { frame in
            switch frame {
            case .goAway(let code), .reset(_, let code): code.rawValue
            default: nil
            }
        }
        let expected = try XCTUnwrap(vector.error)
        XCTAssertEqual(codes.count, 1, vector.file)
        XCTAssertTrue(codes.allSatisfy(expected.contains), "\(vector.file): \(codes), not \(expected)")
    }

    private func header(of wire: [UInt8]) throws -> FrameHeader {
        var reader = FrameReader()
        var offset = 0
        guard case .header(let header) = reader.next(wire.span, at: &offset) else { throw Session.Unexpected() }
        XCTAssertEqual(offset, FrameHeader.byteCount)
        return header
    }
}
