/// Looks at the very first bytes: a well-meant connection often ends at a port where something else listens, which is told without
/// waiting for the nine bytes of a frame (RFC 9113 section 3.4).
///
/// The verdict depends on the bytes alone, not on how they were cut.
package struct ServerPrefaceCheck: Sendable {
    /// What the bytes so far mean.
    package enum Verdict: Equatable, Sendable {
        /// A line of text is coming in; its rest makes the error clearer.
        case undecided
        /// A frame may begin here.
        case frame
        /// Not HTTP/2.
        case foreign(HTTP2ConnectionFailure)
    }

    /// What others say first, and who they are.
    private static let banners: [(prefix: [UInt8], words: String)] = [
        (Array("HTTP/".utf8), "the server answered with HTTP/1"),
        (Array("SSH-".utf8), "an SSH server answered"),
        (Array("PRI * HTTP/2.0".utf8), "the connection reached an HTTP/2 client"),
    ]
    private static let tlsRecords: ClosedRange<UInt8> = 20...23
    /// So many bytes of an unknown text are waited for.
    private static let unknownText = 8

    private var seen: [UInt8] = []
    private let maximumBanner: Int

    /// Creates the check; of a banner at most `maximumBanner` bytes are kept.
    package init(maximumBanner: Int) { self.maximumBanner = max(Self.unknownText, maximumBanner) }

    /// Looks at the next byte.
    package mutating func byteReceived(_ byte: UInt8) -> Verdict {
        // The first byte of a length below 2^16; longer SETTINGS do not exist.
        if seen.isEmpty, byte == 0 { return .frame }
        seen.append(byte)
        if seen.count == 1, Self.tlsRecords.contains(byte) { return .foreign(failure(Self.tls)) }
        let isText = (0x20...0x7e).contains(byte) || byte == 0x09 || byte == 0x0d
        return isText && seen.count < awaited ? .undecided : .foreign(failure(words))
    }

    /// What came instead of HTTP/2, if no more bytes come; nil when nothing did.
    package var unfinished: HTTP2ConnectionFailure? { seen.isEmpty ? nil : failure(words) }

    /// How much of the text is waited for, unless its line ends before.
    private var awaited: Int {
        let mayBeKnown = Self.banners.contains { seen.starts(with: $0.prefix) || $0.prefix.starts(with: seen) }
        return mayBeKnown ? maximumBanner : Self.unknownText
    }

    private var words: String {
        let line = DebugText.firstLine(of: seen, limit: maximumBanner)
        guard let banner = Self.banners.first(where: { seen.starts(with: $0.prefix) }) else {
            return "the server's answer \"\(line)\" is not HTTP/2"
        }
        return "\(banner.words) (\"\(line)\"); an HTTP/2 server was expected"
    }

    private static let tls = "the server speaks TLS on this port; a plaintext connection was asked for"

    private func failure(_ message: String) -> HTTP2ConnectionFailure {
        HTTP2ConnectionFailure(kind: .notHTTP2, code: .protocolError, message: message)
    }
}

/// Makes bytes from the peer fit for a log line.
package enum DebugText {
    /// What stands before the first end of line, ``escaped(_:limit:)``.
    package static func firstLine(of bytes: [UInt8], limit: Int) -> String {
        escaped(Array(bytes.prefix { $0 != 0x0d && $0 != 0x0a }), limit: limit)
    }

    /// Printable ASCII as is, other bytes as `\xNN`, at most `limit` bytes; a cut is marked by an ellipsis.
    package static func escaped(_ bytes: [UInt8], limit: Int) -> String {
        var text = ""
        for byte in bytes.prefix(max(0, limit)) {
            let isPrintable = (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "\\")
            if isPrintable {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += byte < 16 ? "\\x0" : "\\x"
                text += String(byte, radix: 16)
            }
        }
        if bytes.count > max(0, limit) { text += "…" }
        return text
    }
}
