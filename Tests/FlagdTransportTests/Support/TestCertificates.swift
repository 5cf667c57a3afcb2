import FlagdTestSupport
import Foundation

/// Certificates made with the `openssl` program, once per process: real ones, and every kind of bad one.
struct TestCertificates {
    private static let made: Result<TestCertificates, any Error> = Result {
        atexit { (try? made.get())?.folder.remove() }
        return try TestCertificates()
    }

    /// The certificates; without the `openssl` program the test is skipped.
    static func shared() throws -> TestCertificates { try made.get() }

    /// A certificate (with its intermediates, if any) and its key, PEM files both.
    struct Pair {
        let certificate: String
        let key: String
    }

    let folder: TemporaryFolder
    /// The authority that signed the good ones.
    let authority: String
    /// Another authority.
    let otherAuthority: String

    private let openssl: URL

    private init() throws {
        openssl = try Tool.find("openssl")
        folder = try TemporaryFolder()
        authority = folder.path("ca.pem")
        otherAuthority = folder.path("other.pem")
        try folder.write("".utf8, to: "index.txt")
        try folder.write(
            """
            [ca]
            default_ca = test
            [test]
            database = \(folder.path("index.txt"))
            new_certs_dir = \(folder.url.path)
            rand_serial = yes
            unique_subject = no
            default_md = sha256
            policy = any
            [any]
            commonName = supplied
            [req]
            distinguished_name = name
            [name]
            """.utf8, to: "ca.cnf")
        try makeAuthority("ca")
        try makeAuthority("other")
        let names = "subjectAltName=DNS:localhost,DNS:flagd.test,IP:127.0.0.1,IP:::1"
        try make("good", [names])
        try make("expired", [names], from: "20200101000000Z", to: "20200201000000Z")
        try make("notyet", [names], from: "20450101000000Z", to: "20480201000000Z")
        try make("othername", ["subjectAltName=DNS:other.test,IP:192.0.2.1"])
        try make("namesonly", ["subjectAltName=DNS:localhost"])
        try make("cnonly", ["basicConstraints=CA:FALSE"], subject: "/CN=localhost")
        try make("wildcard", ["subjectAltName=DNS:*.flagd.test"])
        try make("clientusage", [names, "extendedKeyUsage=clientAuth"])
        try make("client", ["extendedKeyUsage=clientAuth"], subject: "/CN=client")
        try make("unknown", [names], issuer: "other")
        try make("intermediate", ["basicConstraints=critical,CA:TRUE"], subject: "/CN=Intermediate")
        try make("chained", [names], issuer: "intermediate")
        try make("notanauthority", ["basicConstraints=critical,CA:FALSE"], subject: "/CN=Not an authority")
        try make("badissuer", [names], issuer: "notanauthority")
        for (leaf, issuer) in [("chained", "intermediate"), ("badissuer", "notanauthority")] {
            let both = try [leaf, issuer].map { try String(contentsOfFile: folder.path("\($0).pem"), encoding: .utf8) }
            try folder.write(both.joined().utf8, to: "\(leaf).pem")
        }
        try run([
            "req", "-x509", "-config", folder.path("ca.cnf"), "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", folder.path("selfsigned.key"), "-out", folder.path("selfsigned.pem"), "-days", "30",
            "-subj", "/CN=localhost", "-addext", names,
        ])
        try run([
            "ec", "-in", folder.path("client.key"), "-aes128", "-passout", "pass:secret", "-out",
            folder.path("encrypted.key"),
        ])
    }

    /// A pair by its name.
    func pair(_ name: String) -> Pair {
        Pair(certificate: folder.path("\(name).pem"), key: folder.path("\(name).key"))
    }

    private func makeAuthority(_ name: String) throws {
        try run([
            "req", "-x509", "-config", folder.path("ca.cnf"), "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", folder.path("\(name).key"), "-out", folder.path("\(name).pem"), "-days", "30",
            "-subj", "/CN=Test \(name)", "-addext", "basicConstraints=critical,CA:TRUE",
        ])
    }

    private func make(
        _ name: String, _ extensions: [String], subject: String = "/CN=Test", issuer: String = "ca",
        from: String = "20240101000000Z", to: String = "20490101000000Z"
    ) throws {
        let request = folder.path("\(name).csr")
        try run([
            "req", "-new", "-config", folder.path("ca.cnf"), "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", folder.path("\(name).key"), "-out", request, "-subj", subject,
        ])
        let file = try folder.write((extensions.joined(separator: "\n") + "\n").utf8, to: "\(name).ext")
        try run([
            "ca", "-batch", "-notext", "-config", folder.path("ca.cnf"), "-cert", folder.path("\(issuer).pem"),
            "-keyfile", folder.path("\(issuer).key"), "-in", request, "-out", folder.path("\(name).pem"),
            "-startdate", from, "-enddate", to, "-extfile", file,
        ])
    }

    private func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = openssl
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw RawServer.Failure(
                description: "openssl \(arguments.joined(separator: " ")): \(String(decoding: text, as: UTF8.self))")
        }
    }
}
