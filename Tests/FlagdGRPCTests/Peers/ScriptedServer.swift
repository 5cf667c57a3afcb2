import FlagdGRPC
import FlagdTestSupport
import FlagdTransport
import Foundation

/// `Tests/Peers/scripted_server.py`: HTTP/2 frames by a script, for answers no real gRPC server gives.
final class ScriptedServer: Sendable {
    /// A frame the server received.
    struct Frame: Decodable, Equatable {
        let type: String
        let flags: Int
        let stream: Int
        let length: Int
        let payload: String
    }

    struct Answer: Decodable {
        let ok: Bool
        let error: String?
        let frames: [Frame]?
        let sent: Int?
        let requests: Int?
    }

    private struct Ready: Decodable {
        let port: Int
    }

    /// Steps that many scripts need.
    enum Step {
        static let head = #"{"headers":[[":status","200"],["content-type","application/grpc"],["x-head","1"]]}"#
        static let okay = #"{"headers":[["grpc-status","0"],["x-trail","2"]],"end":true}"#
        /// The message 01 02.
        static let message = #"{"data":"00000000020102"}"#
    }

    let process: ChildProcess
    let endpoint: Endpoint

    private init(_ process: ChildProcess, port: Int) {
        self.process = process
        endpoint = .hostPort(host: "127.0.0.1", port: port)
    }

    /// Starts a server whose requests get these scripts, each a list of steps.
    static func start(_ scripts: [[String]]) async throws -> ScriptedServer {
        let path = PackageLayout.root.appendingPathComponent("Tests/Peers/scripted_server.py").path
        let process = try ChildProcess(Tool.pythonWithGRPC(), arguments: ["-B", path])
        let ready = try JSONDecoder().decode(Ready.self, from: Data(try await process.line().utf8))
        let server = ScriptedServer(process, port: ready.port)
        try await server.play(scripts)
        return server
    }

    /// Changes the scripts, and forgets what came so far.
    func play(_ scripts: [[String]]) async throws {
        let list = scripts.map { "[\($0.joined(separator: ","))]" }.joined(separator: ",")
        try await command(#"{"cmd":"scripts","scripts":[\#(list)]}"#)
    }

    /// What came so far.
    func seen() async throws -> Answer {
        try await command(#"{"cmd":"frames"}"#)
    }

    /// Waits for a RST_STREAM, and gives its code.
    func resetCode(on stream: Int = 1) async throws -> String {
        var code = ""
        try await waitUntil("RST_STREAM") {
            let frame = try await self.seen().frames?.first { $0.type == "RST_STREAM" && $0.stream == stream }
            code = frame?.payload ?? ""
            return frame != nil
        }
        return code
    }

    func connect() async throws -> GRPCChannel {
        try await GRPCChannel.connect(to: endpoint)
    }

    @discardableResult
    private func command(_ line: String) async throws -> Answer {
        let answer = try await process.ask(line, as: Answer.self)
        guard answer.ok else { throw ChildProcess.Failure(description: "\(line): \(answer.error ?? "refused")") }
        return answer
    }
}
