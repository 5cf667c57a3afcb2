#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Turns a host name into addresses with `getaddrinfo`, which knows the host's files, DNS and everything else the system has.
///
/// `getaddrinfo` blocks and cannot be stopped, so it runs on a thread of its own. Whoever asked may lose interest; the thread then
/// ends unnoticed with the call.
enum Resolver {
    /// Why a name has no addresses.
    struct Failure: Error, Equatable {
        let kind: TransportError.Kind
        let cause: String
    }

    /// How many look-ups may be under way in the process, abandoned ones included.
    ///
    /// A name server that does not answer holds a thread for up to half a minute per look-up; reconnecting meanwhile
    /// must not pile them up.
    static let maximumLookups = 16

    /// A name look-up: host, port, and whom to tell, exactly once, on any thread.
    typealias Resolve =
        @Sendable (String, Int, @escaping @Sendable (Result<[SocketAddress], Failure>) -> Void) -> Void

    private static let lookups = Locked(0)

    /// Addresses that need no look-up: nil when the endpoint's host is a name.
    static func immediateAddresses(for endpoint: Endpoint) -> [SocketAddress]? {
        switch endpoint {
        case .unixSocket(let path): return SocketAddress(path: path).map { [$0] }
        case .hostPort(_, let port):
            guard case .success(let addresses) = lookUp(endpoint.hostName, port: port, flags: AI_NUMERICHOST) else {
                return nil
            }
            return addresses
        }
    }

    /// Looks `host` up with `getaddrinfo` on a thread of its own and calls `completion` there, exactly once.
    @Sendable static func resolve(
        host: String, port: Int, completion: @escaping @Sendable (Result<[SocketAddress], Failure>) -> Void
    ) {
        resolve(completion) { lookUp(host, port: port, flags: 0) }
    }

    /// Calls `lookUp`, which may block, on a thread of its own.
    static func resolve(
        _ completion: @escaping @Sendable (Result<[SocketAddress], Failure>) -> Void,
        lookUp: @escaping @Sendable () -> Result<[SocketAddress], Failure>
    ) {
        guard reserve() else {
            let cause = "\(maximumLookups) look-ups are already waiting for the name server"
            return completion(.failure(Failure(kind: .resources, cause: cause)))
        }
        do {
            try Thread.start {
                let result = lookUp()
                release()
                completion(result)
            }
        } catch {
            release()
            completion(.failure(Failure(kind: .resources, cause: "no thread for the name look-up: \(error)")))
        }
    }

    private static func reserve() -> Bool {
        lookups.withLock { count in
            guard count < maximumLookups else { return false }
            count += 1
            return true
        }
    }

    private static func release() {
        lookups.withLock { $0 -= 1 }
    }

    /// Calls `getaddrinfo` and copies its list.
    private static func lookUp(_ host: String, port: Int, flags: Int32) -> Result<[SocketAddress], Failure> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        unsafe hints.ai_socktype = SOCK_STREAM
        #endif
        unsafe hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        // What it leaves here tells a shortage from an unknown name.
        errno = 0
        let status = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else { return .failure(failure(status, SystemError.last)) }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = unsafe list
        while let current = unsafe entry {
            if let pointer = unsafe current.pointee.ai_addr,
                let address = unsafe SocketAddress(copying: pointer, length: Int(current.pointee.ai_addrlen))
            {
                addresses.append(address)
            }
            unsafe entry = current.pointee.ai_next
        }
        guard !addresses.isEmpty else {
            return .failure(Failure(kind: .resolution, cause: "the name has no addresses"))
        }
        return .success(AddressOrder.interleaved(addresses))
    }

    private static func failure(_ status: Int32, _ system: SystemError) -> Failure {
        // Without a descriptor for its files and sockets, getaddrinfo says that the name is not known.
        if system.isResourceShortage { return Failure(kind: .resources, cause: system.description) }
        switch status {
        case EAI_NONAME: return Failure(kind: .resolution, cause: "the name is not known")
        case EAI_AGAIN: return Failure(kind: .resolution, cause: "the name server does not answer")
        case EAI_FAIL: return Failure(kind: .resolution, cause: "the name server failed")
        case EAI_MEMORY: return Failure(kind: .resources, cause: "out of memory")
        case EAI_SYSTEM: return Failure(kind: .resolution, cause: system.description)
        default: return Failure(kind: .resolution, cause: unsafe String(cString: gai_strerror(status)))
        }
    }
}
