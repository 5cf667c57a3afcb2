#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the server's certificate must be for (RFC 9525 section 6): a DNS name or an IP address.
enum TLSServerName: Equatable {
    /// A DNS name, without the dot of the root; also sent as SNI.
    case dns(String)
    /// An IPv4 or IPv6 address, without zone; never sent as SNI (RFC 6066 section 3).
    case address(String)

    /// Tells names from addresses.
    init(_ host: String) {
        let withoutZone =
            host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? host
        if Self.isAddress(withoutZone) {
            self = .address(withoutZone)
        } else {
            self = .dns(host.hasSuffix(".") ? String(host.dropLast()) : host)
        }
    }

    /// The name of an authority (RFC 3986 section 3.2) without its port.
    init(authority: String) {
        let bytes = authority.utf8
        if bytes.first == UInt8(ascii: "["), let end = authority.firstIndex(of: "]") {
            self.init(String(authority[authority.index(after: authority.startIndex)..<end]))
        } else if bytes.count(where: { $0 == UInt8(ascii: ":") }) == 1, let colon = authority.firstIndex(of: ":") {
            self.init(String(authority[..<colon]))
        } else {
            self.init(authority)
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        var buffer = in6_addr()
        return unsafe inet_pton(AF_INET, text, &buffer) == 1 || inet_pton(AF_INET6, text, &buffer) == 1
    }
}
