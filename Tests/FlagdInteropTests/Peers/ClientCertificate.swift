import FlagdTestSupport

/// A client's certificate that an authority signed by way of an intermediate.
struct ClientCertificate: Sendable {
    /// The root's certificate, which a server is to trust.
    let authority: String
    /// The client's certificate and the intermediate's, in this order.
    let chain: String
    /// The client's certificate alone, which nobody can trust.
    let leaf: String
    /// The client's key.
    let key: String

    private let folder: TemporaryFolder

    /// Makes a new one with the `openssl` program.
    static func make() async throws -> ClientCertificate {
        let folder = try TemporaryFolder()
        try await make("root", in: folder, issuer: nil, isAuthority: true)
        try await make("middle", in: folder, issuer: "root", isAuthority: true)
        try await make("client", in: folder, issuer: "middle", isAuthority: false)
        let parts = try ["client", "middle"].map {
            try String(contentsOfFile: folder.path("\($0).pem"), encoding: .utf8)
        }
        try folder.write(parts.joined().utf8, to: "chain.pem")
        return ClientCertificate(
            authority: folder.path("root.pem"), chain: folder.path("chain.pem"), leaf: folder.path("client.pem"),
            key: folder.path("client.key"), folder: folder)
    }

    private static func make(
        _ name: String, in folder: TemporaryFolder, issuer: String?, isAuthority: Bool
    ) async throws {
        var arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj",
            "/CN=\(name)", "-addext", "basicConstraints=critical,CA:\(isAuthority ? "TRUE" : "FALSE")", "-keyout",
            folder.path("\(name).key"), "-out", folder.path("\(name).pem"),
        ]
        if let issuer { arguments += ["-CA", folder.path("\(issuer).pem"), "-CAkey", folder.path("\(issuer).key")] }
        let openssl = try ChildProcess(Tool.find("openssl"), arguments: arguments)
        guard try await openssl.waitForExit() == 0 else {
            throw ChildProcess.Failure(description: "openssl made no certificate: \(openssl.standardError)")
        }
    }
}
