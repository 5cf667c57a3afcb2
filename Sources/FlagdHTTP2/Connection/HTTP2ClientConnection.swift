/// The client's side of one HTTP/2 connection (RFC 9113), without I/O, clock or lock.
///
/// The driver hands in the bytes it reads (``receive(_:now:)-(Span<UInt8>,_)``), acts on the events
/// (``nextEvent()``, to be drained after every mutating call) and writes the output (``takeOutput(upTo:)``).
/// Nothing the peer sends can trap; what it may cost is bounded by ``HTTP2Configuration``.
package struct HTTP2ClientConnection: ~Copyable, Sendable {
    enum Phase: Sendable {
        /// Before the first byte of the server. Can become `.awaitingSettings` or `.closed`.
        case awaitingPreface(ServerPrefaceCheck)
        /// Before the server's first SETTINGS; requests may be sent. Can become `.open` or `.closed`.
        case awaitingSettings
        /// In use, or draining. Can become `.closed`.
        case open
        /// Ended: the last event is queued, nothing more is parsed. Final.
        case closed
    }

    let configuration: HTTP2Configuration
    var phase: Phase
    var reader = FrameReader()
    var headerBlock: HeaderBlockAssembler
    var decoder: HPACKDecoder
    var encoder: HPACKEncoder
    var peer = PeerSettings()
    var output: OutputQueue
    var events = EventQueue()
    var glitches: GlitchBudget

    var streams = StreamTable()
    var closedStreams: ClosedStreams
    /// The number of the next stream; above 2^31−1 when all are used.
    var nextStreamID: UInt32
    /// The last stream whose HEADERS went into the output; higher ones are idle.
    var lastOpenedID = HTTP2StreamID.connection
    /// The last stream that got a turn to send DATA.
    var lastSenderID = HTTP2StreamID.connection
    /// The lowest last-stream-id of the peer's GOAWAY frames.
    var goAwayLastID: HTTP2StreamID?

    var sendWindow = SendWindow(size: 65_535)
    var receiveWindow: ReceiveWindow
    /// Bytes the peer may send on a stream beyond our window, until it acknowledges our SETTINGS.
    var streamAllowance: Int
    var unacknowledgedSettings = true
    var consecutiveEmptyFrames = 0
    var unreadSmallFrames = 0
    var outstandingPings: [UInt64] = []

    /// Creates a connection whose preface, SETTINGS and first WINDOW_UPDATE are in the output at once.
    ///
    /// - Parameters:
    ///   - configuration: the limits; illegal values are moved to the nearest legal one.
    ///   - firstStreamID: the number of the first stream, odd. Default 1; tests start near the end.
    package init(configuration: HTTP2Configuration = HTTP2Configuration(), firstStreamID: UInt32 = 1) {
        let limits = configuration.legalized()
        self.configuration = limits
        phase = .awaitingPreface(ServerPrefaceCheck(maximumBanner: limits.maximumDebugDataLength))
        headerBlock = HeaderBlockAssembler(
            maximumContinuations: limits.maximumContinuationFrames, maximumBytes: limits.hardMaximumHeaderListSize)
        decoder = HPACKDecoder(
            tableSizeLimit: max(4096, limits.headerTableSize), softLimit: limits.maximumHeaderListSize,
            hardLimit: limits.hardMaximumHeaderListSize)
        encoder = HPACKEncoder(maximumTableSize: limits.maximumEncoderTableSize)
        output = OutputQueue(maximumReplies: limits.maximumQueuedReplies)
        glitches = GlitchBudget(maximum: limits.maximumGlitches, interval: limits.glitchInterval)
        closedStreams = ClosedStreams(capacity: limits.maximumRememberedStreams)
        nextStreamID = firstStreamID | 1
        receiveWindow = ReceiveWindow(size: limits.connectionWindow, maximumSize: limits.maximumConnectionWindow)
        streamAllowance = max(0, 65_535 &- limits.initialStreamWindow)
        output.appendUrgent { limits.writePreface(into: &$0) }
    }

    // MARK: State

    /// Whether the connection has ended: flush the output and close the socket.
    package var isClosed: Bool {
        if case .closed = phase { return true }
        return false
    }

    /// Whether no new stream can be opened here: GOAWAY was received, the numbers are used up, or the end has come.
    package var isDraining: Bool { isClosed || goAwayLastID != nil || isExhausted }

    /// Whether the server's first SETTINGS arrived.
    package internal(set) var hasReceivedSettings = false

    /// What the server has sent instead of HTTP/2, as far as it came; nil when nothing has come, or it may be HTTP/2.
    package var foreignAnswer: HTTP2ConnectionFailure? {
        guard case .awaitingPreface(let check) = phase else { return nil }
        return check.unfinished
    }

    /// Streams on the wire whose response has not ended.
    package var openStreamCount: Int { streams.openCount }

    /// Requests that wait for the peer's concurrency limit.
    package var queuedStreamCount: Int { streams.queuedCount }

    var isExhausted: Bool { nextStreamID > HTTP2StreamID.maximum }

    // MARK: Driver's side

    /// The next event; nil when all are read.
    package mutating func nextEvent() -> HTTP2Event? { events.next() }

    /// The peer ended the byte stream.
    package mutating func receivedEndOfFile() {
        var failure = HTTP2ConnectionFailure(
            kind: .endOfFile, code: .noError, message: "the peer closed the connection")
        switch phase {
        case .closed: return
        case .awaitingPreface(let check):
            failure = check.unfinished ?? failure.adding(" before it sent SETTINGS")
        case .awaitingSettings:
            failure = failure.adding(" before it sent SETTINGS")
        case .open:
            if reader.isInsideFrame { failure = failure.adding(" inside a frame") }
        }
        fail(failure)
    }

    /// Asks the peer for a sign of life, reported as `pong` with the same payload (RFC 9113 section 6.7).
    package mutating func ping(_ opaque: UInt64) {
        guard !isClosed else { return }
        if outstandingPings.count >= configuration.maximumOutstandingPings { outstandingPings.removeFirst() }
        outstandingPings.append(opaque)
        output.appendUrgent { FrameWriter.ping(opaque, isAcknowledgement: false, into: &$0) }
    }

    /// Ends the connection: each remaining stream is reported as `connectionClosed`, GOAWAY goes into the output.
    package mutating func close(code: HTTP2ErrorCode = .noError) {
        guard !isClosed else { return }
        for stream in streams.removeAll() { events.append(.streamReset(stream.id, .connectionClosed)) }
        finish(code: code)
    }

    // MARK: The end

    /// Ends the connection by agreement.
    ///
    /// Server-initiated streams do not exist, hence the last stream 0.
    mutating func finish(code: HTTP2ErrorCode) {
        output.append { FrameWriter.goAway(lastStreamID: .connection, code: code, into: &$0) }
        phase = .closed
        events.append(.finished)
    }

    /// Closes a draining connection when its last stream has ended.
    mutating func finishIfDrained() {
        if !isClosed, isDraining, streams.isEmpty { finish(code: .noError) }
    }

    /// Ends the connection because it is broken.
    mutating func fail(_ failure: HTTP2ConnectionFailure) {
        guard !isClosed else { return }
        for stream in streams.removeAll() { events.append(.streamReset(stream.id, .connectionFailed(failure))) }
        switch failure.kind {
        case .protocolViolation, .limitExceeded:
            output.append { FrameWriter.goAway(lastStreamID: .connection, code: failure.code, into: &$0) }
        case .notHTTP2, .endOfFile:
            output.removeAll()
        }
        phase = .closed
        events.append(.connectionFailed(failure))
    }
}

extension HTTP2ConnectionFailure {
    func adding(_ text: String) -> HTTP2ConnectionFailure {
        HTTP2ConnectionFailure(kind: kind, code: code, message: message + text)
    }
}
