/// An `SSL_CTX`: what connections with the same trust and client certificate have in common.
///
/// Making one costs more than the rest of a handshake: the system's authorities 20 ms, a file of authorities 0.7 ms, a client's
/// certificate and key 1.2 ms. So contexts are kept, and used again as long as the files have the same contents.
///
/// - Invariant: `pointer` is a valid `SSL_CTX`, set up before it is shared and not changed afterwards; OpenSSL locks what sessions
///   touch in it.
@safe final class TLSContext: @unchecked Sendable {
    /// How many contexts with files of their own are kept.
    static let maximumKept = 8

    let library: OpenSSL
    let pointer: OpaquePointer
    private let material: TLSMaterial

    /// Those that are kept, the last used at the end.
    private static let kept = Locked<[TLSContext]>([])

    /// The context for a configuration, whose files are read: a kept one of the same material, or a new one.
    static func make(_ configuration: TLSConfiguration) throws(TLSFailure) -> TLSContext {
        let library = try OpenSSLLibrary.load(path: configuration.libraryPath)
        let material = try TLSMaterial(configuration)
        if let known = kept.withLock({ reuse(material, &$0) }) { return known }
        let context = try TLSContext(library, material)
        // OpenSSL has read the files a second time; they may have been replaced in between.
        guard try TLSMaterial(configuration) == material else { return context }
        // Another thread may have made one, too. Whatever gives way is released outside the lock.
        let (chosen, _) = kept.withLock { kept in
            reuse(material, &kept).map { ($0, []) } ?? (context, keep(context, &kept))
        }
        return chosen
    }

    private static func reuse(_ material: TLSMaterial, _ kept: inout [TLSContext]) -> TLSContext? {
        guard let place = kept.firstIndex(where: { $0.material == material }) else { return nil }
        let context = kept.remove(at: place)
        kept.append(context)
        return context
    }

    /// Adds a context and gives those that give way.
    ///
    /// These are the one of earlier contents of the same files, so that no key outlives its rotation, and the oldest of too many. The
    /// one of the system's authorities alone stays.
    private static func keep(_ context: TLSContext, _ kept: inout [TLSContext]) -> [TLSContext] {
        var leaving = kept.filter { $0.material.hasFiles(of: context.material) }
        kept.removeAll { $0.material.hasFiles(of: context.material) }
        kept.append(context)
        let others = kept.indices.filter { !kept[$0].material.isSystems }
        if others.count > maximumKept, let oldest = others.first { leaving.append(kept.remove(at: oldest)) }
        return leaving
    }

    private init(_ library: OpenSSL, _ material: TLSMaterial) throws(TLSFailure) {
        library.ERR_clear_error()
        guard let context = unsafe library.SSL_CTX_new(library.TLS_client_method()) else {
            throw TLSFailure("no TLS context: \(library.drainErrors())")
        }
        self.library = library
        self.material = material
        unsafe pointer = context
        try configure()
        try trust(material.authorities)
        if let certificate = material.certificate, let key = material.key { try present(certificate, key) }
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

    private func trust(_ authorities: TLSFile?) throws(TLSFailure) {
        guard let authorities else {
            guard unsafe library.SSL_CTX_set_default_verify_paths(pointer) == 1 else {
                throw TLSFailure("the system's certificate authorities cannot be read: \(library.drainErrors())")
            }
            return
        }
        guard unsafe library.SSL_CTX_load_verify_locations(pointer, authorities.path, nil) == 1 else {
            throw TLSFailure(
                "the certificate authority file \(authorities.path) is not usable: \(library.drainErrors())")
        }
    }

    private func present(_ certificate: TLSFile, _ key: TLSFile) throws(TLSFailure) {
        guard unsafe library.SSL_CTX_use_certificate_chain_file(pointer, certificate.path) == 1 else {
            throw TLSFailure(
                "the client certificate file \(certificate.path) is not usable: \(library.drainErrors())")
        }
        guard unsafe library.SSL_CTX_use_PrivateKey_file(pointer, key.path, OpenSSL.filePEM) == 1,
            unsafe library.SSL_CTX_check_private_key(pointer) == 1
        else {
            throw TLSFailure("the client key file \(key.path) is not usable: \(library.drainErrors())")
        }
    }
}
