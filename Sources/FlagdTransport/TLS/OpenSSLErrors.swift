/// The error queue of OpenSSL, which belongs to the calling thread.
extension OpenSSL {
    /// How many errors a message names.
    private static let maximumErrors = 4

    /// Takes all errors out of the queue and puts them into words; with hints for what users meet most.
    func drainErrors() -> String {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            if code == 0 { break }
            let reason = reason(of: code)
            if !reasons.contains(reason), reasons.count < Self.maximumErrors { reasons.append(reason) }
        }
        guard !reasons.isEmpty else { return "no reason given" }
        let text = reasons.joined(separator: ", ")
        guard let hint = Self.hints.first(where: { text.contains($0.reason) }) else { return text }
        return "\(hint.words) (\(text))"
    }

    private func reason(of code: CUnsignedLong) -> String {
        if let words = unsafe ERR_reason_error_string(code) { return unsafe String(cString: words) }
        var text = [CChar](repeating: 0, count: 256)
        unsafe ERR_error_string_n(code, &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// OpenSSL's words for common failures, and words that say what to do.
    private static let hints: [(reason: String, words: String)] = [
        ("no application protocol", "the server does not offer HTTP/2 (ALPN h2)"),
        ("certificate required", "the server wants a client certificate"),
        ("unknown ca", "the server does not trust the client certificate"),
        ("bad certificate", "the server refuses the client certificate"),
        ("certificate expired", "the server says that the client certificate has expired"),
        ("protocol version", "the server offers no TLS version from 1.2 on"),
        ("unsupported protocol", "the server offers no TLS version from 1.2 on"),
        ("handshake failure", "the server found nothing in common: cipher suites or a client certificate"),
        ("password", "the key is encrypted, which is not supported"),
        ("key values mismatch", "certificate and key do not belong together"),
    ]
}
