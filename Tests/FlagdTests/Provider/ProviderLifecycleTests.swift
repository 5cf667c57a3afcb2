import Dispatch
import FlagdTestSupport
import Synchronization
import XCTest

@testable import Flagd

/// Initialization, cancellation, shutdown and what comes after it.
final class ProviderLifecycleTests: XCTestCase {
    private let time = ManualTimekeeper()

    private func provider(
        _ sources: any FlagSource..., options: FlagdOptions = FlagdOptions(), recorder: Recorder? = nil
    ) throws -> FlagdProvider {
        var options = options
        options.sources = sources
        if let recorder {
            options.logger = recorder
            options.observers = [recorder]
        }
        return try FlagdProvider(options, environment: [:], timekeeper: time)
    }

    /// A source that says nothing, counts its runs and heeds its cancellation, or not.
    private final class SilentSource: FlagSource {
        let label = "silent"
        let runs = Atomic<Int>(0)
        let running = Atomic<Int>(0)
        let heedsCancellation: Bool
        let release = Gate()

        init(heedsCancellation: Bool = true) { self.heedsCancellation = heedsCancellation }

        func run(_ yield: @escaping @Sendable (FlagSourceEvent) -> Void) async throws {
            runs.wrappingAdd(1, ordering: .relaxed)
            running.wrappingAdd(1, ordering: .relaxed)
            defer { running.wrappingSubtract(1, ordering: .relaxed) }
            if heedsCancellation {
                try? await Task.sleep(for: .seconds(3600))
            } else {
                await release.wait()
            }
        }
    }

    // MARK: Initialization

    func testConcurrentInitializationsAreOne() async throws {
        let source = SilentSource()
        let flags = InMemoryFlagSource()
        let provider = try provider(source, flags)
        let waiting = (0..<5).map { _ in Task { try await provider.initialize() } }
        // All of them: one that came after the deadline would begin anew.
        try await waitUntil("all wait") { provider.engine.state.withLock { $0.waiters.count } == 5 }
        try await waitUntil("the source runs") { source.runs.load(ordering: .relaxed) == 1 }
        time.advance(by: .milliseconds(500))
        for task in waiting {
            let result = await task.result
            guard case .failure(let error as FlagdError) = result else { return XCTFail("\(result)") }
            XCTAssertEqual(error.code, .notReady)
        }
        XCTAssertEqual(source.runs.load(ordering: .relaxed), 1)
        await provider.shutdown()
    }

    func testFailedInitializationIsRepeatedWhileTryingGoesOn() async throws {
        let source = InMemoryFlagSource()
        let provider = try provider(source)
        for _ in 0..<2 {
            let initialization = Task { try await provider.initialize() }
            try await waitUntil("the deadline runs") { !time.deadlines.isEmpty }
            time.advance(by: .milliseconds(500))
            let result = await initialization.result
            guard case .failure(let error as FlagdError) = result else { return XCTFail("\(result)") }
            XCTAssertEqual(error.code, .notReady)
        }
        let initialization = Task { try await provider.initialize() }
        try await waitUntil("the deadline runs") { !time.deadlines.isEmpty }
        source.set(FlagSetText.booleans(["a": true]))
        try await initialization.value
        XCTAssertEqual(provider.status, .ready)
        try await provider.initialize()
        await provider.shutdown()
    }

    func testCancelledInitializationLeavesNothing() async throws {
        let source = SilentSource()
        let provider = try provider(source)
        let initialization = Task { try await provider.initialize() }
        try await waitUntil("the source runs") { source.running.load(ordering: .relaxed) == 1 }
        initialization.cancel()
        let result = await initialization.result
        guard case .failure(let error as FlagdError) = result else { return XCTFail("\(result)") }
        XCTAssertEqual(error.code, .cancelled)
        try await waitUntil("the source has ended") { source.running.load(ordering: .relaxed) == 0 }
        XCTAssertEqual(provider.status, .notReady)
        try await waitUntil("no timer is left") { time.deadlines.isEmpty }
    }

    func testCancellingOneOfTwoLeavesTheOther() async throws {
        let source = InMemoryFlagSource()
        let provider = try provider(source)
        let one = Task { try await provider.initialize() }
        let two = Task { try await provider.initialize() }
        try await waitUntil("both wait") { provider.engine.state.withLock { $0.waiters.count } == 2 }
        one.cancel()
        let result = await one.result
        guard case .failure = result else { return XCTFail("\(result)") }
        source.set(FlagSetText.booleans(["a": true]))
        try await two.value
        XCTAssertEqual(provider.status, .ready)
        await provider.shutdown()
    }

    func testAlreadyCancelledTaskDoesNotStart() async throws {
        let source = SilentSource()
        let provider = try provider(source)
        let gate = Gate()
        let initialization = Task {
            await gate.wait()
            try await provider.initialize()
        }
        initialization.cancel()
        gate.open()
        let result = await initialization.result
        guard case .failure(let error as FlagdError) = result else { return XCTFail("\(result)") }
        XCTAssertEqual(error.code, .cancelled)
        XCTAssertEqual(source.runs.load(ordering: .relaxed), 0)
    }

    func testFatalCodeFailsTheInitializationAndReleasesTheSource() async throws {
        let source = InMemoryFlagSource()
        let silent = SilentSource()
        let provider = try provider(
            source, silent, options: FlagdOptions(fatalStatusCodes: ["permission_denied"]))
        let events = provider.events
        let initialization = Task { try await provider.initialize() }
        try await waitUntil("the source runs") { silent.running.load(ordering: .relaxed) == 1 }
        source.fail(FlagSourceFailure(statusCode: "PERMISSION_DENIED", message: "no"))
        let result = await initialization.result
        guard case .failure(let error as FlagdError) = result else { return XCTFail("\(result)") }
        XCTAssertEqual(error.code, .fatal)
        XCTAssertEqual(provider.status, .fatal)
        XCTAssertEqual(provider.resolveBoolean("a", default: true).errorCode, .providerFatal)
        try await waitUntil("the source has ended") { silent.running.load(ordering: .relaxed) == 0 }
        var iterator = events.makeAsyncIterator()
        guard case .error(.providerFatal, _) = await iterator.next() else { return XCTFail("no fatal event") }
        await provider.shutdown()
        XCTAssertEqual(provider.status, .notReady)
    }

    // MARK: Shutdown

    func testShutdownEndsWaitingInitializations() async throws {
        let source = SilentSource()
        let provider = try provider(source)
        let initialization = Task { try await provider.initialize() }
        try await waitUntil("the source runs") { source.running.load(ordering: .relaxed) == 1 }
        await provider.shutdown()
        let result = await initialization.result
        guard case .failure(let error as FlagdError) = result else { return XCTFail("\(result)") }
        XCTAssertEqual(error.code, .cancelled)
        XCTAssertEqual(source.running.load(ordering: .relaxed), 0)
    }

    func testShutdownIsIdempotentAndSilent() async throws {
        let recorder = Recorder()
        let source = InMemoryFlagSource(FlagSetText.booleans(["a": true]))
        let provider = try provider(source, recorder: recorder)
        try await provider.initialize()
        let subscriber = provider.events
        async let first: Void = provider.shutdown()
        async let second: Void = provider.shutdown()
        _ = await (first, second)
        await provider.shutdown()
        let (lines, reports) = (recorder.lines, recorder.reports)
        source.set(FlagSetText.booleans(["a": false]))
        source.fail(FlagSourceFailure(message: "x"))
        time.advance(by: .seconds(100))
        for _ in 0..<100 { await Task.yield() }
        XCTAssertEqual(recorder.lines, lines)
        XCTAssertEqual(recorder.reports, reports)
        var iterator = subscriber.makeAsyncIterator()
        let event = await iterator.next()
        XCTAssertNil(event)
        XCTAssertEqual(time.deadlines, [])
        XCTAssertEqual(provider.engine.state.withLock { $0.activeTasks }, 0)
    }

    func testShutdownIsBoundedWhenASourceDoesNotEnd() async throws {
        let source = SilentSource(heedsCancellation: false)
        let provider = try provider(source)
        let initialization = Task { try await provider.initialize() }
        try await waitUntil("the source runs") { source.running.load(ordering: .relaxed) == 1 }
        let shutdown = Task { await provider.shutdown() }
        _ = await initialization.result
        try await waitUntil("the limit runs") { time.deadlines == [ProviderEngine.shutdownLimit] }
        time.advance(by: ProviderEngine.shutdownLimit)
        await shutdown.value
        XCTAssertEqual(source.running.load(ordering: .relaxed), 1)
        source.release.open()
    }

    func testNothingIsToldAfterAShutdownThatASlowLoggerOutlives() async throws {
        final class Slow: FlagdLogger {
            let isBlocked = Atomic(false)
            let lines = Atomic<Int>(0)
            let release = DispatchSemaphore(value: 0)

            func log(_ level: FlagdLogLevel, _ message: String) {
                lines.wrappingAdd(1, ordering: .relaxed)
                isBlocked.store(true, ordering: .relaxed)
                release.wait()
            }
        }
        let logger = Slow()
        var options = FlagdOptions()
        options.logger = logger
        let provider = try provider(InMemoryFlagSource(FlagSetText.booleans(["a": true])), options: options)
        let initialization = Task { try? await provider.initialize() }
        try await waitUntil("the logger blocks") { logger.isBlocked.load(ordering: .relaxed) }
        let shutdown = Task { await provider.shutdown() }
        try await waitUntil("the limit runs") { time.deadlines == [ProviderEngine.shutdownLimit] }
        time.advance(by: ProviderEngine.shutdownLimit)
        await shutdown.value
        for _ in 0..<10 { logger.release.signal() }
        _ = await initialization.value
        try await waitUntil("every task has ended") { provider.engine.state.withLock { $0.activeTasks } == 0 }
        XCTAssertEqual(logger.lines.load(ordering: .relaxed), 1)
    }

    func testShutdownEndsWhatAnInitializationBeganBesideAnother() async throws {
        let source = SilentSource(heedsCancellation: false)
        let provider = try provider(source)
        let engine = provider.engine
        let initialization = Task { try await provider.initialize() }
        try await waitUntil("the source runs") { source.running.load(ordering: .relaxed) == 1 }
        engine.close()
        _ = await initialization.result
        // One that had seen no shutdown yet.
        engine.update { $0.machine.initialize(now: .zero) }
        XCTAssertTrue(engine.state.withLock { $0.machine.isTrying })
        engine.close()
        XCTAssertFalse(engine.state.withLock { $0.machine.isTrying })
        source.release.open()
    }

    func testWorksAgainAfterShutdown() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["a": true]))
        let provider = try provider(source)
        for _ in 0..<20 {
            try await provider.initialize()
            XCTAssertTrue(provider.booleanValue("a", default: false))
            XCTAssertEqual(provider.flags.map(\.key), ["a"])
            XCTAssertEqual(provider.flagCount, 1)
            await provider.shutdown()
            XCTAssertFalse(provider.booleanValue("a", default: false))
            XCTAssertEqual(provider.flagCount, 0)
        }
    }

    func testProviderThatIsLetGoEndsItsWork() async throws {
        let source = SilentSource()
        let weakly: () -> Bool
        do {
            let provider = try provider(source, InMemoryFlagSource())
            let events = provider.events
            let initialization = Task { [engine = provider.engine] in try? await engine.initialize() }
            try await waitUntil("the source runs") { source.running.load(ordering: .relaxed) == 1 }
            time.advance(by: .milliseconds(500))
            await initialization.value
            weak let engine = provider.engine
            weakly = { engine == nil }
            withExtendedLifetime(events) {}
        }
        try await waitUntil("the source has ended") { source.running.load(ordering: .relaxed) == 0 }
        try await waitUntil("the engine is gone") { weakly() }
    }

    func testManyTasksInitializeAndShutDownAtOnce() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["a": true]))
        var options = FlagdOptions()
        options.sources = [source]
        let provider = try FlagdProvider(options, environment: [:])
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    if number % 4 == 3 { await provider.shutdown() } else { try? await provider.initialize() }
                    _ = provider.booleanValue("a", default: false)
                    _ = provider.events
                    source.set(FlagSetText.booleans(["a": number % 2 == 0]))
                }
            }
        }
        await provider.shutdown()
        XCTAssertEqual(provider.status, .notReady)
        try await waitUntil("every task has ended") { provider.engine.state.withLock { $0.activeTasks } == 0 }
    }

    // MARK: run

    func testRunWorksUntilItIsCancelled() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["a": true]))
        let provider = try provider(source)
        let service = Task { try await provider.run() }
        try await waitUntil("ready") { provider.status == .ready }
        service.cancel()
        try await service.value
        XCTAssertEqual(provider.status, .notReady)
    }

    func testRunOutlivesAServerThatIsNotThereYet() async throws {
        let source = InMemoryFlagSource()
        let provider = try provider(source)
        let service = Task { try await provider.run() }
        try await waitUntil("the deadline runs") { !time.deadlines.isEmpty }
        time.advance(by: .milliseconds(500))
        try await waitUntil("error") { provider.status == .error }
        source.set(FlagSetText.booleans(["a": true]))
        try await waitUntil("ready") { provider.status == .ready }
        service.cancel()
        try await service.value
    }

    func testRunThrowsWhenGivenUpForGood() async throws {
        for isLate in [false, true] {
            let source = InMemoryFlagSource()
            let provider = try provider(source, options: FlagdOptions(fatalStatusCodes: ["7"]))
            let service = Task { try await provider.run() }
            let deadline = time.now + .milliseconds(500)
            try await waitUntil("the deadline runs") { time.deadlines == [deadline] }
            if isLate {
                time.advance(by: .milliseconds(500))
                try await waitUntil("error") { provider.status == .error }
            }
            source.fail(FlagSourceFailure(statusCode: "PERMISSION_DENIED", message: "no"))
            let result = await service.result
            guard case .failure(let error as FlagdError) = result else { return XCTFail("\(result)") }
            XCTAssertEqual(error.code, .fatal)
        }
    }
}
