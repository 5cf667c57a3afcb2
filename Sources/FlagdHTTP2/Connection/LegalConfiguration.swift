extension HTTP2Configuration {
    /// The same limits with illegal values moved to the nearest legal one.
    func legalized() -> HTTP2Configuration {
        var legal = self
        let largestWindow = Int(HTTP2StreamID.maximum)
        legal.initialStreamWindow = min(max(initialStreamWindow, 1), largestWindow)
        legal.maximumStreamWindow = min(maximumStreamWindow, largestWindow)
        legal.connectionWindow = min(max(connectionWindow, 65_535), largestWindow)
        legal.maximumConnectionWindow = min(maximumConnectionWindow, largestWindow)
        legal.maximumFrameSize = min(max(maximumFrameSize, 16_384), 16_777_215)
        legal.headerTableSize = min(max(headerTableSize, 0), largestWindow)
        legal.maximumEncoderTableSize = min(max(maximumEncoderTableSize, 0), largestWindow)
        legal.maximumHeaderListSize = min(max(maximumHeaderListSize, 0), largestWindow)
        legal.hardMaximumHeaderListSize = max(hardMaximumHeaderListSize, legal.maximumHeaderListSize)
        legal.maximumOutstandingPings = max(maximumOutstandingPings, 1)
        return legal
    }

    /// Appends preface, SETTINGS and the connection's WINDOW_UPDATE (RFC 9113 sections 3.4, 6.5.2 and 6.9.2).
    func writePreface(into output: inout [UInt8]) {
        output.append(contentsOf: FrameWriter.preface)
        FrameWriter.settings(settings, into: &output)
        let increment = UInt32(clamping: connectionWindow &- 65_535)
        if increment > 0 { FrameWriter.windowUpdate(.connection, increment: increment, into: &output) }
    }

    /// What the peer has to know; initial values of the protocol are left out.
    private var settings: [HTTP2Setting] {
        var settings = [HTTP2Setting(.enablePush, 0)]
        if headerTableSize != 4096 {
            settings.append(HTTP2Setting(.headerTableSize, UInt32(clamping: headerTableSize)))
        }
        settings.append(HTTP2Setting(.initialWindowSize, UInt32(clamping: initialStreamWindow)))
        if maximumFrameSize != 16_384 {
            settings.append(HTTP2Setting(.maximumFrameSize, UInt32(clamping: maximumFrameSize)))
        }
        settings.append(HTTP2Setting(.maximumHeaderListSize, UInt32(clamping: maximumHeaderListSize)))
        return settings
    }
}
