import Foundation

@testable import FlagdTransport

/// The server's side of one TLS connection between memory buffers, for what no server program sends.
///
/// The library itself has no use for these functions, so they are looked up here.
final class TLSPeer {
    private typealias SelectProtocol =
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
            UnsafePointer<UInt8>?, CUnsignedInt, UnsafeMutableRawPointer?
        ) -> CInt

    /// A message of TLS itself that a server may send at any time.
    enum Message {
        /// KeyUpdate, to which no answer is asked for (RFC 8446 section 4.6.3).
        case keyUpdate
        /// HelloRequest of TLS 1.2, which is answered by an alert (RFC 5246 section 7.4.1.1).
        case helloRequest
    }

    private let library: OpenSSL
    private let handle: UnsafeMutableRawPointer
    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer

    /// Whether the handshake is over.
    private(set) var isEstablished = false

    init(_ pair: TestCertificates.Pair, isVersion12: Bool) throws {
        library = try OpenSSLLibrary.load(path: nil)
        let names = OpenSSLLibrary.candidates(path: nil)
        handle = try Self.unwrap(names.lazy.compactMap { dlopen($0, RTLD_NOW | RTLD_LOCAL) }.first)
        let method: @convention(c) () -> OpaquePointer? = try Self.function("TLS_server_method", handle)
        let accept: @convention(c) (OpaquePointer?) -> Void = try Self.function("SSL_set_accept_state", handle)
        let select: @convention(c) (OpaquePointer?, SelectProtocol, UnsafeMutableRawPointer?) -> Void =
            try Self.function("SSL_CTX_set_alpn_select_cb", handle)
        context = try Self.unwrap(library.SSL_CTX_new(method()))
        // SSL_CTRL_SET_MAX_PROTO_VERSION
        if isVersion12 { _ = library.SSL_CTX_ctrl(context, 124, OpenSSL.version12, nil) }
        select(
            context,
            { _, selected, length, offered, _, _ in
                selected?.pointee = offered.map { $0 + 1 }
                length?.pointee = 2
                return 0
            }, nil)
        _ = library.SSL_CTX_use_certificate_chain_file(context, pair.certificate)
        _ = library.SSL_CTX_use_PrivateKey_file(context, pair.key, OpenSSL.filePEM)
        ssl = try Self.unwrap(library.SSL_new(context))
        input = try Self.unwrap(library.BIO_new(library.BIO_s_mem()))
        output = try Self.unwrap(library.BIO_new(library.BIO_s_mem()))
        library.SSL_set_bio(ssl, input, output)
        accept(ssl)
    }

    deinit {
        library.SSL_free(ssl)
        library.SSL_CTX_free(context)
        library.ERR_clear_error()
    }

    /// Takes bytes of the client and goes on with the handshake; returns the bytes for the client.
    func answer(_ bytes: [UInt8]) -> [UInt8] {
        _ = library.BIO_write(input, bytes, CInt(bytes.count))
        isEstablished = library.SSL_do_handshake(ssl) == 1
        return takeOutput()
    }

    /// Encrypts bytes for the client.
    func encrypt(_ bytes: [UInt8]) -> [UInt8] {
        _ = library.SSL_write(ssl, bytes, CInt(bytes.count))
        return takeOutput()
    }

    /// The bytes of that many messages.
    func messages(_ message: Message, count: Int) throws -> [UInt8] {
        let renegotiate: @convention(c) (OpaquePointer?) -> CInt = try Self.function("SSL_renegotiate", handle)
        let updateKey: @convention(c) (OpaquePointer?, CInt) -> CInt = try Self.function("SSL_key_update", handle)
        for _ in 0..<count {
            let isAccepted =
                switch message {
                case .keyUpdate: updateKey(ssl, 0) == 1
                case .helloRequest: renegotiate(ssl) == 1
                }
            guard isAccepted, library.SSL_do_handshake(ssl) == 1 else {
                throw RawServer.Failure(description: library.drainErrors())
            }
        }
        return takeOutput()
    }

    private func takeOutput() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: library.BIO_ctrl_pending(output))
        if !bytes.isEmpty { _ = library.BIO_read(output, &bytes, CInt(bytes.count)) }
        return bytes
    }

    private static func function<Function>(_ name: String, _ handle: UnsafeMutableRawPointer) throws -> Function {
        unsafeBitCast(try unwrap(dlsym(handle, name)), to: Function.self)
    }

    private static func unwrap<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw RawServer.Failure(description: "OpenSSL refuses") }
        return value
    }
}
