#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An `SSL_CTX`: what connections with the same trust have in common.
///
/// - Invariant: `pointer` is a valid `SSL_CTX`, set up before it is shared and not changed afterwards; OpenSSL locks what sessions
///   touch in it.
@safe final class TLSContext: @unchecked Sendable {
    let library: OpenSSL
    let pointer: OpaquePointer

    /// The contexts that trust the system's authorities, by the path of their library: reading those takes 20 ms.
    private static let systemContexts = Locked<[String?: TLSContext]>([:])

    /// The context for a configuration: shared when it trusts the system's authorities, else made anew from its file.
    static func make(_ configuration: TLSConfiguration) throws(TLSFailure) -> TLSContext {
        let library = try OpenSSLLibrary.load(path: configuration.libraryPath)
        if let path = configuration.certificateAuthorityPath {
            let context = try TLSContext(library)
            try context.trust(authoritiesIn: path)
            return context
        }
        if let known = systemContexts.withLock({ $0[configuration.libraryPath] }) { return known }
        let context = try TLSContext(library)
        try context.trustSystem()
        systemContexts.withLock { $0[configuration.libraryPath] = context }
        return context
    }

    private init(_ library: OpenSSL) throws(TLSFailure) {
        library.ERR_clear_error()
        guard let context = unsafe library.SSL_CTX_new(library.TLS_client_method()) else {
            throw TLSFailure("no TLS context: \(library.drainErrors())")
        }
        self.library = library
        unsafe pointer = context
        try configure()
    }

    deinit {
        unsafe library.SSL_CTX_free(pointer)
    }

    private func configure() throws(TLSFailure) {
        let minimum = unsafe library.SSL_CTX_ctrl(pointer, OpenSSL.controlMinimumVersion, OpenSSL.version12, nil)
        let ciphers = unsafe library.SSL_CTX_set_cipher_list(pointer, OpenSSL.cipherList)
        let protocols = unsafe library.SSL_CTX_set_alpn_protos(
            pointer, OpenSSL.protocols, CUnsignedInt(OpenSSL.protocols.count))
        // The last of the three answers 0 for success.
        guard minimum == 1, ciphers == 1, protocols == 0 else {
            throw TLSFailure("the TLS library refuses the configuration: \(library.drainErrors())")
        }
        _ = unsafe library.SSL_CTX_ctrl(pointer, OpenSSL.controlMode, OpenSSL.modes, nil)
        _ = unsafe library.SSL_CTX_set_options(pointer, OpenSSL.options)
        unsafe library.SSL_CTX_set_verify(pointer, OpenSSL.verifyPeer, nil)
        // Without a callback OpenSSL would ask for the passphrase on the terminal.
        unsafe library.SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, _ in -1 }
    }

    private func trustSystem() throws(TLSFailure) {
        guard unsafe library.SSL_CTX_set_default_verify_paths(pointer) == 1 else {
            throw TLSFailure("the system's certificate authorities cannot be read: \(library.drainErrors())")
        }
    }

    private func trust(authoritiesIn path: String) throws(TLSFailure) {
        try TLSFile.checkReadable(path, "certificate authority file")
        guard unsafe library.SSL_CTX_load_verify_locations(pointer, path, nil) == 1 else {
            throw TLSFailure("the certificate authority file \(path) is not usable: \(library.drainErrors())")
        }
    }
}

/// Files of certificates and keys.
enum TLSFile {
    /// Checks that a file can be opened, for a clearer message than OpenSSL's.
    static func checkReadable(_ path: String, _ what: String) throws(TLSFailure) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw TLSFailure("the path of the \(what) is empty or malformed")
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TLSFailure("cannot read the \(what) \(path): \(SystemError.last)") }
        Descriptor.close(descriptor)
    }
}
