import XCTest

import FlagdHTTP2

/// A frame the client wrote, with its header block decoded.
enum ClientFrame: Equatable {
    case preface
    case data(UInt32, [UInt8], end: Bool)
    case headers(UInt32, [HeaderField], end: Bool)
    case reset(UInt32, HTTP2ErrorCode)
    case settings([HTTP2Setting])
    case settingsAcknowledgement
    case ping(UInt64)
    case pong(UInt64)
    case goAway(HTTP2ErrorCode)
    case windowUpdate(UInt32, Int)
}

/// A client connection under test and what a server makes of its output.
final class Session {
    static let request = fields(
        (":method", "POST"), (":scheme", "http"), (":path", "/s/m"), (":authority", "a"), ("te", "trailers"))
    static let response = fields((":status", "200"), ("content-type", "application/grpc"))
    static let trailers = fields(("grpc-status", "0"))

    var connection: HTTP2ClientConnection
    /// The server's header compression.
    var encoder = HPACKEncoder()
    var decoder = HPACKDecoder()
    /// The time handed in with each receipt.
    var now: UInt64 = 1_000_000_000
    /// Every event so far.
    private(set) var events: [HTTP2Event] = []
    private var awaitsPreface = true
    private var pendingHeaders: (id: UInt32, end: Bool, block: [UInt8])?

    /// A connection, by default past the exchange of SETTINGS, with that output already taken.
    init(_ configuration: HTTP2Configuration = HTTP2Configuration(), firstStreamID: UInt32 = 1, started: Bool = true) {
        connection = HTTP2ClientConnection(configuration: configuration, firstStreamID: firstStreamID)
        guard started else { return }
        feed(ServerFrames.settings() + ServerFrames.settingsAcknowledgement)
        _ = sent()
        events = []
    }

    /// Hands bytes in and returns the events they cause.
    @discardableResult
    func feed(_ bytes: [UInt8]...) -> [HTTP2Event] {
        for segment in bytes { connection.receive(segment, now: now) }
        return drain()
    }

    /// The events that wait.
    @discardableResult
    func drain() -> [HTTP2Event] {
        var drained: [HTTP2Event] = []
        while let event = connection.nextEvent() { drained.append(event) }
        events += drained
        return drained
    }

    /// Opens a request, which must be possible.
    @discardableResult
    func open(end: Bool = true, file: StaticString = #filePath, line: UInt = #line) -> HTTP2StreamID {
        switch connection.openStream(headers: Self.request, endStream: end) {
        case .opened(let id), .queued(let id): return id
        case .unavailable(let reason):
            XCTFail("no stream: \(reason)", file: file, line: line)
            return .connection
        }
    }

    /// HEADERS as the server encodes them.
    func headers(_ fields: [HeaderField], stream: UInt32 = 1, end: Bool = false) -> [UInt8] {
        ServerFrames.headers(block: block(fields), stream: stream, end: end)
    }

    /// A header block as the server encodes it.
    func block(_ fields: [HeaderField]) -> [UInt8] {
        var block: [UInt8] = []
        encoder.encode(fields, into: &block)
        return block
    }

    /// Takes the output and reads it as a server does, which fails on anything a client must not send.
    func sent(upTo limit: Int = .max, file: StaticString = #filePath, line: UInt = #line) -> [ClientFrame] {
        var bytes = connection.takeOutput(upTo: limit)
        var frames: [ClientFrame] = []
        if awaitsPreface, !bytes.isEmpty {
            XCTAssertTrue(bytes.starts(with: FrameWriter.preface), "no preface", file: file, line: line)
            bytes.removeFirst(FrameWriter.preface.count)
            frames.append(.preface)
            awaitsPreface = false
        }
        var reader = FrameReader()
        var offset = 0
        while true {
            switch reader.next(bytes.span, at: &offset) {
            case .needsBytes:
                XCTAssertFalse(reader.isInsideFrame, "a frame is cut", file: file, line: line)
                return frames
            case .header: continue
            case .frame(let header, let payload):
                do {
                    if let frame = try clientFrame(Frame(header, payload: payload)) { frames.append(frame) }
                } catch {
                    XCTFail("\(error)", file: file, line: line)
                }
            }
        }
    }

    private func clientFrame(_ frame: Frame) throws -> ClientFrame? {
        switch frame {
        case .data(let id, let bytes, _, let end): return .data(id.rawValue, bytes, end: end)
        case .headers(let id, let fragment, let endHeaders, let end):
            pendingHeaders = (id.rawValue, end, fragment)
            return endHeaders ? try finishHeaders() : nil
        case .continuation(_, let fragment, let endHeaders):
            pendingHeaders?.block += fragment
            return endHeaders ? try finishHeaders() : nil
        case .resetStream(let id, let code): return .reset(id.rawValue, code)
        case .settings(let settings): return .settings(settings)
        case .settingsAcknowledgement: return .settingsAcknowledgement
        case .ping(let opaque, let isAcknowledgement): return isAcknowledgement ? .pong(opaque) : .ping(opaque)
        case .goAway(let last, let code, _):
            XCTAssertEqual(last, .connection, "a client names no server stream")
            return .goAway(code)
        case .windowUpdate(let id, let increment): return .windowUpdate(id.rawValue, increment)
        case .priority, .unknown: throw Unexpected()
        }
    }

    private func finishHeaders() throws -> ClientFrame? {
        guard let pending = pendingHeaders else { throw Unexpected() }
        pendingHeaders = nil
        return .headers(pending.id, try decoder.decode(pending.block.span).fields, end: pending.end)
    }

    struct Unexpected: Error {}
}

extension Session {
    /// Asserts that the last thing fed broke the connection with this code, and that GOAWAY says so.
    func assertFailed(
        _ code: HTTP2ErrorCode, _ kind: HTTP2ConnectionFailure.Kind = .protocolViolation, _ message: String = "",
        file: StaticString = #filePath, line: UInt = #line
    ) {
        guard case .connectionFailed(let failure)? = events.last else {
            return XCTFail("the connection did not fail: \(events) \(message)", file: file, line: line)
        }
        XCTAssertEqual(failure.code, code, "\(failure) \(message)", file: file, line: line)
        XCTAssertEqual(failure.kind, kind, "\(failure) \(message)", file: file, line: line)
        XCTAssertTrue(connection.isClosed, message, file: file, line: line)
        XCTAssertEqual(sent(file: file, line: line).last, .goAway(code), message, file: file, line: line)
        let count = events.count
        feed(ServerFrames.ping(1))
        XCTAssertEqual(events.count, count, "parsing went on \(message)", file: file, line: line)
        XCTAssertFalse(connection.hasOutput, message, file: file, line: line)
    }

    /// Asserts that the connection works: it answers a PING.
    func assertAlive(_ message: String = "", file: StaticString = #filePath, line: UInt = #line) {
        XCTAssertFalse(connection.isClosed, message, file: file, line: line)
        feed(ServerFrames.ping(0xa11fe))
        XCTAssertTrue(sent(file: file, line: line).contains(.pong(0xa11fe)), message, file: file, line: line)
    }
}
