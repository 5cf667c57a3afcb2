/// Numbers of OpenSSL's headers, the same in 1.1.1 and 3; a test compares them with the headers.
extension OpenSSL {
    /// `OPENSSL_INIT_NO_ATEXIT`: the library must not free its state at exit while other threads still use it.
    static let initWithoutExitHandler: UInt64 = 0x0008_0000
    /// `SSL_CTRL_MODE`.
    static let controlMode: CInt = 33
    /// `SSL_CTRL_SET_TLSEXT_HOSTNAME`.
    static let controlHostName: CInt = 55
    /// `SSL_CTRL_SET_MIN_PROTO_VERSION`.
    static let controlMinimumVersion: CInt = 123
    /// `TLSEXT_NAMETYPE_host_name`.
    static let hostNameType: CLong = 0
    /// `TLS1_2_VERSION`.
    static let version12: CLong = 0x0303
    /// `SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS`.
    static let modes: CLong = 0x1 | 0x2 | 0x10
    /// `SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION` (RFC 9113 sections 9.2.1 and 9.2.2).
    static let options: UInt64 = 1 << 17 | 1 << 30
    /// `SSL_VERIFY_PEER`.
    static let verifyPeer: CInt = 1
    /// `SSL_FILETYPE_PEM`.
    static let filePEM: CInt = 1
    /// `SSL_ERROR_WANT_READ`.
    static let errorWantRead: CInt = 2
    /// `SSL_ERROR_WANT_WRITE`.
    static let errorWantWrite: CInt = 3
    /// `SSL_ERROR_ZERO_RETURN`.
    static let errorZeroReturn: CInt = 6
    /// `X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT`: `*` stands for one whole label, and only the
    /// subject alternative names count (RFC 9525 sections 6.3 and 6.4).
    static let hostFlags: CUnsignedInt = 0x4 | 0x20
    /// The suites of TLS 1.2 that RFC 9113 appendix A leaves: ephemeral keys and authenticated encryption.
    static let cipherList = "ECDHE+AESGCM:ECDHE+CHACHA20"
    /// The list of protocols for ALPN (RFC 7301 section 3.1): `h2` alone.
    static let protocols: [UInt8] = [2, UInt8(ascii: "h"), UInt8(ascii: "2")]
    /// The oldest version that has all functions: 1.1.1.
    static let minimumVersion: CUnsignedLong = 0x1010_1000
}
