/// Appends frames to an output buffer (RFC 9113 section 6).
package enum FrameWriter {
    /// What a client sends first (RFC 9113 section 3.4).
    package static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// Appends the nine bytes in front of a payload.
    package static func header(_ header: FrameHeader, into output: inout [UInt8]) {
        let length = UInt32(truncatingIfNeeded: header.length)
        output.append(UInt8(truncatingIfNeeded: length >> 16))
        output.append(UInt8(truncatingIfNeeded: length >> 8))
        output.append(UInt8(truncatingIfNeeded: length))
        output.append(header.type.rawValue)
        output.append(header.flags.rawValue)
        append(header.streamID.rawValue, into: &output)
    }

    /// Appends DATA without padding.
    package static func data(
        _ bytes: ArraySlice<UInt8>, on id: HTTP2StreamID, endStream: Bool, into output: inout [UInt8]
    ) {
        let flags: FrameFlags = endStream ? .endStream : []
        header(FrameHeader(length: bytes.count, type: .data, flags: flags, streamID: id), into: &output)
        output.append(contentsOf: bytes)
    }

    /// Appends a header block as HEADERS and as many CONTINUATION frames as it takes.
    package static func headers(
        block: [UInt8], on id: HTTP2StreamID, endStream: Bool, maximumFrameSize: Int, into output: inout [UInt8]
    ) {
        var type = FrameType.headers
        var flags: FrameFlags = endStream ? .endStream : []
        var rest = block[...]
        repeat {
            let fragment = rest.prefix(max(1, maximumFrameSize))
            rest = rest.dropFirst(fragment.count)
            if rest.isEmpty { flags.insert(.endHeaders) }
            header(FrameHeader(length: fragment.count, type: type, flags: flags, streamID: id), into: &output)
            output.append(contentsOf: fragment)
            type = .continuation
            flags = []
        } while !rest.isEmpty
    }

    /// Appends RST_STREAM.
    package static func resetStream(_ id: HTTP2StreamID, code: HTTP2ErrorCode, into output: inout [UInt8]) {
        header(FrameHeader(length: 4, type: .resetStream, streamID: id), into: &output)
        append(code.rawValue, into: &output)
    }

    /// Appends SETTINGS.
    package static func settings(_ settings: [HTTP2Setting], into output: inout [UInt8]) {
        header(FrameHeader(length: settings.count &* 6, type: .settings, streamID: .connection), into: &output)
        for setting in settings {
            output.append(UInt8(truncatingIfNeeded: setting.identifier.rawValue >> 8))
            output.append(UInt8(truncatingIfNeeded: setting.identifier.rawValue))
            append(setting.value, into: &output)
        }
    }

    /// Appends the acknowledgement of SETTINGS.
    package static func settingsAcknowledgement(into output: inout [UInt8]) {
        let flags = FrameFlags.acknowledgement
        header(FrameHeader(length: 0, type: .settings, flags: flags, streamID: .connection), into: &output)
    }

    /// Appends PING.
    package static func ping(_ opaque: UInt64, isAcknowledgement: Bool, into output: inout [UInt8]) {
        let flags: FrameFlags = isAcknowledgement ? .acknowledgement : []
        header(FrameHeader(length: 8, type: .ping, flags: flags, streamID: .connection), into: &output)
        append(UInt32(truncatingIfNeeded: opaque >> 32), into: &output)
        append(UInt32(truncatingIfNeeded: opaque), into: &output)
    }

    /// Appends GOAWAY.
    package static func goAway(
        lastStreamID: HTTP2StreamID, code: HTTP2ErrorCode, debugData: [UInt8] = [], into output: inout [UInt8]
    ) {
        header(FrameHeader(length: 8 &+ debugData.count, type: .goAway, streamID: .connection), into: &output)
        append(lastStreamID.rawValue, into: &output)
        append(code.rawValue, into: &output)
        output.append(contentsOf: debugData)
    }

    /// Appends WINDOW_UPDATE.
    package static func windowUpdate(_ id: HTTP2StreamID, increment: UInt32, into output: inout [UInt8]) {
        header(FrameHeader(length: 4, type: .windowUpdate, streamID: id), into: &output)
        append(increment, into: &output)
    }

    private static func append(_ value: UInt32, into output: inout [UInt8]) {
        for shift in [24, 16, 8, 0] as [UInt32] { output.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}
