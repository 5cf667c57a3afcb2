import FlagdTestSupport
import Foundation
import XCTest

@testable import FlagdTransport

/// Compiles the hand-written prototypes and numbers against OpenSSL's headers.
final class OpenSSLTests: XCTestCase {
    /// The C types that the Swift types of ``OpenSSL`` stand for.
    private static let prototypes = [
        "OpenSSL_version_num": "unsigned long (*)(void)",
        "OpenSSL_version": "const char *(*)(int)",
        "ERR_clear_error": "void (*)(void)",
        "ERR_get_error": "unsigned long (*)(void)",
        "ERR_error_string_n": "void (*)(unsigned long, char *, size_t)",
        "ERR_reason_error_string": "const char *(*)(unsigned long)",
        "BIO_s_mem": "const BIO_METHOD *(*)(void)",
        "BIO_new": "BIO *(*)(const BIO_METHOD *)",
        "BIO_free": "int (*)(BIO *)",
        "BIO_read": "int (*)(BIO *, void *, int)",
        "BIO_write": "int (*)(BIO *, const void *, int)",
        "BIO_ctrl_pending": "size_t (*)(BIO *)",
        "X509_VERIFY_PARAM_set_hostflags": "void (*)(X509_VERIFY_PARAM *, unsigned int)",
        "X509_VERIFY_PARAM_set1_host": "int (*)(X509_VERIFY_PARAM *, const char *, size_t)",
        "X509_VERIFY_PARAM_set1_ip_asc": "int (*)(X509_VERIFY_PARAM *, const char *)",
        "X509_verify_cert_error_string": "const char *(*)(long)",
        "OPENSSL_init_ssl": "int (*)(uint64_t, const OPENSSL_INIT_SETTINGS *)",
        "TLS_client_method": "const SSL_METHOD *(*)(void)",
        "SSL_CTX_new": "SSL_CTX *(*)(const SSL_METHOD *)",
        "SSL_CTX_free": "void (*)(SSL_CTX *)",
        "SSL_CTX_ctrl": "long (*)(SSL_CTX *, int, long, void *)",
        "SSL_CTX_set_options": "options_t (*)(SSL_CTX *, options_t)",
        "SSL_CTX_set_verify": "void (*)(SSL_CTX *, int, SSL_verify_cb)",
        "SSL_CTX_set_default_passwd_cb": "void (*)(SSL_CTX *, int (*)(char *, int, int, void *))",
        "SSL_CTX_set_cipher_list": "int (*)(SSL_CTX *, const char *)",
        "SSL_CTX_set_alpn_protos": "int (*)(SSL_CTX *, const unsigned char *, unsigned int)",
        "SSL_CTX_set_default_verify_paths": "int (*)(SSL_CTX *)",
        "SSL_CTX_load_verify_locations": "int (*)(SSL_CTX *, const char *, const char *)",
        "SSL_new": "SSL *(*)(SSL_CTX *)",
        "SSL_free": "void (*)(SSL *)",
        "SSL_ctrl": "long (*)(SSL *, int, long, void *)",
        "SSL_set_bio": "void (*)(SSL *, BIO *, BIO *)",
        "SSL_set_connect_state": "void (*)(SSL *)",
        "SSL_get0_param": "X509_VERIFY_PARAM *(*)(SSL *)",
        "SSL_CTX_use_certificate_chain_file": "int (*)(SSL_CTX *, const char *)",
        "SSL_CTX_use_PrivateKey_file": "int (*)(SSL_CTX *, const char *, int)",
        "SSL_CTX_check_private_key": "int (*)(const SSL_CTX *)",
        "SSL_do_handshake": "int (*)(SSL *)",
        "SSL_get_error": "int (*)(const SSL *, int)",
        "SSL_get_verify_result": "long (*)(const SSL *)",
        "SSL_get0_alpn_selected": "void (*)(const SSL *, const unsigned char **, unsigned int *)",
        "SSL_read": "int (*)(SSL *, void *, int)",
        "SSL_write": "int (*)(SSL *, const void *, int)",
        "SSL_shutdown": "int (*)(SSL *)",
    ]

    /// The numbers of ``OpenSSL`` and what the headers call them.
    private static let numbers: [(String, UInt64)] = [
        ("OPENSSL_INIT_NO_ATEXIT", OpenSSL.initWithoutExitHandler),
        ("SSL_CTRL_MODE", UInt64(OpenSSL.controlMode)),
        ("SSL_CTRL_SET_TLSEXT_HOSTNAME", UInt64(OpenSSL.controlHostName)),
        ("SSL_CTRL_SET_MIN_PROTO_VERSION", UInt64(OpenSSL.controlMinimumVersion)),
        ("TLSEXT_NAMETYPE_host_name", UInt64(OpenSSL.hostNameType)),
        ("TLS1_2_VERSION", UInt64(OpenSSL.version12)),
        (
            "(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS)",
            UInt64(OpenSSL.modes)
        ),
        ("(SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION)", OpenSSL.options),
        ("SSL_VERIFY_PEER", UInt64(OpenSSL.verifyPeer)),
        ("SSL_FILETYPE_PEM", UInt64(OpenSSL.filePEM)),
        ("SSL_ERROR_WANT_READ", UInt64(OpenSSL.errorWantRead)),
        ("SSL_ERROR_WANT_WRITE", UInt64(OpenSSL.errorWantWrite)),
        ("SSL_ERROR_ZERO_RETURN", UInt64(OpenSSL.errorZeroReturn)),
        ("(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)", UInt64(OpenSSL.hostFlags)),
        ("X509_V_OK", UInt64(CertificateVerdict.valid)),
    ]

    private func compile(_ source: String) throws -> (status: Int32, text: String) {
        let folder = try TemporaryFolder()
        let file = try folder.write(source.utf8, to: "check.c")
        let process = Process()
        process.executableURL = try Tool.cCompiler()
        process.arguments = ["-std=c11", "-fsyntax-only", "-Wno-deprecated-declarations", file]
        let output = Pipe()
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    private static let head = """
        #include <stdint.h>
        #include <openssl/ssl.h>
        #include <openssl/err.h>
        #include <openssl/x509v3.h>
        #if OPENSSL_VERSION_NUMBER >= 0x30000000L
        typedef uint64_t options_t;
        #else
        typedef unsigned long options_t;
        #endif

        """

    /// Every function that the library is asked for has a prototype here, and the headers have the same.
    func testPrototypesMatchTheHeaders() throws {
        let headers = try compile(Self.head)
        _ = try requireOrSkip(headers.status == 0 ? true : nil, "the headers of OpenSSL (Debian package libssl-dev)")
        var names: [String] = []
        // Collects the names; the functions themselves are not called.
        _ = try? OpenSSL { name throws(TLSFailure) in
            names.append(name)
            return unsafe UnsafeMutableRawPointer(bitPattern: 8)!
        }
        XCTAssertEqual(Set(names), Set(Self.prototypes.keys))
        XCTAssertEqual(names.count, Self.prototypes.count)
        let checks =
            Self.prototypes.map { name, type in
                "_Static_assert(__builtin_types_compatible_p(__typeof__(&\(name)), \(type)), \"\(name)\");"
            }
            + Self.numbers.map { name, number in
                "_Static_assert((uint64_t)(\(name)) == \(number)u, \"\(name.prefix(60))\");"
            }
        let result = try compile(Self.head + checks.joined(separator: "\n") + "\n")
        XCTAssertEqual(result.status, 0, result.text)
        // The check itself can fail.
        let wrong = "_Static_assert(__builtin_types_compatible_p(__typeof__(&SSL_read), void (*)(void)), \"wrong\");\n"
        XCTAssertNotEqual(try compile(Self.head + wrong).status, 0)
    }
}
