import Flagd
import FlagdTestSupport
import Foundation

/// What a scenario's provider gets its flags from, and what happens to it.
protocol LifecycleSource: Sendable {
    /// Sets the options that lead to the source.
    func connect(_ options: inout FlagdOptions)
    /// Takes the source away for a time and brings it back.
    func lose(for time: Duration) async throws
    /// Exchanges the default variant of `changing-flag`.
    func modify() async throws
    /// Ends the source.
    func end() async
}

/// A sync server that can be killed and started again on its port.
actor LifecycleServer: LifecycleSource {
    private var server: SyncServer
    private let arguments: [String]
    private let certificate: SelfSignedCertificate?
    private let folder: TemporaryFolder
    private nonisolated let connection: @Sendable (inout FlagdOptions) -> Void

    /// Starts a server of the kind that a step names: stable, ssl, socket, syncpayload, forbidden or unavailable.
    init(_ kind: String) async throws {
        folder = try TemporaryFolder()
        certificate = kind == "ssl" ? try await SelfSignedCertificate.make() : nil
        let context = #"{"injectedmetadata":"set"}"#
        var arguments = ["--payload", try SharedData.file("testbed/wire/default.json").path, "--context", context]
        if kind != "syncpayload" { arguments += ["--metadata", context] }
        if let certificate { arguments += ["--tls-cert", certificate.certificate, "--tls-key", certificate.key] }
        let socket = kind == "socket" ? folder.path("sync.sock") : nil
        if let socket { arguments += ["--unix", socket] }
        server = try await SyncServer.start(arguments)
        if kind == "forbidden" { try await server.command(#"{"cmd":"mode","permissionDenied":true}"#) }
        if kind == "unavailable" { await server.terminate() }
        self.arguments = arguments
        let port = server.port
        let authority = certificate?.certificate
        connection = { options in
            options.host = "127.0.0.1"
            if socket == nil { options.port = port }
            options.socketPath = socket
            if let authority { (options.tls, options.certPath) = (true, authority) }
            options.targetURI = options.targetURI?.replacingOccurrences(of: "<port>", with: String(port))
        }
    }

    nonisolated func connect(_ options: inout FlagdOptions) { connection(&options) }

    func lose(for time: Duration) async throws {
        let port = server.port
        server.process.kill()
        try await Task.sleep(for: time)
        server = try await SyncServer.start(arguments + ["--port", String(port)])
    }

    func modify() async throws { try await server.command(#"{"cmd":"toggle","flag":"changing-flag"}"#) }

    func end() async { await server.terminate() }
}

/// A flag file that can be taken away and put back.
struct LifecycleFile: LifecycleSource {
    private let folder: TemporaryFolder
    private let path: String
    private let bytes: [UInt8]

    /// Writes the file, unless the kind is unavailable.
    init(_ kind: String) throws {
        folder = try TemporaryFolder()
        bytes = try SharedData.bytes("testbed/flags/allFlags.json")
        path = folder.path("flags.json")
        if kind != "unavailable" { try folder.write(bytes, to: "flags.json") }
    }

    func connect(_ options: inout FlagdOptions) { options.offlineFlagSourcePath = path }

    func lose(for time: Duration) async throws {
        try FileManager.default.removeItem(atPath: path)
        try await Task.sleep(for: time)
        try folder.write(bytes, to: "flags.json")
    }

    func modify() async throws {
        let changing = #""changing-flag": {"#
        let text = String(decoding: bytes, as: UTF8.self)
        guard let start = text.range(of: changing)?.upperBound,
            let variant = text.range(of: #""defaultVariant": "foo""#, range: start..<text.endIndex)
        else { throw SharedData.DamagedData("allFlags.json has no changing-flag whose default variant is foo") }
        try folder.write(
            text.replacingCharacters(in: variant, with: #""defaultVariant": "bar""#).utf8, to: "flags.json")
    }

    func end() async {}
}
