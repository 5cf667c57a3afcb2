import XCTest

@testable import Flagd

final class FlagdProviderTests: XCTestCase {
    private let time = ManualTimekeeper()

    private func provider(
        _ sources: any FlagSource..., options: FlagdOptions = FlagdOptions()
    ) throws -> FlagdProvider {
        var options = options
        options.sources = sources
        return try FlagdProvider(options, environment: [:], timekeeper: time)
    }

    func testBecomesReadyAndTellsChanges() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["a": true, "b": false]))
        let provider = try provider(source)
        XCTAssertEqual(provider.name, "flagd")
        XCTAssertEqual(provider.status, .notReady)
        XCTAssertEqual(provider.resolveBoolean("a", default: false).errorCode, .providerNotReady)

        try await provider.initialize()
        XCTAssertEqual(provider.status, .ready)
        XCTAssertTrue(provider.booleanValue("a", default: false))
        var events = provider.events.makeAsyncIterator()
        let first = await events.next()
        XCTAssertEqual(first, .ready)

        source.set(FlagSetText.booleans(["a": false, "c": true, "b": false]))
        let change = await events.next()
        XCTAssertEqual(change, .configurationChanged(flagsChanged: ["a", "c"]))
        XCTAssertFalse(provider.booleanValue("a", default: true))

        await provider.shutdown()
        XCTAssertEqual(provider.status, .notReady)
        let end = await events.next()
        XCTAssertNil(end)
        XCTAssertEqual(provider.resolveBoolean("a", default: true).errorCode, .providerNotReady)
    }

    func testFlagSetIsPublishedBeforeItsEvent() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["flag": false]))
        let provider = try provider(source)
        let events = provider.events
        try await provider.initialize()
        var iterator = events.makeAsyncIterator()
        _ = await iterator.next()
        for round in 1...50 {
            source.set(FlagSetText.booleans(["flag": round % 2 == 1]))
            let event = await iterator.next()
            XCTAssertEqual(event, .configurationChanged(flagsChanged: ["flag"]))
            XCTAssertEqual(provider.booleanValue("flag", default: round % 2 == 0), round % 2 == 1)
        }
        await provider.shutdown()
    }

    func testInitializationFailsAtTheDeadlineAndGoesOn() async throws {
        let source = InMemoryFlagSource(label: "memory")
        let provider = try provider(source, options: FlagdOptions(deadline: .seconds(3)))
        let events = provider.events
        async let initialization: Void = provider.initialize()
        let isWaiting = await eventually { time.deadlines == [.seconds(3)] }
        XCTAssertTrue(isWaiting)
        source.send(.attemptFailed(FlagSourceFailure(statusCode: "UNAVAILABLE", message: "connection refused")))
        let isRetried = await eventually { provider.failedAttempts == 1 }
        XCTAssertTrue(isRetried)
        time.advance(by: .seconds(3))
        do {
            try await initialization
            XCTFail("no flag set ever came")
        } catch let error as FlagdError {
            XCTAssertEqual(error.code, .notReady)
            XCTAssertEqual(error.message, "memory: UNAVAILABLE: connection refused (1 failed attempt)")
        }
        XCTAssertEqual(provider.status, .error)
        XCTAssertEqual(provider.resolveBoolean("a", default: true).errorCode, .providerNotReady)

        source.set(FlagSetText.booleans(["a": true]))
        let isReady = await eventually { provider.status == .ready }
        XCTAssertTrue(isReady)
        var iterator = events.makeAsyncIterator()
        let error = await iterator.next()
        XCTAssertEqual(
            error,
            .error(
                code: .providerNotReady, message: "memory: UNAVAILABLE: connection refused (1 failed attempt)"))
        let ready = await iterator.next()
        XCTAssertEqual(ready, .ready)
        let change = await iterator.next()
        XCTAssertEqual(change, .configurationChanged(flagsChanged: ["a"]))
        await provider.shutdown()
    }
}
