/// A parsed target: where to connect, whether to encrypt, and which authority to name (specification: provider, "Configuration").
struct SyncTarget: Equatable, Sendable, CustomStringConvertible {
    /// What is dialled.
    enum Address: Equatable, Sendable {
        /// A name or an address without brackets, and a port.
        case host(String, port: Int)
        /// A path, or `@name` for an abstract socket.
        case unix(String)
    }

    /// What is dialled.
    var address: Address
    /// Whether the form asks for TLS; nil when it leaves that to the `tls` option.
    var isEncrypted: Bool?
    /// The `:authority` the form names; nil when it names none.
    var authority: String?

    /// The address as errors and logs show it.
    var description: String {
        switch address {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// Parses one of the known forms; a form without a port gets the default one.
    ///
    /// Nil for anything else.
    init?(_ text: String, defaultPort: Int) {
        if let path = Self.rest(of: text, after: "unix:") {
            guard let path = Self.socketPath(path) else { return nil }
            self.init(address: .unix(path))
        } else if let rest = Self.rest(of: text, after: "envoy://") {
            let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let address = Self.hostAndPort(parts[0], defaultPort: nil),
                Self.isAuthority(parts[1])
            else { return nil }
            self.init(address: address, authority: String(parts[1]))
        } else if let (rest, isEncrypted) = Self.withoutScheme(text) {
            guard let address = Self.hostAndPort(rest, defaultPort: defaultPort) else { return nil }
            self.init(address: address, isEncrypted: isEncrypted)
        } else {
            guard let address = Self.hostAndPort(Substring(text), defaultPort: defaultPort) else { return nil }
            self.init(address: address)
        }
    }

    /// Makes a target of its parts.
    init(address: Address, isEncrypted: Bool? = nil, authority: String? = nil) {
        self.address = address
        self.isEncrypted = isEncrypted
        self.authority = authority
    }

    /// A target's text for a message: what stands before an `@` of the authority part may be a password.
    static func redacted(_ text: String) -> String {
        let isPath = ["unix:", "file:", "/", "."].contains { text.hasPrefix($0) }
        guard !isPath, let at = text.lastIndex(of: "@") else { return text }
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        return start <= at ? text[..<start] + "<redacted>" + text[at...] : text
    }

    private static func withoutScheme(_ text: String) -> (Substring, Bool?)? {
        let forms: [(String, Bool?)] = [
            ("dns:///", nil), ("grpc://", false), ("http://", false), ("grpcs://", true), ("https://", true),
        ]
        for (scheme, isEncrypted) in forms {
            if let rest = rest(of: text, after: scheme) { return (rest, isEncrypted) }
        }
        return nil
    }

    /// What follows a scheme, which is matched in any case (RFC 3986 section 3.1).
    private static func rest(of text: String, after scheme: String) -> Substring? {
        text.prefix(scheme.count).lowercased() == scheme ? text.dropFirst(scheme.count) : nil
    }

    private static func socketPath(_ path: Substring) -> String? {
        guard path.hasPrefix("//") else { return path.isEmpty || path == "@" ? nil : String(path) }
        let absolute = path.dropFirst(2)
        return absolute.hasPrefix("/") && absolute.utf8.count > 1 ? String(absolute) : nil
    }

    private static func hostAndPort(_ text: Substring, defaultPort: Int?) -> Address? {
        let host: Substring
        var rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard isIPv6(host) else { return nil }
        } else {
            let colon = text.firstIndex(of: ":") ?? text.endIndex
            (host, rest) = (text[..<colon], text[colon...])
            guard isHost(host) else { return nil }
        }
        if rest.isEmpty { return defaultPort.map { .host(String(host), port: $0) } }
        rest = rest.dropFirst()
        guard text[text.index(before: rest.startIndex)] == ":", rest.utf8.count <= 5,
            let port = ConfigurationText.integer(String(rest), in: ConfigurationLimits.port)
        else { return nil }
        return .host(String(host), port: port)
    }

    /// Whether a text can be a host: letters, digits, `-`, `.` and `_`, at most 253 bytes (RFC 1123 section 2.1).
    static func isHost(_ text: Substring) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }

    /// Whether a text looks like an IPv6 address, with a zone or without; the resolver decides in the end.
    static func isIPv6(_ text: Substring) -> Bool {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, address.utf8.count(where: { $0 == 0x3A }) >= 2 else { return false }
        let isAddress = address.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x46, 0x61...0x66, 0x3A, 0x2E: true
            default: false
            }
        }
        return isAddress && (parts.count == 1 || isHost(parts[1]))
    }

    /// Whether a text can be an `:authority`: printable ASCII without what ends an authority (RFC 3986 section 3.2).
    static func isAuthority(_ text: Substring) -> Bool {
        (1...255).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"/?#@\\".utf8.contains($0) }
    }
}
