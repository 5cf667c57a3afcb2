import FlagdTestSupport
import Foundation
import Synchronization
import XCTest

@testable import Flagd

/// What becomes of payloads and of failures.
final class ProviderUpdatesTests: XCTestCase {
    private let time = ManualTimekeeper()
    private let recorder = Recorder()

    private func provider(
        _ sources: any FlagSource..., change: (inout FlagdOptions) -> Void = { _ in }
    ) throws -> FlagdProvider {
        var options = FlagdOptions(sources: sources)
        options.logger = recorder
        options.observers = [recorder]
        change(&options)
        return try FlagdProvider(options, environment: [:], timekeeper: time)
    }

    private func payload(
        _ text: String, confirmation: (@Sendable () async -> ArraySlice<UInt8>?)? = nil
    ) -> FlagSourcePayload {
        FlagSourcePayload(bytes: Array(text.utf8)[...], confirmation: confirmation)
    }

    // MARK: Payloads

    func testIdenticalPayloadCostsNoParseAndGivesNoEvent() async throws {
        let flags = FlagSetText.booleans(["a": true])
        let source = InMemoryFlagSource(flags)
        let provider = try provider(source)
        try await provider.initialize()
        let set = provider.evaluator.current
        source.set(flags)
        try await waitUntil("it is processed") { recorder.reports.count == 3 }
        XCTAssertTrue(provider.evaluator.current === set)
        XCTAssertEqual(
            recorder.reports,
            [
                "payload in-memory applied, 0 flags changed", "NOT_READY > READY", "payload in-memory is the last one",
            ])
        await provider.shutdown()
    }

    func testUnusablePayloadKeepsTheLastSet() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["a": true]))
        let provider = try provider(source)
        try await provider.initialize()
        for _ in 0..<3 { source.set(FlagSetText.broken) }
        try await waitUntil("it is processed") { provider.diagnostics.count == 1 }
        XCTAssertEqual(provider.diagnostics.first?.severity, .error)
        XCTAssertEqual(provider.status, .ready)
        XCTAssertTrue(provider.booleanValue("a", default: false))
        source.set(FlagSetText.booleans(["a": false]))
        try await waitUntil("it is replaced") { !provider.booleanValue("a", default: true) }
        XCTAssertEqual(provider.diagnostics, [])
        let warnings = recorder.lines.filter { $0.hasPrefix("warning") }
        XCTAssertEqual(warnings.count, 1, "\(warnings)")
        await provider.shutdown()
    }

    func testDiagnosticsAreLoggedOnceUntilTheyChange() async throws {
        let source = InMemoryFlagSource(#"{"flags":{"bad":3}}"#)
        let provider = try provider(source)
        try await provider.initialize()
        let good = FlagSetText.booleans(["good": true])
        source.set(good.replacingOccurrences(of: #"{"flags":{"#, with: #"{"flags":{"bad":3,"#))
        try await waitUntil("it is applied") { provider.booleanValue("good", default: false) }
        source.set(#"{"flags":{"worse":4}}"#)
        try await waitUntil("it is applied") { provider.diagnostics.first?.flagKey == "worse" }
        await provider.shutdown()
        XCTAssertEqual(recorder.lines.count { $0.hasSuffix("1 diagnostics in the flag set") }, 2, "\(recorder.lines)")
    }

    func testNewestOfManyPayloadsWinsAndNoneIsAppliedOutOfOrder() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["flag0": true]))
        let provider = try provider(source)
        try await provider.initialize()
        var iterator = provider.events.makeAsyncIterator()
        _ = await iterator.next()
        for number in 1...500 { source.set(FlagSetText.booleans(["flag\(number)": true])) }
        var last = 0
        while last < 500 {
            guard case .configurationChanged(let keys) = await iterator.next() else { return XCTFail("no change") }
            let numbers = keys.compactMap { Int($0.dropFirst(4)) }
            XCTAssertEqual(numbers.min(), last)
            XCTAssertGreaterThan(numbers.max() ?? 0, last)
            last = numbers.max() ?? 500
        }
        XCTAssertEqual(provider.flags.map(\.key), ["flag500"])
        await provider.shutdown()
    }

    func testContextOfThePayloadIsEnrichedAndReachesTheRules() async throws {
        let rule =
            #"{"flags":{"a":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","#
            + #""targeting":{"if":[{"==":[{"var":"who"},"meAndYou"]},"on","off"]}}}}"#
        let source = InMemoryFlagSource()
        source.set(FlagSourcePayload(bytes: Array(rule.utf8), syncContext: ["who": "me"]))
        let provider = try provider(source) { options in
            options.contextEnricher = { context in
                context.merging(["who": .string((context["who"]?.stringValue ?? "") + "AndYou")])
            }
        }
        try await provider.initialize()
        XCTAssertTrue(provider.booleanValue("a", default: false))
        source.set(FlagSourcePayload(bytes: Array(rule.utf8), syncContext: ["who": "other"]))
        try await waitUntil("the context is replaced") { !provider.booleanValue("a", default: true) }
        await provider.shutdown()
    }

    // MARK: Empty-set guard

    func testEmptySetIsAppliedWhenTheConnectionOutlivesIt() async throws {
        let source = InMemoryFlagSource()
        source.set(payload(FlagSetText.booleans(["a": true])) { nil })
        let provider = try provider(source)
        try await provider.initialize()
        source.set(payload(FlagSetText.empty) { nil })
        try await waitUntil("it is held") { recorder.reports.last?.contains("waits for confirmation") == true }
        XCTAssertTrue(provider.booleanValue("a", default: false))
        let deadline = time.now + .seconds(2)
        try await waitUntil("the timer runs") { time.deadlines == [deadline] }
        time.advance(by: .seconds(2))
        try await waitUntil("it is applied") { provider.flagCount == 0 }
        XCTAssertEqual(provider.status, .ready)
        await provider.shutdown()
    }

    func testEmptySetIsAppliedWhenConfirmed() async throws {
        let source = InMemoryFlagSource()
        source.set(payload(FlagSetText.booleans(["a": true])) { nil })
        let provider = try provider(source)
        try await provider.initialize()
        source.set(payload(FlagSetText.empty) { Array(FlagSetText.empty.utf8)[...] })
        try await waitUntil("it is applied") { provider.flagCount == 0 }
        await provider.shutdown()
    }

    func testEmptySetIsKeptBackWhenTheServerHasFlags() async throws {
        let flags = FlagSetText.booleans(["a": true])
        let source = InMemoryFlagSource()
        source.set(payload(flags) { nil })
        let provider = try provider(source)
        try await provider.initialize()
        let asked = Atomic<Bool>(false)
        source.set(
            payload(FlagSetText.empty) {
                asked.store(true, ordering: .relaxed)
                return Array(flags.utf8)[...]
            })
        try await waitUntil("the source is asked") { asked.load(ordering: .relaxed) }
        for _ in 0..<20 { await Task.yield() }
        XCTAssertEqual(provider.flagCount, 1)
        await provider.shutdown()
    }

    func testEmptySetBeforeTheEndOfAStreamIsDropped() async throws {
        let flags = FlagSetText.booleans(["a": true])
        let ends: [FlagSourceEvent] = [
            .lost(FlagSourceFailure(message: "x")), .reconnecting(reason: "x"),
            .attemptFailed(FlagSourceFailure(message: "x")),
        ]
        for end in ends {
            let source = InMemoryFlagSource()
            source.set(payload(flags) { nil })
            let provider = try provider(source)
            try await provider.initialize()
            source.send(.payload(payload(FlagSetText.empty) { nil }))
            source.send(end)
            try await waitUntil("the end is processed") {
                provider.engine.state.withLock {
                    $0.queue.isEmpty && !$0.isWorking && $0.slots[0].emptySetGuard.held == nil
                }
            }
            time.advance(by: .seconds(3))
            XCTAssertTrue(provider.booleanValue("a", default: false))
            source.set(payload(flags) { nil })
            try await waitUntil("ready") { provider.status == .ready }
            XCTAssertEqual(provider.flagCount, 1)
            await provider.shutdown()
        }
    }

    func testNewEmptySetEndsTheQuestionAboutTheLastOne() async throws {
        let source = InMemoryFlagSource()
        source.set(payload(FlagSetText.booleans(["a": true])) { nil })
        let provider = try provider(source)
        try await provider.initialize()
        let asked = Atomic<Int>(0)
        let cancelled = Atomic<Int>(0)
        for number in 1...5 {
            source.set(
                payload(#"{"flags":{},"number":\#(number)}"#) {
                    asked.wrappingAdd(1, ordering: .relaxed)
                    try? await Task.sleep(for: .seconds(3600))
                    if Task.isCancelled { cancelled.wrappingAdd(1, ordering: .relaxed) }
                    return nil
                })
            try await waitUntil("question \(number)") {
                asked.load(ordering: .relaxed) == number && cancelled.load(ordering: .relaxed) == number - 1
            }
        }
        XCTAssertEqual(provider.engine.state.withLock { $0.questions.count }, 1)
        await provider.shutdown()
        XCTAssertEqual(cancelled.load(ordering: .relaxed), 5)
    }

    func testShutdownDoesNotWaitForAConfirmation() async throws {
        let source = InMemoryFlagSource()
        source.set(payload(FlagSetText.booleans(["a": true])) { nil })
        let provider = try provider(source)
        try await provider.initialize()
        source.set(
            payload(FlagSetText.empty) {
                try? await Task.sleep(for: .seconds(3600))
                return nil
            })
        try await waitUntil("it is held") { recorder.reports.last?.contains("waits for confirmation") == true }
        await provider.shutdown()
        XCTAssertEqual(provider.engine.state.withLock { $0.activeTasks }, 0)
    }

    func testEmptySetWithoutAGuardIsAppliedAtOnce() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["a": true]))
        let provider = try provider(source)
        try await provider.initialize()
        source.set(FlagSetText.empty)
        try await waitUntil("it is applied") { provider.flagCount == 0 }
        await provider.shutdown()
    }

    // MARK: Failures, events, logs

    func testOutageFromStaleOverErrorToReady() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["a": true]), label: "server")
        let provider = try provider(source) { $0.retryGracePeriod = .seconds(5) }
        var events = provider.events.makeAsyncIterator()
        try await provider.initialize()
        expectEqual(await events.next(), .ready)
        source.fail(FlagSourceFailure(statusCode: "UNAVAILABLE", message: "gone"))
        expectEqual(await events.next(), .stale(message: "server: UNAVAILABLE: gone"))
        try await waitUntil("the grace period runs") { time.deadlines == [.seconds(5)] }
        source.send(.attemptFailed(FlagSourceFailure(statusCode: "UNAVAILABLE", message: "refused")))
        try await waitUntil("the attempt is counted") { provider.failedAttempts == 1 }
        time.advance(by: .seconds(5))
        expectEqual(
            await events.next(),
            .error(code: .general, message: "server: UNAVAILABLE: refused (1 failed attempt)"))
        XCTAssertTrue(provider.booleanValue("a", default: false))
        time.advance(by: .seconds(7))
        source.set(FlagSetText.booleans(["a": false]))
        expectEqual(await events.next(), .ready)
        expectEqual(await events.next(), .configurationChanged(flagsChanged: ["a"]))
        await provider.shutdown()
        XCTAssertEqual(
            recorder.lines.filter { !$0.hasPrefix("debug") },
            [
                "info: ready", "warning: STALE: server: UNAVAILABLE: gone",
                "info: now ERROR: server: UNAVAILABLE: refused (1 failed attempt)",
                "notice: ready again after 12.0 s",
            ])
        XCTAssertEqual(
            recorder.reports.filter { !$0.hasPrefix("payload") },
            [
                "NOT_READY > READY", "lost server UNAVAILABLE gone", "READY > STALE",
                "attempt 1 server UNAVAILABLE refused", "STALE > ERROR", "ERROR > READY", "READY > NOT_READY",
            ])
    }

    func testQuietReconnectionIsDebugOnly() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["a": true]))
        let provider = try provider(source)
        try await provider.initialize()
        source.send(.reconnecting(reason: "stream deadline"))
        try await waitUntil("it is told") { recorder.reports.contains("anew in-memory stream deadline") }
        XCTAssertEqual(provider.status, .ready)
        XCTAssertEqual(recorder.lines.last, "debug: in-memory connects anew: stream deadline")
        await provider.shutdown()
    }

    func testTryingEndsAfterMaxSyncRetries() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["a": true]))
        let provider = try provider(source) { $0.maxSyncRetries = 2 }
        try await provider.initialize()
        source.send(.lost(FlagSourceFailure(message: "x")))
        for _ in 0..<2 { source.send(.attemptFailed(FlagSourceFailure(message: "x"))) }
        try await waitUntil("given up") { provider.status == .error }
        try await waitUntil("it is logged") {
            recorder.lines.contains("error: given up: in-memory: x (2 failed attempts)")
        }
        source.send(.payload(payload(FlagSetText.booleans(["b": true]))))
        for _ in 0..<50 { await Task.yield() }
        XCTAssertEqual(provider.flags.map(\.key), ["a"])
        try await provider.initialize()
        XCTAssertEqual(provider.status, .ready)
        await provider.shutdown()
    }

    func testSourceThatThrowsMakesError() async throws {
        struct Broken: FlagSource {
            let label = "broken"
            func run(_ yield: @escaping @Sendable (FlagSourceEvent) -> Void) async throws {
                throw FlagSourceFailure(statusCode: "DATA_LOSS", message: "no more")
            }
        }
        let provider = try provider(Broken())
        do {
            try await provider.initialize()
            XCTFail("there are no flags")
        } catch let error as FlagdError {
            XCTAssertEqual(error, FlagdError(.notReady, "broken: DATA_LOSS: no more (1 failed attempt)"))
        }
        XCTAssertEqual(provider.status, .error)
        await provider.shutdown()
    }

    // MARK: Several sources

    func testLaterSourceWinsByFlag() async throws {
        let defaults = InMemoryFlagSource(FlagSetText.booleans(["a": false, "b": false]), label: "defaults")
        let server = InMemoryFlagSource(FlagSetText.booleans(["b": true, "c": true]), label: "server")
        let provider = try provider(defaults, server)
        try await provider.initialize()
        XCTAssertEqual(provider.flagCount, 3)
        XCTAssertFalse(provider.booleanValue("a", default: true))
        XCTAssertTrue(provider.booleanValue("b", default: false))
        server.set(FlagSetText.booleans(["c": true]))
        try await waitUntil("the default shows") { !provider.booleanValue("b", default: true) }
        await provider.shutdown()
    }

    func testDefaultsAnswerWhileTheServerIsUnreachable() async throws {
        let defaults = InMemoryFlagSource(FlagSetText.booleans(["a": true]), label: "defaults")
        let server = InMemoryFlagSource(label: "server")
        let provider = try provider(defaults, server)
        let initialization = Task { try await provider.initialize() }
        try await waitUntil("the defaults are there") { recorder.reports.count == 1 }
        XCTAssertEqual(provider.resolveBoolean("a", default: false).errorCode, .providerNotReady)
        time.advance(by: .milliseconds(500))
        let result = await initialization.result
        guard case .failure(let error as FlagdError) = result else { return XCTFail("\(result)") }
        XCTAssertTrue(error.message.hasPrefix("server:"), error.message)
        XCTAssertTrue(provider.booleanValue("a", default: false))
        await provider.shutdown()
    }

    func testOneEmptiedSourceOfTwoIsGuarded() async throws {
        let one = InMemoryFlagSource(FlagSetText.booleans(["a": true]), label: "one")
        let two = InMemoryFlagSource(label: "two")
        two.set(payload(FlagSetText.booleans(["b": true])) { nil })
        let provider = try provider(one, two)
        try await provider.initialize()
        two.set(payload(FlagSetText.empty) { nil })
        try await waitUntil("it is held") { recorder.reports.last?.contains("waits for confirmation") == true }
        one.set(FlagSetText.booleans(["a": false]))
        try await waitUntil("the other goes on") { !provider.booleanValue("a", default: true) }
        XCTAssertTrue(provider.booleanValue("b", default: false))
        time.advance(by: .seconds(2))
        try await waitUntil("it is applied") { provider.flagCount == 1 }
        await provider.shutdown()
    }

    // MARK: Snapshot file

    func testSnapshotServesAStartWithoutAServer() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("snapshot.json").path
        let flags = FlagSetText.booleans(["a": true])
        let first = try provider(InMemoryFlagSource(flags)) { $0.snapshotPath = path }
        try await first.initialize()
        try await waitUntil("it is written") { FileManager.default.fileExists(atPath: path) }
        await first.shutdown()
        XCTAssertEqual(try String(contentsOfFile: path, encoding: .utf8), flags)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        XCTAssertEqual(mode, 0o600)

        let source = InMemoryFlagSource()
        let second = try provider(source) { $0.snapshotPath = path }
        let initialization = Task { try await second.initialize() }
        try await waitUntil("the deadline runs") { !time.deadlines.isEmpty }
        time.advance(by: .milliseconds(500))
        try await initialization.value
        XCTAssertEqual(second.status, .stale)
        XCTAssertTrue(second.booleanValue("a", default: false))
        source.set(FlagSetText.booleans(["a": false]))
        try await waitUntil("ready") { second.status == .ready }
        XCTAssertFalse(second.booleanValue("a", default: true))
        await second.shutdown()
    }

    func testServedSnapshotIsGuardedAgainstAnEmptySet() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("snapshot.json")
        let flags = FlagSetText.booleans(["a": true])
        try RegularFile.replace(path, with: Array(flags.utf8)[...])
        let source = InMemoryFlagSource()
        let provider = try provider(source) { $0.snapshotPath = path }
        let initialization = Task { try await provider.initialize() }
        try await waitUntil("the deadline runs") { !time.deadlines.isEmpty }
        time.advance(by: .milliseconds(500))
        try await initialization.value
        source.set(payload(FlagSetText.empty) { nil })
        try await waitUntil("it is held") { recorder.reports.last?.contains("waits for confirmation") == true }
        source.fail(FlagSourceFailure(message: "gone"))
        try await waitUntil("it is dropped") { recorder.reports.last?.hasPrefix("lost") == true }
        time.advance(by: .seconds(2))
        XCTAssertTrue(provider.booleanValue("a", default: false))
        await provider.shutdown()
        XCTAssertEqual(try String(contentsOfFile: path, encoding: .utf8), flags)
    }

    func testDamagedSnapshotIsIgnoredWithAWarning() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("snapshot.json").path
        try RegularFile.replace(path, with: Array("{".utf8)[...])
        let provider = try provider(InMemoryFlagSource()) { $0.snapshotPath = path }
        let initialization = Task { try await provider.initialize() }
        try await waitUntil("the deadline runs") { !time.deadlines.isEmpty }
        time.advance(by: .milliseconds(500))
        let result = await initialization.result
        guard case .failure(let error as FlagdError) = result else { return XCTFail("\(result)") }
        XCTAssertEqual(error.code, .notReady)
        try await waitUntil("the warning") {
            recorder.lines.contains { $0.hasPrefix("warning: the snapshot file cannot be used") }
        }
        await provider.shutdown()
    }

    func testSnapshotThatCannotBeWrittenIsAWarning() async throws {
        let source = InMemoryFlagSource(FlagSetText.booleans(["a": true]))
        let provider = try provider(source) { $0.snapshotPath = "/nonexistent/snapshot.json" }
        try await provider.initialize()
        let line = "the snapshot file cannot be written"
        try await waitUntil("the warning") { recorder.lines.contains { $0.hasPrefix("warning: \(line)") } }
        source.set(FlagSetText.booleans(["a": false]))
        try await waitUntil("the next one") { recorder.lines.contains { $0.hasPrefix("debug: \(line)") } }
        await provider.shutdown()
        XCTAssertEqual(recorder.lines.count { $0.hasPrefix("warning") }, 1)
    }

    // MARK: Observing evaluations

    func testEvaluationsAreReported() async throws {
        let provider = try provider(InMemoryFlagSource(FlagSetText.booleans(["a": true])))
        try await provider.initialize()
        _ = provider.booleanValue("a", default: false)
        _ = provider.stringValue("a", default: "x")
        _ = provider.integerValue("b", default: 1)
        _ = provider.doubleValue("b", default: 1)
        _ = provider.objectValue("b", default: [])
        let found = recorder.evaluations.map {
            "\($0.flagKey) \($0.variant ?? "-") \($0.reason.rawValue) \($0.errorCode?.rawValue ?? "-")"
        }
        XCTAssertEqual(
            found,
            [
                "a on STATIC -", "a on ERROR TYPE_MISMATCH", "b - ERROR FLAG_NOT_FOUND", "b - ERROR FLAG_NOT_FOUND",
                "b - ERROR FLAG_NOT_FOUND",
            ])
        XCTAssertEqual(provider.evaluateAll().map(\.flagKey), ["a"])
        await provider.shutdown()
    }

    func testConfigurationWarningsAreLogged() throws {
        let options = { () -> FlagdOptions in
            var options = FlagdOptions(sources: [InMemoryFlagSource()])
            options.logger = recorder
            return options
        }()
        _ = try FlagdProvider(options, environment: ["FLAGD_PORT": "x"], timekeeper: time)
        XCTAssertEqual(recorder.lines.count, 1)
        XCTAssertTrue(recorder.lines[0].hasPrefix("warning: FLAGD_PORT is 'x'"))
    }
}
