/// How a connection is encrypted and whom it trusts.
///
/// The server's certificate is always verified; there is no way to turn that off. Files are read anew for every connection, so that
/// rotated certificates are used from the next connection on.
package struct TLSConfiguration: Equatable, Sendable {
    /// A PEM file with the certificates of the authorities to trust.
    ///
    /// Default nil: those of the system.
    ///
    /// The system's are read once in the life of the process.
    package var certificateAuthorityPath: String?
    /// A PEM file with the client's certificate, followed by its intermediates.
    ///
    /// Default nil: no client certificate.
    package var clientCertificatePath: String?
    /// A PEM file with the key of the client's certificate, not encrypted.
    ///
    /// Default nil: the key is in ``clientCertificatePath``.
    package var clientKeyPath: String?
    /// The name or address to ask for (SNI) and to find in the certificate.
    ///
    /// Default nil: the host of ``TransportConfiguration/authority``, or else of the endpoint.
    package var serverName: String?
    /// The OpenSSL library, a file (`/usr/lib/libssl.so.3`) or the folder that holds it.
    ///
    /// Default nil: the system finds it.
    package var libraryPath: String?

    /// Makes a configuration; see the properties for the meaning and the defaults.
    package init(
        certificateAuthorityPath: String? = nil, clientCertificatePath: String? = nil, clientKeyPath: String? = nil,
        serverName: String? = nil, libraryPath: String? = nil
    ) {
        self.certificateAuthorityPath = certificateAuthorityPath
        self.clientCertificatePath = clientCertificatePath
        self.clientKeyPath = clientKeyPath
        self.serverName = serverName
        self.libraryPath = libraryPath
    }
}

/// Why TLS is not possible, in words.
struct TLSFailure: Error, Equatable {
    let cause: String

    init(_ cause: String) {
        self.cause = cause
    }
}
