import Synchronization
import XCTest

@testable import Flagd

final class InMemoryFlagSourceTests: XCTestCase {
    /// What a reader was told, in words.
    private final class Log: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func add(_ event: FlagSourceEvent) {
            let line =
                switch event {
                case .payload(let payload): String(decoding: payload.bytes, as: UTF8.self)
                case .lost(let failure): "lost \(failure)"
                case .attemptFailed(let failure): "failed \(failure)"
                case .reconnecting(let reason): "anew \(reason)"
                }
            lines.withLock { $0.append(line) }
        }
    }

    func testEveryReaderGetsTheCurrentSetThenEveryChange() async throws {
        let source = InMemoryFlagSource("1")
        let logs = [Log(), Log()]
        let readers = logs.map { log in Task { try await source.run { log.add($0) } } }
        for log in logs {
            let hasFirst = await eventually { log.all == ["1"] }
            XCTAssertTrue(hasFirst)
        }
        source.set("2")
        source.fail(FlagSourceFailure(statusCode: "UNAVAILABLE", message: "x"))
        source.send(.reconnecting(reason: "y"))
        for log in logs {
            let hasAll = await eventually { log.all == ["1", "2", "lost UNAVAILABLE: x", "anew y"] }
            XCTAssertTrue(hasAll)
        }
        for reader in readers {
            reader.cancel()
            try await reader.value
        }
        source.set("3")
        XCTAssertEqual(logs[0].all.count, 4)
    }

    func testLateReaderFindsTheLoss() async throws {
        let source = InMemoryFlagSource("1")
        source.fail(FlagSourceFailure(message: "gone"))
        let log = Log()
        let reader = Task { try await source.run { log.add($0) } }
        let hasLoss = await eventually { log.all == ["lost gone"] }
        XCTAssertTrue(hasLoss)
        reader.cancel()
        try await reader.value
    }
}
