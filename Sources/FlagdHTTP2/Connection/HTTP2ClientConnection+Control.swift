extension HTTP2ClientConnection {
    /// SETTINGS: applied before the acknowledgement goes out (RFC 9113 section 6.5.3).
    mutating func settingsReceived(_ settings: [HTTP2Setting], now: UInt64) throws(HTTP2ConnectionFailure) {
        if settings.count > configuration.maximumSettingsEntries { try glitches.count(now: now) }
        let oldWindow = peer.initialWindowSize
        try peer.apply(settings)
        // Each value, not just the last: the smallest one decides what the peer evicts (RFC 7541 section 4.2).
        for setting in settings where setting.identifier == .headerTableSize {
            encoder.tableSizeOffered(Int(clamping: setting.value))
        }
        try initialWindowChanged(from: oldWindow)
        try output.countReply()
        output.append { FrameWriter.settingsAcknowledgement(into: &$0) }
        if case .awaitingSettings = phase {
            phase = .open
            hasReceivedSettings = true
            events.append(.settingsReceived)
        }
        openQueuedStreams()
    }

    private mutating func initialWindowChanged(from old: Int) throws(HTTP2ConnectionFailure) {
        let new = peer.initialWindowSize
        guard new != old else { return }
        var place = 0
        while place < streams.count {
            guard streams[place].sendWindow.initialSizeChanged(from: old, to: new) else {
                throw .violation(.flowControlError, "SETTINGS_INITIAL_WINDOW_SIZE overflows a stream's window")
            }
            place &+= 1
        }
    }

    /// The peer now keeps to our SETTINGS.
    mutating func settingsAcknowledged(now: UInt64) throws(HTTP2ConnectionFailure) {
        guard unacknowledgedSettings else { return try glitches.count(now: now) }
        unacknowledgedSettings = false
        streamAllowance = 0
        if configuration.headerTableSize < 4096 {
            decoder.tableSizeLimitAcknowledged(configuration.headerTableSize)
        }
    }

    mutating func pingReceived(_ opaque: UInt64, isAcknowledgement: Bool) throws(HTTP2ConnectionFailure) {
        guard isAcknowledgement else {
            try output.countReply()
            return output.appendUrgent { FrameWriter.ping(opaque, isAcknowledgement: true, into: &$0) }
        }
        // An answer to no ping of ours means nothing.
        guard let place = outstandingPings.firstIndex(of: opaque) else { return }
        outstandingPings.remove(at: place)
        events.append(.pong(opaque))
    }

    /// GOAWAY: streams above the last id were not processed (RFC 9113 section 6.8).
    ///
    /// The id may only sink; a higher one than before changes nothing.
    mutating func goAwayReceived(_ lastStreamID: HTTP2StreamID, _ code: HTTP2ErrorCode, _ debugData: [UInt8]) {
        let lastID = min(goAwayLastID ?? lastStreamID, lastStreamID)
        goAwayLastID = lastID
        let text = DebugText.escaped(debugData, limit: configuration.maximumDebugDataLength)
        events.append(.goAway(lastStreamID: lastID, code: code, debugData: text))
        var place = 0
        while place < streams.count {
            guard streams[place].isQueued || streams[place].id > lastID else {
                place &+= 1
                continue
            }
            let stream = remove(at: place)
            closedStreams.insert(stream.id, .byPeer, resetSent: false)
            events.append(.streamReset(stream.id, .notProcessed(code)))
        }
        finishIfDrained()
    }

    mutating func windowUpdateReceived(
        _ id: HTTP2StreamID, _ increment: Int, now: UInt64
    ) throws(HTTP2ConnectionFailure) {
        guard id != .connection else {
            guard increment > 0 else { throw .violation(.protocolError, "WINDOW_UPDATE of 0") }
            guard sendWindow.credited(increment) else {
                throw .violation(.flowControlError, "WINDOW_UPDATE overflows the connection's window")
            }
            return
        }
        guard let index = streams.index(of: id) else { return }
        guard increment > 0 else {
            return try failStream(at: index, .protocolViolation(.protocolError), code: .protocolError, now: now)
        }
        guard streams[index].sendWindow.credited(increment) else {
            return try failStream(at: index, .protocolViolation(.flowControlError), code: .flowControlError, now: now)
        }
    }
}
