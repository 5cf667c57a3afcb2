import FlagdHTTP2

/// Bytes as a server would send them.
enum ServerFrames {
    static func raw(
        _ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = [], length: Int? = nil
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        let header = FrameHeader(
            length: length ?? payload.count, type: FrameType(type), flags: FrameFlags(rawValue: flags),
            streamID: HTTP2StreamID(stream))
        FrameWriter.header(header, into: &bytes)
        return bytes + payload
    }

    static func settings(_ settings: (UInt16, UInt32)...) -> [UInt8] {
        var bytes: [UInt8] = []
        FrameWriter.settings(settings.map { HTTP2Setting(.init($0.0), $0.1) }, into: &bytes)
        return bytes
    }

    static let settingsAcknowledgement = raw(4, flags: 1)

    static func ping(_ opaque: UInt64, isAcknowledgement: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        FrameWriter.ping(opaque, isAcknowledgement: isAcknowledgement, into: &bytes)
        return bytes
    }

    static func data(_ payload: [UInt8], stream: UInt32, end: Bool = false) -> [UInt8] {
        raw(0, flags: end ? 1 : 0, stream: stream, payload)
    }

    static func data(_ text: String, stream: UInt32, end: Bool = false) -> [UInt8] {
        data(Array(text.utf8), stream: stream, end: end)
    }

    static func paddedData(_ payload: [UInt8], padding: UInt8, stream: UInt32, end: Bool = false) -> [UInt8] {
        let padded = [padding] + payload + [UInt8](repeating: 0, count: Int(padding))
        return raw(0, flags: end ? 9 : 8, stream: stream, padded)
    }

    static func headers(block: [UInt8], stream: UInt32, end: Bool = false, endHeaders: Bool = true) -> [UInt8] {
        raw(1, flags: (end ? 1 : 0) | (endHeaders ? 4 : 0), stream: stream, block)
    }

    static func continuation(_ fragment: [UInt8], stream: UInt32, endHeaders: Bool) -> [UInt8] {
        raw(9, flags: endHeaders ? 4 : 0, stream: stream, fragment)
    }

    static func reset(_ code: UInt32, stream: UInt32) -> [UInt8] {
        raw(3, stream: stream, bigEndian(code))
    }

    static func windowUpdate(_ increment: UInt32, stream: UInt32 = 0) -> [UInt8] {
        raw(8, stream: stream, bigEndian(increment))
    }

    static func goAway(_ last: UInt32, _ code: UInt32 = 0, debug: [UInt8] = []) -> [UInt8] {
        raw(7, bigEndian(last) + bigEndian(code) + debug)
    }

    static func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
}
