/// What is wrong with the server's certificate, in words a reader can act on.
enum CertificateVerdict {
    /// The verdict of OpenSSL that nothing is wrong (`X509_V_OK`).
    static let valid = 0

    /// Words for a verdict of OpenSSL's chain verification (`X509_V_ERR_…` of x509_vfy.h).
    ///
    /// - Parameters:
    ///   - code: the verdict.
    ///   - reason: OpenSSL's own words for it.
    ///   - name: what the certificate had to be for.
    ///   - authorities: the file of the trusted authorities; nil for the system's.
    static func words(_ code: Int, reason: String, name: TLSServerName, authorities: String?) -> String {
        let words =
            switch code {
            case 9: "the server's certificate is not yet valid"
            case 10: "the server's certificate has expired"
            case 2, 18, 19, 20, 21:
                "the server's certificate is not signed by an authority of \(authorities ?? "the system") (unknown CA)"
            case 24, 79: "a certificate in the server's chain may not sign others (not a CA)"
            case 26: "the server's certificate is not for servers (wrong key usage)"
            case 23: "the server's certificate is revoked"
            case 62, 64: mismatch(name)
            default: "the server's certificate is refused"
            }
        return "\(words): \(reason)"
    }

    private static func mismatch(_ name: TLSServerName) -> String {
        switch name {
        case .dns(let host): "the server's certificate is not for the host name \"\(host)\""
        case .address(let address): "the server's certificate is not for the IP address \(address)"
        }
    }
}
