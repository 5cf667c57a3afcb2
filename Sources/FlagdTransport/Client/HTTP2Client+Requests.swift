package import FlagdHTTP2

extension HTTP2Client {
    /// Starts a request; the handler hears of everything that follows, never before this call has returned.
    ///
    /// When the peer allows no further concurrent stream, the request waits in line.
    ///
    /// - Parameters:
    ///   - headers: the complete header section, pseudo fields first.
    ///   - body: the first content, if any.
    ///   - endStream: whether the request ends with it.
    /// - Throws: why the connection takes no request: it is draining or ended, has no stream identifier left, or its output queue is
    ///   full.
    package func startRequest(
        headers: [HeaderField], body: [UInt8]?, endStream: Bool, handler: any HTTP2StreamHandler
    ) throws(TransportError) -> HTTP2StreamID {
        try checkOpen()
        try checkQueue(adding: body?.count ?? 0)
        switch http2.openStream(headers: headers, endStream: endStream && body == nil) {
        case .opened(let id), .queued(let id):
            handlers[id] = handler
            queuedHeaderBytes += headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 }
            if let body { http2.send(body, on: id, endStream: endStream) }
            return id
        case .unavailable(let reason): throw unavailable(reason)
        }
    }

    /// Sends content on a stream, as flow control allows.
    ///
    /// Ignored on a stream that has ended.
    ///
    /// - Throws: ``TransportError/Kind/outputQueueFull`` when too much waits already, or why the connection has ended.
    package func send(_ bytes: [UInt8], on stream: HTTP2StreamID, endStream: Bool) throws(TransportError) {
        if let endCause { throw endCause }
        try checkQueue(adding: bytes.count)
        http2.send(bytes, on: stream, endStream: endStream)
    }

    /// Gives a stream up: RST_STREAM goes out, and its handler is not called again.
    ///
    /// Ignored on a stream that has ended.
    package func cancel(_ stream: HTTP2StreamID, code: HTTP2ErrorCode = .cancel) {
        guard handlers.removeValue(forKey: stream) != nil else { return }
        http2.reset(stream, code: code)
    }

    /// Allows the peer to send that many further bytes on a stream.
    ///
    /// Ignored on a stream that has ended.
    package func consumed(_ count: Int, on stream: HTTP2StreamID) {
        http2.consumed(count, on: stream)
    }

    /// Calls `action` on the connection's thread at `deadline`, or never if the connection ends before.
    package func schedule(
        at deadline: MonotonicTime, _ action: @escaping @Sendable (isolated HTTP2Client) -> Void
    ) -> TimerID {
        timers.insert(.action(action), at: deadline)
    }

    /// Calls `action` on the connection's thread after `delay`, or never if the connection ends before.
    package func schedule(
        after delay: Duration, _ action: @escaping @Sendable (isolated HTTP2Client) -> Void
    ) -> TimerID {
        schedule(at: MonotonicTime.now.advanced(by: delay), action)
    }

    /// Cancels a timer; ignored when it has fired.
    package func cancelTimer(_ id: TimerID) {
        timers.cancel(id)
    }

    private func unavailable(_ reason: HTTP2OpenResult.Reason) -> TransportError {
        switch reason {
        case .draining: drainCause ?? error(.goAway, "the connection takes no new streams")
        case .closed: endCause ?? drainCause ?? error(.closed, "the connection has ended")
        case .exhausted: error(.streamsExhausted, "no stream identifier is left")
        case .queueFull: error(.outputQueueFull, "too many requests wait for the server to allow another stream")
        case .headerListTooLarge(let limit):
            error(.invalidRequest, "the request headers exceed the \(limit) bytes that the server takes")
        case .invalidRequest(let violation): error(.invalidRequest, "malformed request: \(violation)")
        }
    }

    private func checkOpen() throws(TransportError) {
        if let endCause { throw endCause }
        guard case .open = phase else { throw error(.connect, "not connected yet") }
    }

    private func checkQueue(adding count: Int) throws(TransportError) {
        let unsent = handlers.keys.reduce(0) { $0 + http2.unsentByteCount(on: $1) }
        let queued = unsent + queuedHeaderBytes + (wire?.pendingCount ?? 0)
        guard queued + count > configuration.maximumQueuedOutput else { return }
        throw error(.outputQueueFull, "\(queued) bytes wait for the server to read them")
    }
}
