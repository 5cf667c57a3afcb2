extension HTTP2ClientConnection {
    /// A complete header block: decoded in any case, because the tables must stay in step (RFC 9113 section 4.3).
    mutating func blockReceived(
        _ block: HeaderBlockAssembler.Block?, now: UInt64
    ) throws(HTTP2ConnectionFailure) {
        guard let block else { return }
        let list = try decode(block)
        guard let index = streams.index(of: block.streamID) else {
            return try lateFrameReceived(block.streamID, endStream: block.endStream, now: now)
        }
        if list.isTooLarge {
            let failure = HTTP2StreamFailure.headerListTooLarge(limit: configuration.maximumHeaderListSize)
            return try failStream(at: index, failure, code: .protocolError, now: now)
        }
        switch streams[index].response.headersReceived(list.fields, endStream: block.endStream) {
        case .fail(let violation):
            return try failStream(at: index, .malformedResponse(violation), code: .protocolError, now: now)
        case .deliverHeaders:
            events.append(.headers(block.streamID, list.fields, endStream: block.endStream))
        case .deliverTrailers:
            events.append(.trailers(block.streamID, list.fields))
        case .skip, .deliverData:
            return
        }
        if block.endStream { responseEnded(at: index) }
    }

    private mutating func decode(
        _ block: HeaderBlockAssembler.Block
    ) throws(HTTP2ConnectionFailure) -> HPACKHeaderList {
        do throws(HPACKError) {
            return try decoder.decode(block.bytes.span)
        } catch {
            throw error == .headerListTooLarge ? .limit("\(error)") : .violation(.compressionError, "\(error)")
        }
    }

    mutating func dataReceived(
        _ bytes: [UInt8], on id: HTTP2StreamID, flowControlledLength length: Int, endStream: Bool, now: UInt64
    ) throws(HTTP2ConnectionFailure) {
        guard receiveWindow.received(length) else {
            throw .violation(.flowControlError, "the peer overran the connection's window")
        }
        try countEmptyFrame(isEmpty: bytes.isEmpty && !endStream)
        guard let index = streams.index(of: id) else {
            creditConnection(length)
            return try lateFrameReceived(id, endStream: endStream, now: now)
        }
        guard streams[index].receiveWindow.received(length, allowance: streamAllowance) else {
            creditConnection(length)
            return try failStream(at: index, .protocolViolation(.flowControlError), code: .flowControlError, now: now)
        }
        if case .fail(let violation) = streams[index].response.dataReceived(bytes.count, endStream: endStream) {
            return try failStream(at: index, .malformedResponse(violation), code: .protocolError, now: now)
        }
        if length > bytes.count { credit(length &- bytes.count, at: index) }
        if bytes.isEmpty, !endStream { return }
        if !endStream { try countSmallFrame(bytes.count, at: index) }
        events.append(.data(id, bytes, endStream: endStream))
        if endStream { responseEnded(at: index) }
    }

    mutating func resetReceived(_ id: HTTP2StreamID, _ code: HTTP2ErrorCode) {
        guard let index = streams.index(of: id) else { return closedStreams.resetReceived(id) }
        _ = remove(at: index)
        closedStreams.insert(id, .byPeer, resetSent: false)
        events.append(.streamReset(id, .resetByPeer(code)))
        streamEnded()
    }

    /// The application has used this many bytes of the stream's `data` events: gives the peer credit (RFC 9113 section
    /// 6.9).
    ///
    /// Ignored for a stream that has ended, whose bytes were credited at its end.
    package mutating func consumed(_ count: Int, on id: HTTP2StreamID) {
        guard !isClosed, count > 0, let index = streams.index(of: id) else { return }
        let unread = streams[index].receiveWindow.unread
        let used = min(count, unread)
        let frames = streams[index].unreadSmallFrames
        // In proportion, because bytes are reported, not frames; all of them when all is read.
        let readFrames = used == unread ? frames : Int(Int64(frames) * Int64(used) / Int64(unread))
        streams[index].unreadSmallFrames &-= readFrames
        unreadSmallFrames &-= readFrames
        credit(used, at: index)
    }

    // MARK: Ends of streams

    /// The response is complete.
    ///
    /// A request that is still being sent has lost its purpose (RFC 9113 section 8.1).
    private mutating func responseEnded(at index: Int) {
        let stream = remove(at: index)
        let isAborted = stream.unsent.hasFrame || !stream.unsent.isComplete
        if isAborted { output.append { FrameWriter.resetStream(stream.id, code: .noError, into: &$0) } }
        closedStreams.insert(stream.id, .byPeer, resetSent: isAborted)
        streamEnded()
    }

    /// Resets a stream whose peer broke a rule, and counts that.
    mutating func failStream(
        at index: Int, _ failure: HTTP2StreamFailure, code: HTTP2ErrorCode, now: UInt64
    ) throws(HTTP2ConnectionFailure) {
        let stream = remove(at: index)
        closedStreams.insert(stream.id, .byReset, resetSent: true)
        events.append(.streamReset(stream.id, failure))
        output.append { FrameWriter.resetStream(stream.id, code: code, into: &$0) }
        try output.countReply()
        try glitches.count(now: now)
        streamEnded()
    }

    /// Takes a stream out of the table; what the application has not read is credited to the connection.
    mutating func remove(at index: Int) -> HTTP2Stream {
        let stream = streams.remove(at: index)
        unreadSmallFrames &-= stream.unreadSmallFrames
        creditConnection(stream.receiveWindow.unread)
        return stream
    }

    /// Makes use of the place that a stream left.
    mutating func streamEnded() {
        openQueuedStreams()
        finishIfDrained()
    }

    private mutating func lateFrameReceived(
        _ id: HTTP2StreamID, endStream: Bool, now: UInt64
    ) throws(HTTP2ConnectionFailure) {
        switch closedStreams.frameReceived(id, endStream: endStream) {
        case .ignore: return
        case .count: break
        case .reject:
            output.append { FrameWriter.resetStream(id, code: .streamClosed, into: &$0) }
            try output.countReply()
        }
        try glitches.count(now: now)
    }

    // MARK: Floods and credit

    /// Frames without a byte cost work but no window (CVE-2019-9518).
    private mutating func countEmptyFrame(isEmpty: Bool) throws(HTTP2ConnectionFailure) {
        consecutiveEmptyFrames = isEmpty ? consecutiveEmptyFrames &+ 1 : 0
        guard consecutiveEmptyFrames <= configuration.maximumConsecutiveEmptyDataFrames else {
            throw .limit("more than \(configuration.maximumConsecutiveEmptyDataFrames) empty DATA frames in a row")
        }
    }

    /// Small frames cost more memory than window while they are unread.
    private mutating func countSmallFrame(_ count: Int, at index: Int) throws(HTTP2ConnectionFailure) {
        guard count < configuration.smallDataFrameSize else { return }
        streams[index].unreadSmallFrames &+= 1
        unreadSmallFrames &+= 1
        guard unreadSmallFrames <= configuration.maximumUnreadSmallDataFrames else {
            throw .limit("more than \(configuration.maximumUnreadSmallDataFrames) small DATA frames are unread")
        }
    }

    private mutating func credit(_ count: Int, at index: Int) {
        let id = streams[index].id
        if let increment = streams[index].receiveWindow.used(count) {
            output.append { FrameWriter.windowUpdate(id, increment: increment, into: &$0) }
        }
        creditConnection(count)
    }

    private mutating func creditConnection(_ count: Int) {
        guard let increment = receiveWindow.used(count) else { return }
        output.append { FrameWriter.windowUpdate(.connection, increment: increment, into: &$0) }
    }
}
