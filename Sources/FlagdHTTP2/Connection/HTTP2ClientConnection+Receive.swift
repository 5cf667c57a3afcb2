extension HTTP2ClientConnection {
    /// Parses bytes from the peer; the outcome is in the events and the output.
    ///
    /// Ignored after the end.
    ///
    /// - Parameters:
    ///   - bytes: what was read, cut anywhere.
    ///   - now: monotonic nanoseconds, for the limits that are per time.
    package mutating func receive(_ bytes: Span<UInt8>, now: UInt64) {
        var offset = 0
        do throws(HTTP2ConnectionFailure) {
            try checkPreface(bytes, at: &offset)
            while !isClosed {
                switch reader.next(bytes, at: &offset) {
                case .needsBytes: return
                case .header(let header): try frameHeaderReceived(header)
                case .frame(let header, let payload):
                    try frameReceived(Frame(header, payload: payload), now: now)
                }
            }
        } catch {
            fail(error)
        }
    }

    /// Parses an array of bytes from the peer.
    package mutating func receive(_ bytes: [UInt8], now: UInt64) { receive(bytes.span, now: now) }

    /// Decides with the first byte whether frames follow; a foreign banner is collected for the message.
    private mutating func checkPreface(_ bytes: Span<UInt8>, at offset: inout Int) throws(HTTP2ConnectionFailure) {
        guard case .awaitingPreface(var check) = phase else { return }
        while offset < bytes.count {
            switch check.byteReceived(bytes[offset]) {
            case .undecided: offset &+= 1
            case .frame:
                phase = .awaitingSettings
                return
            case .foreign(let failure): throw failure
            }
        }
        phase = .awaitingPreface(check)
    }

    /// Judges a frame by its header, before anything is buffered.
    private mutating func frameHeaderReceived(_ header: FrameHeader) throws(HTTP2ConnectionFailure) {
        if case .awaitingSettings = phase {
            guard header.type == .settings, !header.flags.contains(.acknowledgement) else {
                let frame = header.type == .settings ? "an acknowledgement of SETTINGS" : "\(header.type)"
                throw .violation(.protocolError, "the first frame is \(frame), not SETTINGS")
            }
        }
        try header.validate(maximumFrameSize: configuration.maximumFrameSize)
        try headerBlock.frameArrives(header)
        if !header.type.isKnown || header.type == .priority { return reader.skipPayload() }
        let isStreamFrame = header.streamID != .connection
        if isStreamFrame, !header.streamID.isClientInitiated || header.streamID > lastOpenedID {
            throw .violation(.protocolError, "\(header.type) on idle stream \(header.streamID)")
        }
    }

    private mutating func frameReceived(_ frame: Frame, now: UInt64) throws(HTTP2ConnectionFailure) {
        switch frame {
        case .data(let id, let bytes, let length, let endStream):
            try dataReceived(bytes, on: id, flowControlledLength: length, endStream: endStream, now: now)
        case .headers(let id, let fragment, let endHeaders, let endStream):
            let block = HeaderBlockAssembler.Block(streamID: id, endStream: endStream, bytes: fragment)
            try blockReceived(headerBlock.headers(block, endHeaders: endHeaders), now: now)
        case .continuation(_, let fragment, let endHeaders):
            try blockReceived(headerBlock.continuation(fragment, endHeaders: endHeaders), now: now)
        case .resetStream(let id, let code):
            resetReceived(id, code)
        case .settings(let settings):
            try settingsReceived(settings, now: now)
        case .settingsAcknowledgement:
            try settingsAcknowledged(now: now)
        case .ping(let opaque, let isAcknowledgement):
            try pingReceived(opaque, isAcknowledgement: isAcknowledgement)
        case .goAway(let lastStreamID, let code, let debugData):
            goAwayReceived(lastStreamID, code, debugData)
        case .windowUpdate(let id, let increment):
            try windowUpdateReceived(id, increment, now: now)
        case .priority, .unknown:
            break
        }
    }
}
