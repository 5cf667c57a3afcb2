#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The functions of an OpenSSL library that was found at run time.
///
/// Their prototypes are written by hand and must match the headers of OpenSSL 1.1.1 and 3; a test compiles them against the
/// headers. `SSL *`, `SSL_CTX *`, `BIO *` and so on are opaque here.
///
/// - Invariant: the library is never unloaded, so the pointers stay valid. All functions are thread-safe as long as one `SSL` or `BIO`
///   is used by one thread at a time.
@safe struct OpenSSL: Sendable {
    typealias Pointer = OpaquePointer
    typealias Text = UnsafePointer<CChar>
    typealias Passphrase =
        @convention(c) (UnsafeMutablePointer<CChar>?, CInt, CInt, UnsafeMutableRawPointer?) -> CInt

    // libcrypto
    let OpenSSL_version_num: @Sendable @convention(c) () -> CUnsignedLong
    let OpenSSL_version: @Sendable @convention(c) (CInt) -> Text?
    let ERR_clear_error: @Sendable @convention(c) () -> Void
    let ERR_get_error: @Sendable @convention(c) () -> CUnsignedLong
    let ERR_error_string_n: @Sendable @convention(c) (CUnsignedLong, UnsafeMutablePointer<CChar>?, Int) -> Void
    let ERR_reason_error_string: @Sendable @convention(c) (CUnsignedLong) -> Text?
    let BIO_s_mem: @Sendable @convention(c) () -> Pointer?
    let BIO_new: @Sendable @convention(c) (Pointer?) -> Pointer?
    let BIO_free: @Sendable @convention(c) (Pointer?) -> CInt
    let BIO_read: @Sendable @convention(c) (Pointer?, UnsafeMutableRawPointer?, CInt) -> CInt
    let BIO_write: @Sendable @convention(c) (Pointer?, UnsafeRawPointer?, CInt) -> CInt
    let BIO_ctrl_pending: @Sendable @convention(c) (Pointer?) -> Int
    let X509_VERIFY_PARAM_set_hostflags: @Sendable @convention(c) (Pointer?, CUnsignedInt) -> Void
    let X509_VERIFY_PARAM_set1_host: @Sendable @convention(c) (Pointer?, Text?, Int) -> CInt
    let X509_VERIFY_PARAM_set1_ip_asc: @Sendable @convention(c) (Pointer?, Text?) -> CInt
    let X509_verify_cert_error_string: @Sendable @convention(c) (CLong) -> Text?

    // libssl
    let OPENSSL_init_ssl: @Sendable @convention(c) (UInt64, Pointer?) -> CInt
    let TLS_client_method: @Sendable @convention(c) () -> Pointer?
    let SSL_CTX_new: @Sendable @convention(c) (Pointer?) -> Pointer?
    let SSL_CTX_free: @Sendable @convention(c) (Pointer?) -> Void
    let SSL_CTX_ctrl: @Sendable @convention(c) (Pointer?, CInt, CLong, UnsafeMutableRawPointer?) -> CLong
    /// The options are `unsigned long` before OpenSSL 3: the same on every 64-bit system.
    let SSL_CTX_set_options: @Sendable @convention(c) (Pointer?, UInt64) -> UInt64
    /// The last parameter is a callback, which is always NULL here.
    let SSL_CTX_set_verify: @Sendable @convention(c) (Pointer?, CInt, Pointer?) -> Void
    let SSL_CTX_set_default_passwd_cb: @Sendable @convention(c) (Pointer?, Passphrase?) -> Void
    let SSL_CTX_set_cipher_list: @Sendable @convention(c) (Pointer?, Text?) -> CInt
    let SSL_CTX_set_alpn_protos: @Sendable @convention(c) (Pointer?, UnsafePointer<UInt8>?, CUnsignedInt) -> CInt
    let SSL_CTX_set_default_verify_paths: @Sendable @convention(c) (Pointer?) -> CInt
    let SSL_CTX_load_verify_locations: @Sendable @convention(c) (Pointer?, Text?, Text?) -> CInt
    let SSL_CTX_use_certificate_chain_file: @Sendable @convention(c) (Pointer?, Text?) -> CInt
    let SSL_CTX_use_PrivateKey_file: @Sendable @convention(c) (Pointer?, Text?, CInt) -> CInt
    let SSL_CTX_check_private_key: @Sendable @convention(c) (Pointer?) -> CInt
    let SSL_new: @Sendable @convention(c) (Pointer?) -> Pointer?
    let SSL_free: @Sendable @convention(c) (Pointer?) -> Void
    let SSL_ctrl: @Sendable @convention(c) (Pointer?, CInt, CLong, UnsafeMutableRawPointer?) -> CLong
    let SSL_set_bio: @Sendable @convention(c) (Pointer?, Pointer?, Pointer?) -> Void
    let SSL_set_connect_state: @Sendable @convention(c) (Pointer?) -> Void
    let SSL_get0_param: @Sendable @convention(c) (Pointer?) -> Pointer?
    let SSL_do_handshake: @Sendable @convention(c) (Pointer?) -> CInt
    let SSL_get_error: @Sendable @convention(c) (Pointer?, CInt) -> CInt
    let SSL_get_verify_result: @Sendable @convention(c) (Pointer?) -> CLong
    let SSL_get0_alpn_selected:
        @Sendable @convention(c) (
            Pointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<CUnsignedInt>?
        )
            -> Void
    let SSL_read: @Sendable @convention(c) (Pointer?, UnsafeMutableRawPointer?, CInt) -> CInt
    let SSL_write: @Sendable @convention(c) (Pointer?, UnsafeRawPointer?, CInt) -> CInt
    let SSL_shutdown: @Sendable @convention(c) (Pointer?) -> CInt

    /// Finds all functions through `find`, which throws for a name that the library lacks.
    ///
    /// - Invariant: `find` answers with the address of the function of that name.
    @unsafe init(_ find: (String) throws(TLSFailure) -> UnsafeMutableRawPointer) throws(TLSFailure) {
        func function<Function>(_ name: String) throws(TLSFailure) -> Function {
            unsafe unsafeBitCast(try find(name), to: Function.self)
        }
        OpenSSL_version_num = try function("OpenSSL_version_num")
        unsafe OpenSSL_version = try function("OpenSSL_version")
        ERR_clear_error = try function("ERR_clear_error")
        ERR_get_error = try function("ERR_get_error")
        unsafe ERR_error_string_n = try function("ERR_error_string_n")
        unsafe ERR_reason_error_string = try function("ERR_reason_error_string")
        unsafe BIO_s_mem = try function("BIO_s_mem")
        unsafe BIO_new = try function("BIO_new")
        unsafe BIO_free = try function("BIO_free")
        unsafe BIO_read = try function("BIO_read")
        unsafe BIO_write = try function("BIO_write")
        unsafe BIO_ctrl_pending = try function("BIO_ctrl_pending")
        unsafe X509_VERIFY_PARAM_set_hostflags = try function("X509_VERIFY_PARAM_set_hostflags")
        unsafe X509_VERIFY_PARAM_set1_host = try function("X509_VERIFY_PARAM_set1_host")
        unsafe X509_VERIFY_PARAM_set1_ip_asc = try function("X509_VERIFY_PARAM_set1_ip_asc")
        unsafe X509_verify_cert_error_string = try function("X509_verify_cert_error_string")
        unsafe OPENSSL_init_ssl = try function("OPENSSL_init_ssl")
        unsafe TLS_client_method = try function("TLS_client_method")
        unsafe SSL_CTX_new = try function("SSL_CTX_new")
        unsafe SSL_CTX_free = try function("SSL_CTX_free")
        unsafe SSL_CTX_ctrl = try function("SSL_CTX_ctrl")
        unsafe SSL_CTX_set_options = try function("SSL_CTX_set_options")
        unsafe SSL_CTX_set_verify = try function("SSL_CTX_set_verify")
        unsafe SSL_CTX_set_default_passwd_cb = try function("SSL_CTX_set_default_passwd_cb")
        unsafe SSL_CTX_set_cipher_list = try function("SSL_CTX_set_cipher_list")
        unsafe SSL_CTX_set_alpn_protos = try function("SSL_CTX_set_alpn_protos")
        unsafe SSL_CTX_set_default_verify_paths = try function("SSL_CTX_set_default_verify_paths")
        unsafe SSL_CTX_load_verify_locations = try function("SSL_CTX_load_verify_locations")
        unsafe SSL_CTX_use_certificate_chain_file = try function("SSL_CTX_use_certificate_chain_file")
        unsafe SSL_CTX_use_PrivateKey_file = try function("SSL_CTX_use_PrivateKey_file")
        unsafe SSL_CTX_check_private_key = try function("SSL_CTX_check_private_key")
        unsafe SSL_new = try function("SSL_new")
        unsafe SSL_free = try function("SSL_free")
        unsafe SSL_ctrl = try function("SSL_ctrl")
        unsafe SSL_set_bio = try function("SSL_set_bio")
        unsafe SSL_set_connect_state = try function("SSL_set_connect_state")
        unsafe SSL_get0_param = try function("SSL_get0_param")
        unsafe SSL_do_handshake = try function("SSL_do_handshake")
        unsafe SSL_get_error = try function("SSL_get_error")
        unsafe SSL_get_verify_result = try function("SSL_get_verify_result")
        unsafe SSL_get0_alpn_selected = try function("SSL_get0_alpn_selected")
        unsafe SSL_read = try function("SSL_read")
        unsafe SSL_write = try function("SSL_write")
        unsafe SSL_shutdown = try function("SSL_shutdown")
    }
}
