import FlagdTestSupport
import XCTest

@testable import Flagd

/// Two hours of the default configuration with flags that never change, in no time: neither the stream deadline of ten minutes nor a
/// proxy that cuts the idle stream once a minute (specification: transport, section 14) makes the provider stale.
final class TwoHoursTests: XCTestCase {
    private static let twoHours = Duration.seconds(7200)

    // MARK: The machines alone

    /// How a proxy's stream ends after a minute.
    private enum Cut: CaseIterable {
        /// RST_STREAM(INTERNAL_ERROR): nginx, nghttpx.
        case reset
        /// END_STREAM without trailers: haproxy.
        case noTrailers
        /// The connection is closed.
        case closed
        /// The server ends the call by its own deadline.
        case serverDeadline
        /// GOAWAY(NO_ERROR), and the end up to two seconds later.
        case goAway

        var failure: FlagSourceFailure {
            switch self {
            case .reset: FlagSourceFailure(statusCode: "INTERNAL", message: "RST_STREAM")
            case .noTrailers: FlagSourceFailure(statusCode: "UNKNOWN", message: "no trailers")
            case .closed, .goAway: FlagSourceFailure(statusCode: "UNAVAILABLE", message: "closed")
            case .serverDeadline: FlagSourceFailure(statusCode: "DEADLINE_EXCEEDED", message: "deadline")
            }
        }
    }

    /// The reconnect policy and the state machine with the default settings, and a server that answers all they do.
    private struct Simulation {
        private enum Happening {
            case payload, drain, end(Cut)
        }

        private var policy: ReconnectPolicy
        private var machine: ProviderStateMachine
        private var random: ReconnectPolicyWalkTests.SplitMix
        private let isProxied: Bool
        private var pending: [(at: Duration, stream: Int, what: Happening)] = []
        private(set) var now = Duration.zero
        private(set) var opened = 0
        private(set) var events: [ProviderEvent] = []
        private(set) var mostOpen = 0
        private var open: Set<Int> = []

        init(seed: UInt64, isProxied: Bool) throws {
            let options = FlagdOptions()
            let configuration = try EffectiveConfiguration(options, environment: [:])
            let sources = try configuration.sources(options, ManualTimekeeper())
            policy = ReconnectPolicy(try XCTUnwrap(SyncSettings(configuration, options: options)).policy)
            machine = ProviderStateMachine(configuration.machine(sources))
            random = ReconnectPolicyWalkTests.SplitMix(state: seed)
            self.isProxied = isProxied
        }

        mutating func run(until end: Duration) {
            note(machine.initialize(now: now))
            perform(policy.start(now: now))
            while now < end {
                let timers = [policy.nextDeadline, machine.nextDeadline].compactMap(\.self)
                guard let next = (pending.map(\.at) + timers).min() else { return XCTFail("it stands still") }
                now = next
                if let due = pending.firstIndex(where: { $0.at <= now }) {
                    happen(pending.remove(at: due))
                } else {
                    perform(policy.timerFired(now: now, random: chance()))
                    note(machine.timerFired(now: now))
                }
            }
        }

        private mutating func happen(_ event: (at: Duration, stream: Int, what: Happening)) {
            switch event.what {
            case .payload: perform(policy.payloadArrived(event.stream, now: now, random: chance()))
            case .drain:
                perform(policy.connectionDrains(event.stream, reason: "GOAWAY", now: now, random: chance()))
            case .end(let cut):
                open.remove(event.stream)
                perform(policy.streamEnded(event.stream, cut.failure, now: now, random: chance()))
            }
        }

        private mutating func perform(_ actions: [ReconnectPolicy.Action]) {
            for action in actions {
                switch action {
                case .open(let id): serve(id)
                case .close(let id):
                    open.remove(id)
                    pending.removeAll { $0.stream == id }
                case .deliver: note(machine.payloadAccepted(from: 0, changed: []))
                case .lost(let failure): note(machine.sourceLost(0, failure, now: now))
                case .attemptFailed(let failure): note(machine.attemptFailed(0, failure, now: now))
                case .reconnecting: break
                }
            }
        }

        private mutating func serve(_ id: Int) {
            opened += 1
            open.insert(id)
            mostOpen = max(mostOpen, open.count)
            // Connecting and the first payload take a while, but less than the deadline of 500 ms.
            let first = now + .milliseconds(Int.random(in: 1...400, using: &random))
            pending.append((first, id, .payload))
            guard isProxied, let cut = Cut.allCases.randomElement(using: &random) else { return }
            let idle = first + .milliseconds(60_060)
            guard cut == .goAway else { return pending.append((idle, id, .end(cut))) }
            pending.append((idle, id, .drain))
            pending.append((idle + .milliseconds(Int.random(in: 0...2000, using: &random)), id, .end(cut)))
        }

        private mutating func note(_ actions: [ProviderStateMachine.Action]) {
            for case .emit(let event) in actions { events.append(event) }
        }

        private mutating func chance() -> Double { Double.random(in: 0..<1, using: &random) }
    }

    func testStreamDeadline() throws {
        for seed in 0..<100 as Range<UInt64> {
            var simulation = try Simulation(seed: seed, isProxied: false)
            simulation.run(until: Self.twoHours)
            XCTAssertEqual(simulation.events, [.ready], "seed \(seed)")
            // Every 540 to 660 seconds.
            XCTAssertTrue((11...14).contains(simulation.opened), "seed \(seed): \(simulation.opened) streams")
            XCTAssertEqual(simulation.mostOpen, 2, "the next stream is opened before the last one is closed")
        }
    }

    func testProxyThatCutsTheIdleStreamOnceAMinute() throws {
        for seed in 0..<100 as Range<UInt64> {
            var simulation = try Simulation(seed: seed, isProxied: true)
            simulation.run(until: Self.twoHours)
            XCTAssertEqual(simulation.events, [.ready], "seed \(seed)")
            XCTAssertTrue((119...121).contains(simulation.opened), "seed \(seed): \(simulation.opened) streams")
        }
    }

    // MARK: The provider and a real server

    private let time = ManualTimekeeper()
    private let recorder = Recorder()

    private func connect() async throws -> (SyncServer, FlagdProvider, ProviderEvents) {
        let server = try await SyncServer.start()
        try await server.push(FlagSetText.booleans(["a": true]))
        var options = FlagdOptions(host: "127.0.0.1", port: server.port)
        options.logger = recorder
        options.observers = [recorder]
        let provider = try FlagdProvider(options, environment: [:], timekeeper: time)
        let events = provider.events
        try await withDeadline(.seconds(60), "initialize") { try await provider.initialize() }
        return (server, provider, events)
    }

    /// How many unchanged payloads arrived.
    private var identical: Int { recorder.reports.count { $0.hasSuffix("is the last one") } }

    /// Says that nothing but READY happened: the event after it is the one of a change made now.
    private func finish(_ server: SyncServer, _ provider: FlagdProvider, _ events: ProviderEvents) async throws {
        let told = recorder.reports.filter { !$0.hasPrefix("anew") && !$0.hasPrefix("payload") }
        XCTAssertEqual(told, ["NOT_READY > READY"])
        XCTAssertFalse(recorder.lines.contains { $0.hasPrefix("warning") || $0.hasPrefix("error") })
        try await server.push(FlagSetText.booleans(["a": false]))
        var iterator = events.makeAsyncIterator()
        let (first, second) = (await iterator.next(), await iterator.next())
        XCTAssertEqual(first, .ready)
        XCTAssertEqual(second, .configurationChanged(flagsChanged: ["a"]))
        await provider.shutdown()
        await server.terminate()
    }

    func testStreamDeadlineAgainstAServer() async throws {
        let (server, provider, events) = try await connect()
        var recycled = 0
        while time.now < Self.twoHours {
            // Nothing is due soon: the stream has delivered, and its deadline is all that is waited for.
            var deadline = Duration.zero
            try await waitUntil("stream \(recycled + 1) to be in use", within: .seconds(60)) {
                deadline = time.deadlines.first ?? .zero
                return identical == recycled && deadline > time.now + .seconds(1)
            }
            XCTAssertTrue((.seconds(540)...(.seconds(660))).contains(deadline - time.now), "\(deadline - time.now)")
            time.advance(by: deadline - time.now)
            recycled += 1
        }
        try await waitUntil("the last stream to be in use") { identical == recycled }
        XCTAssertTrue((11...14).contains(recycled), "\(recycled)")
        XCTAssertEqual(recorder.reports.count { $0.hasPrefix("anew") && $0.hasSuffix("stream deadline") }, recycled)
        try await finish(server, provider, events)
    }

    func testIdleStreamIsCutOnceAMinuteByAServer() async throws {
        let (server, provider, events) = try await connect()
        let codes = ["OK", "INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED"]
        for minute in 0..<120 {
            time.advance(by: .milliseconds(60_060))
            try await server.command(#"{"cmd":"end","code":"\#(codes[minute % codes.count])"}"#)
            try await waitUntil("the stream to be replaced", within: .seconds(60)) { identical == minute + 1 }
        }
        XCTAssertGreaterThan(time.now, Self.twoHours)
        try await finish(server, provider, events)
    }
}
