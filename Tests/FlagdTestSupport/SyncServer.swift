import Foundation

/// The flag sync server of `Tests/Peers/sync_server.py`: a real gRPC server (grpcio), told by commands what to answer.
public final class SyncServer: Sendable {
    /// A call the server has seen.
    public struct Call: Decodable, Sendable {
        /// The method's path.
        public let method: String
        /// The request's `provider_id`.
        public let providerId: String
        /// The request's `selector`.
        public let selector: String
        /// The request's metadata; `-bin` values in hexadecimal.
        public let metadata: [[String]]
        /// Seconds left of the deadline when the call came; nil without one.
        public let timeRemaining: Double?
        /// open, ended (by the server), gone (by the client or with the connection), failed, unimplemented.
        public let state: String

        /// The first value under a name.
        public func metadata(named name: String) -> String? {
            metadata.first { $0.first == name }?.last
        }
    }

    /// The answer to any command.
    public struct Answer: Decodable, Sendable {
        /// Whether the command was carried out.
        public let ok: Bool
        /// Why not.
        public let error: String?
        /// How many streams a command reached.
        public let streams: Int?
        /// The calls seen.
        public let calls: [Call]?
        /// How many streams are open.
        public let open: Int?
        /// The port, after a start.
        public let port: Int?
        /// The default variant a toggle has set.
        public let variant: String?
    }

    private struct Ready: Decodable {
        let ready: Bool
        let port: Int?
        let error: String?
    }

    /// The server's process: freeze it, thaw it, kill it.
    public let process: ChildProcess

    /// The port it listens on, on 127.0.0.1; 0 for a unix socket.
    public let port: Int

    /// Starts a server and waits until it listens.
    ///
    /// - Parameter arguments: Its options, such as `--port 8015`, `--unix PATH`, `--payload FILE`, `--tls-cert FILE`; see
    ///   `sync_server.py --help`.
    /// - Throws: a skip without a Python that has grpcio.
    public static func start(_ arguments: [String] = []) async throws -> SyncServer {
        let script = PackageLayout.root.appendingPathComponent("Tests/Peers/sync_server.py").path
        let process = try ChildProcess(Tool.pythonWithGRPC(), arguments: ["-B", script] + arguments)
        let line = try await process.line()
        let ready = try JSONDecoder().decode(Ready.self, from: Data(line.utf8))
        guard ready.ready, let port = ready.port else {
            throw ChildProcess.Failure(description: "the sync server does not listen: \(ready.error ?? line)")
        }
        return SyncServer(process, port: port)
    }

    private init(_ process: ChildProcess, port: Int) {
        self.process = process
        self.port = port
    }

    /// Sends a command, one JSON object in a line, and waits for its answer.
    ///
    /// - Throws: when the server refuses it.
    @discardableResult
    public func command(_ json: String) async throws -> Answer {
        let answer = try await process.ask(json, as: Answer.self)
        guard answer.ok else { throw ChildProcess.Failure(description: "\(json): \(answer.error ?? "refused")") }
        return answer
    }

    /// Sends a flag set to all open streams of a selector, and keeps it for later calls.
    ///
    /// - Returns: How many streams got it.
    @discardableResult
    public func push(_ payload: String, selector: String = "") async throws -> Int {
        let command = ["cmd": "push", "payload": payload, "selector": selector]
        let line = String(decoding: try JSONEncoder().encode(command), as: UTF8.self)
        return try await self.command(line).streams ?? 0
    }

    /// The calls seen so far.
    public func calls() async throws -> [Call] {
        try await command(#"{"cmd":"calls"}"#).calls ?? []
    }

    /// How many streams are open.
    public func openStreams() async throws -> Int {
        try await command(#"{"cmd":"calls"}"#).open ?? 0
    }

    /// Ends the server the gentle way.
    public func terminate() async {
        await process.terminate()
    }
}
