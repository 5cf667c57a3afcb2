import FlagdTestSupport
import Foundation

/// `Tests/Peers/scripted_server.py`: HTTP/2 frames by a script, for answers no real gRPC server gives.
final class ScriptedPeer: Sendable {
    private struct Ready: Decodable {
        let port: Int
    }

    private struct Answer: Decodable {
        let ok: Bool
        let requests: Int?
        let connections: Int?
    }

    let port: Int
    private let process: ChildProcess

    private init(_ process: ChildProcess, port: Int) {
        self.process = process
        self.port = port
    }

    /// Starts a server whose every request gets this script, a list of JSON objects.
    static func start(_ script: [String]) async throws -> ScriptedPeer {
        let path = PackageLayout.root.appendingPathComponent("Tests/Peers/scripted_server.py").path
        let process = try ChildProcess(Tool.pythonWithGRPC(), arguments: ["-B", path])
        let ready = try JSONDecoder().decode(Ready.self, from: Data(try await process.line().utf8))
        let peer = ScriptedPeer(process, port: ready.port)
        _ = try await peer.command(#"{"cmd":"scripts","scripts":[[\#(script.joined(separator: ","))]]}"#)
        return peer
    }

    /// How many connections have come.
    func connections() async throws -> Int {
        try await command(#"{"cmd":"connections"}"#).connections ?? 0
    }

    /// Ends the server.
    func terminate() async { await process.terminate() }

    private func command(_ line: String) async throws -> Answer {
        try await process.ask(line, as: Answer.self)
    }
}
