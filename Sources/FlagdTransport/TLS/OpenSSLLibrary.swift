#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds and loads OpenSSL at run time, so that nothing of it is needed to build or to run without TLS.
enum OpenSSLLibrary {
    private struct Loaded: Sendable {
        var libraries: [String?: OpenSSL] = [:]
    }

    private static let loaded = Locked(Loaded())

    /// The library, loaded once per path.
    ///
    /// - Parameter path: the library, or the folder that holds it; nil: where the system looks.
    /// - Throws: what is missing and how to help it.
    static func load(path: String?) throws(TLSFailure) -> OpenSSL {
        if let known = loaded.withLock({ $0.libraries[path] }) { return known }
        let (handle, name) = try unsafe open(path)
        let library = try unsafe OpenSSL { (symbol) throws(TLSFailure) in
            guard let address = unsafe dlsym(handle, symbol) else {
                throw TLSFailure("\(name) is not OpenSSL 1.1.1 or 3: it lacks \(symbol)")
            }
            return unsafe address
        }
        try check(library, name)
        loaded.withLock { $0.libraries[path] = library }
        return library
    }

    /// The names to try, best first.
    static func candidates(path: String?) -> [String] {
        guard let path else { return systemNames }
        return [path] + fileNames.map { path + "/" + $0 }
    }

    #if canImport(Darwin)
    // Without a version the name is Apple's own library, which ends the process when it is loaded.
    private static let fileNames = ["libssl.3.dylib", "libssl.1.1.dylib"]
    private static let systemNames =
        ["/opt/homebrew/opt/openssl@3/lib/libssl.3.dylib", "/usr/local/opt/openssl@3/lib/libssl.3.dylib"] + fileNames
    #else
    private static let fileNames = ["libssl.so.3", "libssl.so.1.1", "libssl.so"]
    private static let systemNames = fileNames
    #endif

    private static func open(_ path: String?) throws(TLSFailure) -> (handle: UnsafeMutableRawPointer, name: String) {
        var reasons: [String] = []
        for name in candidates(path: path) {
            if let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) { return unsafe (handle, name) }
            if let reason = unsafe dlerror() { reasons.append(unsafe String(cString: reason)) }
        }
        let help =
            path == nil
            ? "install OpenSSL 3 (Debian: libssl3, Alpine: libssl3, Fedora: openssl-libs) or name its library with FLAGD_OPENSSL_LIBRARY_PATH"
            : "check the library path"
        throw TLSFailure("no OpenSSL library: \(reasons.first ?? "not found"); \(help)")
    }

    private static func check(_ library: OpenSSL, _ name: String) throws(TLSFailure) {
        let version = unsafe library.OpenSSL_version(0).map { unsafe String(cString: $0) } ?? "an unknown version"
        guard version.hasPrefix("OpenSSL "), library.OpenSSL_version_num() >= OpenSSL.minimumVersion else {
            throw TLSFailure("\(name) is \(version); OpenSSL 1.1.1 or 3 is needed")
        }
        // Before any other call, which would initialize the library with its exit handler.
        guard library.OPENSSL_init_ssl(OpenSSL.initWithoutExitHandler, nil) == 1 else {
            throw TLSFailure("\(name) (\(version)) does not initialize: \(library.drainErrors())")
        }
    }
}
