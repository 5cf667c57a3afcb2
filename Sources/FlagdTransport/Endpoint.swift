/// Where a server listens.
package enum Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// A host name, IPv4 address or IPv6 address (with or without brackets), and a port from 1 to 65535.
    case hostPort(host: String, port: Int)
    /// The path of a unix domain socket, at most ``maximumPathLength`` bytes; `@name` names a socket in Linux's abstract namespace.
    case unixSocket(path: String)

    /// The most bytes a unix socket's path may have: `sun_path` holds 108 with the terminating zero (104 on Darwin).
    package static var maximumPathLength: Int {
        SocketAddress.maximumPathLength
    }

    /// The endpoint as a log shows it: `localhost:8015`, `[::1]:8015`, `unix:/run/flagd.sock`.
    package var description: String {
        switch self {
        case .hostPort(let host, let port): Self.joined(Self.withoutBrackets(host), port)
        case .unixSocket(let path): "unix:\(path)"
        }
    }

    /// The value of the `:authority` pseudo header (RFC 9113 section 8.3.1); `localhost` for a unix socket, as gRPC clients send it.
    ///
    /// Without the zone of an IPv6 address, which means something only on this host (RFC 6874 section 4).
    package var authority: String {
        switch self {
        case .hostPort(let host, let port):
            Self.joined(String(Self.withoutBrackets(host).prefix { $0 != "%" }), port)
        case .unixSocket: "localhost"
        }
    }

    /// The host without port and brackets: the name that TLS asks for.
    ///
    /// `localhost` for a unix socket.
    package var hostName: String {
        switch self {
        case .hostPort(let host, _): Self.withoutBrackets(host)
        case .unixSocket: "localhost"
        }
    }

    /// Checks what can be checked without asking the system.
    ///
    /// - Throws: a ``TransportError`` of kind ``TransportError/Kind/invalidTarget``.
    package func validate() throws(TransportError) {
        if let cause = defect {
            throw TransportError(.invalidTarget, target: description, cause: cause)
        }
    }

    private var defect: String? {
        switch self {
        case .hostPort(let host, let port):
            let bare = Self.withoutBrackets(host)
            if bare.isEmpty { return "the host is empty" }
            if bare.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
                return "the host contains a space or control character"
            }
            if bare.utf8.count > 255 { return "the host is longer than 255 bytes" }
            if !(1...65535).contains(port) { return "port \(port) is not in 1…65535" }
            return nil
        case .unixSocket(let path):
            if path.isEmpty || path == "@" { return "the path is empty" }
            if path.utf8.contains(0) { return "the path contains a NUL byte" }
            let length = path.utf8.count
            if length > Self.maximumPathLength {
                return "the path has \(length) bytes, a unix socket's path at most \(Self.maximumPathLength)"
            }
            return nil
        }
    }

    private static func joined(_ bare: String, _ port: Int) -> String {
        bare.utf8.contains(UInt8(ascii: ":")) ? "[\(bare)]:\(port)" : "\(bare):\(port)"
    }

    private static func withoutBrackets(_ host: String) -> String {
        let bytes = host.utf8
        guard bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]"), bytes.count >= 2 else { return host }
        return String(host.dropFirst().dropLast())
    }
}
