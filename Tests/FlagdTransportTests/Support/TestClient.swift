import FlagdHTTP2
import XCTest

@testable import FlagdTransport

/// Runs `body` with a connection to the server, and shuts it down whatever happens.
func withClient<Result>(
    _ endpoint: Endpoint, _ configuration: TransportConfiguration = TransportConfiguration(),
    events: EventRecorder = EventRecorder(), _ body: (HTTP2Client) async throws -> Result
) async throws -> Result {
    let client = try await HTTP2Client.connect(to: endpoint, configuration: configuration, onEvent: events.callback)
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}

/// The error of an attempt to connect; a failure of the test when there is none.
func connectError(
    _ endpoint: Endpoint, _ configuration: TransportConfiguration = TransportConfiguration(),
    file: StaticString = #filePath, line: UInt = #line
) async -> TransportError? {
    do {
        let client = try await HTTP2Client.connect(to: endpoint, configuration: configuration)
        await client.shutdown()
        XCTFail("connected to \(endpoint)", file: file, line: line)
        return nil
    } catch {
        return error
    }
}

/// A path in the temporary folder that fits into a socket address.
func temporarySocketPath() -> String {
    "/tmp/flagd-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
}

extension RawServer {
    /// The endpoint of a server that listens on 127.0.0.1.
    var endpoint: Endpoint { .hostPort(host: "127.0.0.1", port: port) }
}

extension HTTP2Client {
    /// Makes a request and waits for its end.
    func exchange(_ path: String = "/test", body: [UInt8] = []) async throws -> RecordingHandler.Record {
        let handler = RecordingHandler()
        _ = try post(path, body: body, handler: handler)
        return await handler.ended()
    }
}
