import Foundation

/// A certificate that is its own authority, for `localhost` and the loopback addresses, made with the `openssl` program.
public struct SelfSignedCertificate: Sendable {
    /// The certificate, PEM, and at the same time the file of authorities that trusts it.
    public let certificate: String
    /// Its key, PEM.
    public let key: String

    private let folder: TemporaryFolder

    /// The `openssl` program failed.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Makes a new one; its files go with the last reference.
    ///
    /// - Throws: a skip without the `openssl` program.
    public static func make() async throws -> SelfSignedCertificate {
        let folder = try TemporaryFolder()
        let made = SelfSignedCertificate(
            certificate: folder.path("certificate.pem"), key: folder.path("key.pem"), folder: folder)
        let openssl = try ChildProcess(
            Tool.find("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=flagd-swift tests", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1",
                "-keyout", made.key, "-out", made.certificate,
            ])
        guard try await openssl.waitForExit() == 0 else {
            throw Failure(description: "openssl made no certificate: \(openssl.standardError)")
        }
        return made
    }
}
