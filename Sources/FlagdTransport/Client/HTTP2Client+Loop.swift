import FlagdHTTP2

// What happens on the thread, in this order: jobs, timers, events of HTTP/2, output, poll, input. Calls from outside only change the
// state of HTTP/2; handlers hear of the consequences from here, so that no callback happens inside a call.
extension HTTP2Client {
    func preparePoll(_ set: inout PollSet) -> MonotonicTime? {
        let now = MonotonicTime.now
        fireTimers(now: now)
        dispatchEvents()
        flush()
        dispatchEvents()
        keepAlive?.openStreamsChanged(handlers.count, now: now)
        var deadline = timers.nextDeadline ?? .distantFuture
        switch phase {
        case .closed: return nil
        case .idle, .resolving: break
        case .connecting(let connector):
            connector.preparePoll(&set)
            deadline = min(deadline, connector.nextDeadline)
        case .handshaking: wire?.preparePoll(&set)
        case .greeting, .open, .closing:
            wire?.preparePoll(&set)
            deadline = min(deadline, keepAlive?.nextDeadline ?? .distantFuture)
            if mustReadAgain { deadline = now }
        }
        return deadline
    }

    func pollReturned(_ set: PollSet) {
        switch phase {
        case .connecting(let connector): advance(connector, set, now: .now)
        case .handshaking: if let wire { advanceHandshake(wire) }
        case .greeting, .open, .closing:
            if let wire, mustReadAgain || wire.isReadable(set) { readAvailable(wire) }
        case .idle, .resolving, .closed: break
        }
    }

    func threadEnded() {
        guard case .closed(let error) = phase else { return }
        hasEnded = true
        if wasOpen { onEvent?(.closed(error)) }
        connecting?.resume(returning: error)
        connecting = nil
        for continuation in waiting { continuation.resume(returning: error) }
        waiting = []
    }

    /// Releases everything and tells the handlers; the thread ends with the next round.
    func close(_ error: TransportError) {
        if case .closed = phase { return }
        if case .connecting(var connector) = phase { connector.cancel() }
        phase = .closed(error)
        wire?.close()
        wire = nil
        tls = nil
        keepAlive = nil
        timers.removeAll()
        readBuffer = []
        let remaining = handlers
        handlers = [:]
        for handler in remaining.values { handler.streamClosed(.connection(error), client: self) }
    }

    /// Bounds the time that the last frames may take.
    func startCloseTimeout() {
        _ = timers.insert(.closeTimeout, at: MonotonicTime.now.advanced(by: Self.closeTimeout))
    }

    private func fireTimers(now: MonotonicTime) {
        // A timer that a timer sets waits for the next round, even if it is due.
        for _ in 0..<timers.count {
            guard let timer = timers.popDue(at: now) else { break }
            switch timer {
            case .connectTimeout: connectTimedOut()
            case .closeTimeout: if let endCause { close(endCause) }
            case .action(let action): action(self)
            }
        }
        switch keepAlive?.timerFired(now: now) {
        case .sendPing:
            pingCount &+= 1
            http2.ping(pingCount)
        case .connectionIsDead:
            close(error(.keepAliveTimeout, "no answer to a keepalive ping within \(configuration.keepAlive.timeout)"))
        case .some(.none), nil: break
        }
    }

    /// Hands the output of HTTP/2 to the system.
    private func flush() {
        guard let wire else { return }
        if case .handshaking = phase { return }
        let writing = wire.write { http2.hasOutput ? http2.takeOutput(upTo: Self.writeChunk) : [] }
        switch writing {
        case .done:
            queuedHeaderBytes = 0
            if case .closing(let error) = phase { close(error) }
        case .wouldBlock: break
        case .failed(let kind, let cause):
            // What the peer sent before it went, a GOAWAY for instance, may still wait to be read.
            for _ in 0..<Self.maximumFinalTurns {
                readAvailable(wire)
                if !mustReadAgain { break }
            }
            close(endCause ?? drainCause ?? error(kind, cause))
        }
    }

    private func readAvailable(_ wire: Wire) {
        mustReadAgain = false
        defer { if wire.takeSignOfLife() { keepAlive?.bytesReceived(now: .now) } }
        for _ in 0..<Self.maximumReadsPerTurn {
            if case .closed = phase { return }
            switch wire.read(into: &readBuffer) {
            case .count(let count): received(count)
            case .last(let count): return received(count)
            case .wouldBlock: return
            case .endOfFile: return peerEnded()
            case .failed(let kind, let cause): return close(endCause ?? drainCause ?? error(kind, cause + tlsHint))
            }
        }
        mustReadAgain = true
    }

    private func received(_ count: Int) {
        http2.receive(readBuffer.span.extracting(0..<count), now: MonotonicTime.now.nanoseconds)
        dispatchEvents()
    }

    private func peerEnded() {
        if let endCause { return close(endCause) }
        http2.receivedEndOfFile()
        dispatchEvents()
        close(drainCause ?? closedByPeer)
    }

    private var closedByPeer: TransportError {
        if case .greeting = phase {
            return error(.closed, "the server closed the connection before it sent HTTP/2 SETTINGS\(tlsHint)")
        }
        return error(.closed, "the server closed the connection")
    }

    /// A server that wants TLS often just hangs up on plaintext.
    private var tlsHint: String {
        guard case .greeting = phase, configuration.tls == nil else { return "" }
        return "; it may expect TLS"
    }

    private func dispatchEvents() {
        while let event = http2.nextEvent() {
            if case .closed = phase { return }
            dispatch(event)
        }
    }

    private func dispatch(_ event: HTTP2Event) {
        switch event {
        case .settingsReceived: becomeOpen(now: .now)
        case .headers(let id, let fields, let endStream):
            handlers[id]?.headersReceived(fields, endStream: endStream, client: self)
            if endStream { streamEnded(id, nil) }
        case .data(let id, let bytes, let endStream):
            handlers[id]?.dataReceived(bytes, endStream: endStream, client: self)
            if endStream { streamEnded(id, nil) }
        case .trailers(let id, let fields):
            handlers[id]?.trailersReceived(fields, client: self)
            streamEnded(id, nil)
        case .streamReset(let id, let failure): streamEnded(id, streamFailure(failure))
        case .goAway(_, let code, let debugData): peerDrains(code, debugData)
        case .pong: break
        case .finished: finished()
        case .connectionFailed(let failure): connectionFailed(failure)
        }
    }

    private func streamEnded(_ id: HTTP2StreamID, _ failure: StreamFailure?) {
        handlers.removeValue(forKey: id)?.streamClosed(failure, client: self)
    }

    /// A stream that fails with its connection fails with the connection's cause.
    private func streamFailure(_ failure: HTTP2StreamFailure) -> StreamFailure {
        switch failure {
        case .connectionFailed(let failure): .connection(connectionError(failure))
        case .connectionClosed: .connection(endCause ?? drainCause ?? error(.shutdown, "shut down"))
        default: .stream(failure)
        }
    }

    private func peerDrains(_ code: HTTP2ErrorCode, _ debugData: String) {
        guard drainCause == nil || code != .noError else { return }
        let isFirst = drainCause == nil
        let words =
            "the server is closing the connection (GOAWAY \(code)\(debugData.isEmpty ? "" : ", \"\(debugData)\""))"
        let cause = error(Self.goAwayKind(code, debugData), words)
        drainCause = cause
        if isFirst { onEvent?(.draining(cause)) }
    }

    private static func goAwayKind(_ code: HTTP2ErrorCode, _ debugData: String) -> TransportError.Kind {
        if code == .noError { return .goAway }
        return code == .enhanceYourCalm && debugData == "too_many_pings" ? .tooManyPings : .goAwayWithError
    }

    private func finished() {
        guard endCause == nil else { return }
        phase = .closing(drainCause ?? error(.streamsExhausted, "no stream identifier left"))
        startCloseTimeout()
    }

    private func connectionFailed(_ failure: HTTP2ConnectionFailure) {
        let error = connectionError(failure)
        phase = .closing(error)
        if let wire {
            // The GOAWAY goes out if it can at once; the peer is not waited for (RFC 9113 section 5.4.1).
            _ = wire.write { http2.hasOutput ? http2.takeOutput(upTo: Self.writeChunk) : [] }
        }
        close(error)
    }

    private func connectionError(_ failure: HTTP2ConnectionFailure) -> TransportError {
        switch failure.kind {
        case .endOfFile: drainCause ?? closedByPeer
        case .notHTTP2: error(.notHTTP2, failure.message)
        case .protocolViolation, .limitExceeded: error(.protocolError, failure.description)
        }
    }
}
