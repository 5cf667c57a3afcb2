#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The address of a stream socket as the system takes it: IPv4, IPv6 or unix.
struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// What the address belongs to.
    enum Family: Hashable, Sendable {
        case ipv4, ipv6, unix

        /// The `AF_` constant.
        var rawValue: Int32 {
            switch self {
            case .ipv4: AF_INET
            case .ipv6: AF_INET6
            case .unix: AF_UNIX
            }
        }

        /// The family of an `AF_` constant; nil when it is none of the three.
        init?(rawValue: Int32) {
            switch rawValue {
            case AF_INET: self = .ipv4
            case AF_INET6: self = .ipv6
            case AF_UNIX: self = .unix
            default: return nil
            }
        }
    }

    let family: Family
    /// The address for people: `127.0.0.1`, `::1`, `/run/flagd.sock`.
    let description: String
    /// The `sockaddr` structure.
    private let bytes: [UInt8]

    /// The most bytes a path may have; the last byte of `sun_path` stays for the terminating zero.
    static let maximumPathLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// The address of a unix socket; nil when the path is empty or longer than ``maximumPathLength`` bytes.
    ///
    /// A leading `@` becomes the zero byte of Linux's abstract namespace (unix(7)), whose names end with the length and have no
    /// terminating zero.
    init?(path: String) {
        let name = Array(path.utf8)
        guard !name.isEmpty, name.count <= Self.maximumPathLength else { return nil }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        #if os(Linux) || os(Android)
        let isAbstract = name[0] == UInt8(ascii: "@")
        #else
        let isAbstract = false
        #endif
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
        bytes.replaceSubrange(offset..<offset + name.count, with: name)
        if isAbstract {
            bytes[offset] = 0
            bytes.removeSubrange((offset + name.count)...)
        }
        family = .unix
        description = path
        self.bytes = bytes
    }

    /// Copies a `sockaddr` of `length` bytes; nil when its family is unknown or the length is too short for it.
    ///
    /// - Invariant: `pointer` is valid for `length` bytes.
    @unsafe init?(copying pointer: UnsafeRawPointer, length: Int) {
        guard length >= MemoryLayout<sa_family_t>.size * 2 else { return nil }
        let storage = unsafe Array(UnsafeRawBufferPointer(start: pointer, count: length))
        let offset = MemoryLayout<sockaddr>.offset(of: \.sa_family) ?? 0
        let raw = unsafe storage.withUnsafeBytes {
            unsafe $0.loadUnaligned(fromByteOffset: offset, as: sa_family_t.self)
        }
        guard let family = Family(rawValue: Int32(raw)) else { return nil }
        self.family = family
        bytes = storage
        description = unsafe Self.numericHost(pointer, length: length) ?? "address of family \(raw)"
    }

    /// Calls `body` with the address as `connect(2)` and `bind(2)` take it.
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        return unsafe withUnsafeMutableBytes(of: &storage) { buffer in
            let count = min(buffer.count, bytes.count)
            unsafe buffer.copyBytes(from: bytes[..<count])
            // The buffer is a sockaddr_storage, which is aligned for every sockaddr and never empty.
            guard let base = buffer.baseAddress else { preconditionFailure("sockaddr_storage is not empty") }
            return unsafe body(UnsafePointer(base.assumingMemoryBound(to: sockaddr.self)), socklen_t(count))
        }
    }

    private static func numericHost(_ pointer: UnsafeRawPointer, length: Int) -> String? {
        var text = [CChar](repeating: 0, count: 256)
        let status = unsafe getnameinfo(
            pointer.assumingMemoryBound(to: sockaddr.self), socklen_t(length), &text, socklen_t(text.count), nil, 0,
            NI_NUMERICHOST)
        guard status == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
