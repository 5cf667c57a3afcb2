import FlagdHTTP2

/// One TLS connection of a client, between memory buffers: knows no socket.
///
/// Confined to one thread.
///
/// - Invariant: `ssl` is a valid `SSL` until `deinit` and owns both buffers (`BIO`).
@safe final class TLSSession {
    /// How far the handshake is.
    enum Handshake: Equatable {
        /// The peer's next bytes are needed, and perhaps some of ours are waiting to be sent.
        case wantsInput
        /// Verified, HTTP/2 agreed on.
        case finished
        case failed(cause: String)
    }

    /// What reading or writing plaintext came to.
    enum Transfer: Equatable {
        /// That many bytes, at least one.
        case count(Int)
        /// The peer's next bytes are needed.
        case wantsInput
        /// The peer has ended the connection properly (close_notify).
        case endOfFile
        case failed(cause: String)
    }

    private let context: TLSContext
    private let library: OpenSSL
    private let name: TLSServerName
    private let authorities: String?
    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer
    private var isEstablished = false
    /// The server's first bytes, to recognize one that does not speak TLS.
    private var firstBytes: [UInt8] = []

    /// How many of the server's first bytes an error shows.
    private static let maximumFirstBytes = 48

    /// A session that is about to begin; reads the files of the configuration.
    ///
    /// - Parameter name: what the server's certificate must be for.
    init(_ configuration: TLSConfiguration, name: TLSServerName) throws(TLSFailure) {
        let context = try TLSContext.make(configuration)
        let library = context.library
        library.ERR_clear_error()
        guard let session = unsafe library.SSL_new(context.pointer) else {
            throw TLSFailure("no TLS session: \(library.drainErrors())")
        }
        guard let input = unsafe library.BIO_new(library.BIO_s_mem()) else {
            unsafe library.SSL_free(session)
            throw TLSFailure("no memory for TLS")
        }
        guard let output = unsafe library.BIO_new(library.BIO_s_mem()) else {
            _ = unsafe library.BIO_free(input)
            unsafe library.SSL_free(session)
            throw TLSFailure("no memory for TLS")
        }
        self.context = context
        self.library = library
        self.name = name
        authorities = configuration.certificateAuthorityPath
        unsafe ssl = session
        unsafe self.input = input
        unsafe self.output = output
        unsafe library.SSL_set_bio(session, input, output)
        unsafe library.SSL_set_connect_state(session)
        try setName()
    }

    deinit {
        unsafe library.SSL_free(ssl)
        library.ERR_clear_error()
    }

    /// Takes the handshake as far as the received bytes allow.
    func handshake() -> Handshake {
        library.ERR_clear_error()
        let status = unsafe library.SSL_do_handshake(ssl)
        if status == 1 { return established() }
        switch unsafe library.SSL_get_error(ssl, status) {
        case OpenSSL.errorWantRead, OpenSSL.errorWantWrite: return .wantsInput
        default: return .failed(cause: failureCause())
        }
    }

    /// Takes bytes that arrived from the server.
    func receive(_ ciphertext: UnsafeRawBufferPointer) {
        if firstBytes.count < Self.maximumFirstBytes {
            unsafe firstBytes.append(contentsOf: ciphertext.prefix(Self.maximumFirstBytes - firstBytes.count))
        }
        // A memory buffer takes everything; it fails only when memory is exhausted, and then the record does not decrypt.
        _ = unsafe library.BIO_write(input, ciphertext.baseAddress, CInt(clamping: ciphertext.count))
    }

    /// Decrypts into `buffer`, which must not be empty.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        library.ERR_clear_error()
        let count = unsafe library.SSL_read(ssl, buffer.baseAddress, CInt(clamping: buffer.count))
        return count > 0 ? .count(Int(count)) : outcome(count)
    }

    /// Encrypts what of `buffer`, which must not be empty, it takes now.
    func write(_ buffer: UnsafeRawBufferPointer) -> Transfer {
        library.ERR_clear_error()
        let count = unsafe library.SSL_write(ssl, buffer.baseAddress, CInt(clamping: buffer.count))
        return count > 0 ? .count(Int(count)) : outcome(count)
    }

    /// How many bytes wait for the server.
    var outputCount: Int {
        unsafe library.BIO_ctrl_pending(output)
    }

    /// Whether bytes wait for the server.
    var hasOutput: Bool { outputCount > 0 }

    /// Takes the bytes that wait for the server.
    func takeOutput() -> [UInt8] {
        let count = outputCount
        guard count > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let taken = unsafe library.BIO_read(output, buffer.baseAddress, CInt(clamping: count))
            initialized = max(0, Int(taken))
        }
    }

    /// Ends our side (close_notify, RFC 8446 section 6.1); the message waits in the output.
    func close() {
        guard isEstablished else { return }
        isEstablished = false
        library.ERR_clear_error()
        _ = unsafe library.SSL_shutdown(ssl)
    }

    private func established() -> Handshake {
        var selected: UnsafePointer<UInt8>?
        var length: CUnsignedInt = 0
        unsafe library.SSL_get0_alpn_selected(ssl, &selected, &length)
        let bytes = unsafe UnsafeBufferPointer(start: selected, count: Int(length))
        guard unsafe bytes.elementsEqual("h2".utf8) else {
            return .failed(cause: "the server did not agree on HTTP/2 (no ALPN h2)")
        }
        // The handshake verifies; this only makes sure of it.
        guard unsafe library.SSL_get_verify_result(ssl) == CertificateVerdict.valid else {
            return .failed(cause: failureCause())
        }
        isEstablished = true
        return .finished
    }

    private func outcome(_ status: CInt) -> Transfer {
        switch unsafe library.SSL_get_error(ssl, status) {
        case OpenSSL.errorWantRead, OpenSSL.errorWantWrite: return .wantsInput
        case OpenSSL.errorZeroReturn: return .endOfFile
        default:
            isEstablished = false
            return .failed(cause: failureCause())
        }
    }

    private func failureCause() -> String {
        if let first = firstBytes.first, !(0x14...0x17).contains(first) {
            library.ERR_clear_error()
            let answer = DebugText.firstLine(of: firstBytes, limit: Self.maximumFirstBytes)
            return "the server does not speak TLS on this port (its answer begins \"\(answer)\")"
        }
        let verdict = Int(unsafe library.SSL_get_verify_result(ssl))
        let errors = library.drainErrors()
        guard verdict != CertificateVerdict.valid else { return errors }
        let reason = unsafe library.X509_verify_cert_error_string(verdict).map { unsafe String(cString: $0) }
        return CertificateVerdict.words(
            verdict, reason: reason ?? "verdict \(verdict)", name: name, authorities: authorities)
    }

    private func setName() throws(TLSFailure) {
        guard let parameters = unsafe library.SSL_get0_param(ssl) else {
            throw TLSFailure("no verification parameters")
        }
        var isSet = false
        switch name {
        case .address(let address):
            isSet = unsafe library.X509_VERIFY_PARAM_set1_ip_asc(parameters, address) == 1
        case .dns(let host):
            guard !host.isEmpty, !host.utf8.contains(0) else {
                throw TLSFailure("the server name \"\(host)\" is malformed")
            }
            unsafe library.X509_VERIFY_PARAM_set_hostflags(parameters, OpenSSL.hostFlags)
            isSet = unsafe library.X509_VERIFY_PARAM_set1_host(parameters, host, 0) == 1 && setIndication(host)
        }
        if !isSet { throw TLSFailure("the server name cannot be verified: \(library.drainErrors())") }
    }

    /// Sends the name in the handshake (SNI, RFC 6066 section 3).
    private func setIndication(_ host: String) -> Bool {
        var bytes = Array(host.utf8) + [0]
        return unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe library.SSL_ctrl(ssl, OpenSSL.controlHostName, OpenSSL.hostNameType, buffer.baseAddress) == 1
        }
    }
}
