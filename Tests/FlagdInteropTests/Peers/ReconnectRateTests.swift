import Flagd
import FlagdTestSupport
import XCTest

/// However a server ends connections, it is not overrun by new ones, and it is not given up.
final class ReconnectRateTests: XCTestCase {
    private static let head = #"{"headers":[[":status","200"],["content-type","application/grpc"]]}"#
    /// A `SyncFlagsResponse` with the configuration `{"flags":{}}`.
    private static let message = #"{"data":"000000000e0a0c7b22666c616773223a7b7d7d"}"#
    private static let okay = #"{"headers":[["grpc-status","0"]],"end":true}"#

    /// Items 49, 53, 95, 102 and 103: the ways to end, and what is answered first.
    private static let scripts: [(name: String, steps: [String])] = [
        ("GOAWAY at once", [#"{"goaway":[0,0,""]}"#]),
        ("GOAWAY with an error", [#"{"goaway":[0,11,"calm"]}"#, #"{"close":true}"#]),
        ("GOAWAY too_many_pings", [#"{"goaway":[1,11,"too_many_pings"]}"#, #"{"close":true}"#]),
        ("close", [#"{"close":true}"#]),
        ("TCP reset", [#"{"reset":true}"#]),
        ("REFUSED_STREAM", [#"{"rst":7}"#]),
        ("ENHANCE_YOUR_CALM", [#"{"rst":11}"#]),
        ("NO_ERROR", [#"{"rst":0}"#]),
        ("OK without a message", [head, okay]),
        ("OK after a message", [head, message, okay]),
        ("a message, then close", [head, message, #"{"close":true}"#]),
        (
            "UNAVAILABLE",
            [#"{"headers":[[":status","200"],["content-type","application/grpc"],["grpc-status","14"]],"end":true}"#]
        ),
        (
            "UNIMPLEMENTED",
            [#"{"headers":[[":status","200"],["content-type","application/grpc"],["grpc-status","12"]],"end":true}"#]
        ),
        ("503", [#"{"headers":[[":status","503"],["content-type","text/html"]],"end":true}"#]),
        ("END_STREAM without trailers", [head, message, #"{"data":"","end":true}"#]),
        ("a protocol error", [#"{"headers":[["x","1"]]}"#, #"{"data":"00","end":true}"#]),
    ]

    private static func run(_ name: String, _ steps: [String]) async throws {
        let peer = try await ScriptedPeer.start(steps)
        var options = FlagdOptions(host: "127.0.0.1", port: peer.port)
        options.deadline = .milliseconds(1500)
        options.retryBackoff = .milliseconds(100)
        options.retryBackoffMax = .milliseconds(400)
        let provider = try FlagdProvider(options, environment: [:])
        do {
            try await provider.initialize()
            try await Task.sleep(for: .milliseconds(1500))
        } catch is FlagdError {}
        let connections = try await peer.connections()
        // Pauses of 100, 200, 400, 400 and 400 ms: six attempts, and half as many again for a timer's chance.
        XCTAssertGreaterThanOrEqual(connections, 3, name)
        XCTAssertLessThanOrEqual(connections, 9, name)
        await provider.shutdown()
        await peer.terminate()
    }

    func testItem49And53And95And102And103AttemptsArePaced() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for script in Self.scripts {
                group.addTask { try await Self.run(script.name, script.steps) }
            }
            try await group.waitForAll()
        }
    }
}
