import FlagdTestSupport
import Synchronization
import XCTest

@testable import Flagd
@testable import FlagdTransport

final class SyncDriverTests: XCTestCase {
    /// Item 98: after a server has forbidden the pings, each connection pings half as often as the one before.
    func testItem98PingsLessOftenWhenForbidden() async throws {
        let server = try await SyncServer.start()
        let options = FlagdOptions(
            host: "127.0.0.1", port: server.port, retryBackoff: .milliseconds(50), retryBackoffMax: .milliseconds(50))
        var settings = try XCTUnwrap(
            SyncSettings(EffectiveConfiguration(options, environment: [:]), options: options))
        settings.transport.keepAlive = KeepAliveConfiguration(time: .milliseconds(50))
        settings.transport.keepAlive.floor = .zero
        let source = GRPCFlagSource(settings)
        let starts = Mutex<[ContinuousClock.Instant]>([])
        let running = Task {
            try await source.run { event in
                guard case .payload = event else { return }
                starts.withLock { $0.append(.now) }
            }
        }
        try await waitUntil("four streams") { starts.withLock { $0.count } >= 4 }
        running.cancel()
        try await running.value
        // grpcio takes two pings too many before it says so: the third stream is left after three intervals of 200 ms.
        let times = starts.withLock(\.self)
        XCTAssertGreaterThan(times[3] - times[2], .milliseconds(550))
        await server.terminate()
    }
}
