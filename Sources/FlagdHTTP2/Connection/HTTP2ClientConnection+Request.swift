extension HTTP2ClientConnection {
    /// DATA frames are cut to this size even if the peer takes longer ones, so that streams take turns.
    private static var longestDataFrame: Int { 16_384 }

    /// Starts a request.
    ///
    /// - Parameters:
    ///   - headers: the pseudo fields first; checked against RFC 9113 sections 8.2 and 8.3.1.
    ///   - endStream: whether the request has no body.
    package mutating func openStream(headers: [HeaderField], endStream: Bool) -> HTTP2OpenResult {
        if let reason = reasonAgainst(headers) { return .unavailable(reason) }
        let id = HTTP2StreamID(nextStreamID)
        nextStreamID &+= 2
        let isHead = headers.contains { $0.name == ":method" && $0.value == "HEAD" }
        var stream = HTTP2Stream(
            id: id, phase: .queued(headers, endStream: endStream),
            sendWindow: SendWindow(size: peer.initialWindowSize),
            receiveWindow: ReceiveWindow(
                size: configuration.initialStreamWindow, maximumSize: configuration.maximumStreamWindow),
            response: ResponseMachine(
                isHeadRequest: isHead,
                maximumInformationalResponses: configuration.maximumInformationalResponses))
        if endStream { stream.unsent.complete(owesEnd: false) }
        streams.append(stream)
        openQueuedStreams()
        return lastOpenedID == id ? .opened(id) : .queued(id)
    }

    private func reasonAgainst(_ headers: [HeaderField]) -> HTTP2OpenResult.Reason? {
        if isClosed { return .closed }
        if goAwayLastID != nil { return .draining }
        if isExhausted { return .exhausted }
        if !mayOpenStream, streams.queuedCount >= configuration.maximumQueuedStreams { return .queueFull }
        if let violation = RequestRules.violation(of: headers) { return .invalidRequest(violation) }
        let size = headers.reduce(0) { $0 &+ $1.listSize }
        guard let limit = peer.maximumHeaderListSize, size > limit else { return nil }
        return .headerListTooLarge(limit: limit)
    }

    private var mayOpenStream: Bool { streams.openCount < peer.maximumConcurrentStreams ?? .max }

    /// Sends the header sections that the peer's concurrency limit now allows, in the order of their numbers.
    mutating func openQueuedStreams() {
        while mayOpenStream, let request = streams.openFirstQueued() {
            var block: [UInt8] = []
            encoder.encode(request.fields, into: &block)
            let maximumFrameSize = peer.maximumFrameSize
            output.append { output in
                FrameWriter.headers(
                    block: block, on: request.id, endStream: request.endStream, maximumFrameSize: maximumFrameSize,
                    into: &output)
            }
            lastOpenedID = request.id
        }
    }

    /// Adds request bytes; they leave as flow control allows.
    ///
    /// Ignored on a stream that has ended or whose request is complete.
    package mutating func send(_ bytes: [UInt8], on id: HTTP2StreamID, endStream: Bool) {
        guard let index = streams.index(of: id) else { return }
        streams[index].unsent.append(bytes, endStream: endStream)
    }

    /// Request bytes of a stream that wait for flow control or for the socket.
    package func unsentByteCount(on id: HTTP2StreamID) -> Int {
        streams.index(of: id).map { streams[$0].unsent.byteCount } ?? 0
    }

    /// Gives a stream up: RST_STREAM unless it was still queued, no event for it any more.
    ///
    /// Ignored on a stream that has ended, except that its events that were not read yet are dropped.
    package mutating func reset(_ id: HTTP2StreamID, code: HTTP2ErrorCode) {
        events.removeEvents(of: id)
        guard let index = streams.index(of: id) else { return }
        let stream = remove(at: index)
        if !stream.isQueued {
            closedStreams.insert(id, .byReset, resetSent: true)
            output.append { FrameWriter.resetStream(id, code: code, into: &$0) }
        }
        streamEnded()
    }

    // MARK: Output

    /// Whether ``takeOutput(upTo:)`` has something to give.
    package var hasOutput: Bool { !output.isEmpty || nextSender != nil }

    /// Takes whole frames for the socket: all queued control frames and header sections, then DATA of the streams in
    /// turn until about `limit` bytes.
    ///
    /// Take more only when the socket has accepted these, so that a peer that does not read runs into the limits
    /// instead of filling the memory.
    package mutating func takeOutput(upTo limit: Int) -> [UInt8] {
        var bytes = output.take()
        while bytes.count < limit, let index = nextSender { sendFrame(at: index, into: &bytes) }
        return bytes
    }

    /// The stream whose turn it is to send DATA, nil when none may.
    private var nextSender: Int? {
        let count = streams.openCount
        guard !isClosed, count > 0 else { return nil }
        let start = streams.firstIndex(notBelow: lastSenderID.next)
        for step in 0..<count {
            let index = (start &+ step) % count
            if sendableCount(at: index) != nil { return index }
        }
        return nil
    }

    /// Bytes the stream may send in one frame: 0 for an empty frame that ends it, nil for none.
    private func sendableCount(at index: Int) -> Int? {
        guard streams[index].unsent.hasFrame else { return nil }
        if streams[index].unsent.byteCount == 0 { return 0 }
        let window = min(streams[index].sendWindow.available, sendWindow.available)
        return window > 0 ? min(window, peer.maximumFrameSize, Self.longestDataFrame) : nil
    }

    private mutating func sendFrame(at index: Int, into output: inout [UInt8]) {
        let id = streams[index].id
        lastSenderID = id
        guard let limit = sendableCount(at: index), let frame = streams[index].unsent.next(upTo: limit) else { return }
        streams[index].sendWindow.sent(frame.bytes.count)
        sendWindow.sent(frame.bytes.count)
        FrameWriter.data(frame.bytes, on: id, endStream: frame.endStream, into: &output)
    }
}

extension HTTP2StreamID {
    /// The number above this one.
    fileprivate var next: HTTP2StreamID { HTTP2StreamID(min(rawValue &+ 1, Self.maximum)) }
}
