import Flagd
import FlagdTestSupport
import Foundation

#if os(Linux)
/// Makes the trouble, and compares what comes out of it with what must.
actor Soak {
    /// What happens to the server.
    private enum Trouble: CaseIterable {
        case burst, kill, freeze, recycle, restart, lastBreath, unusable, repetition

        /// How often it is in a round.
        var weight: Int {
            switch self {
            case .burst: 4
            case .kill, .freeze, .recycle: 2
            case .restart, .lastBreath, .unusable, .repetition: 1
            }
        }
    }

    /// Fewer than a subscriber's buffer holds: between two parts of a burst the reader of the events may catch up, so that no event
    /// may be missing.
    private static let burstPart = 40
    /// How much the resident memory may grow after the warm-up, in KiB.
    ///
    /// In half an hour that is 200 bytes for each of forty thousand updates, or 3 KiB for each of three thousand connections.
    private static let memoryLimit = 8 << 10

    private let seed: UInt64
    private var random: SplitMix
    private let folder: TemporaryFolder
    private let witness = ReportCounter()
    private var judge: EventJudge?
    private var readers: [FlagReader] = []
    private var provider: FlagdProvider?
    private var server: SyncServer?
    private var port = 0
    /// The number of the newest flag set.
    private var sequence: Int64 = 1
    private var counts: [String: Int] = [:]
    private var holdings: [ProcessHoldings] = []
    private var faults: [String] = []
    private var duration = Duration.zero

    init(seed: UInt64) throws {
        self.seed = seed
        random = SplitMix(state: seed)
        folder = try TemporaryFolder()
    }

    func run(for limit: Duration) async throws {
        try await startServer(isOld: false)
        let before = try ProcessHoldings.now()
        let provider = try await startProvider()
        let began = ContinuousClock.now
        try await round()
        // The warm-up: a quarter of the time, but always the first round.
        while ContinuousClock.now - began < limit / 4 { try await round() }
        let warm = try ProcessHoldings.now()
        holdings.append(warm)
        while ContinuousClock.now - began < limit {
            try await round(until: began + limit)
            holdings.append(try ProcessHoldings.now())
        }
        duration = ContinuousClock.now - began
        try await settle(warm)
        for reader in readers { await reader.stop() }
        await provider.shutdown()
        try await wait("everything to be released", descriptors: before.descriptors, threads: warm.threads)
    }

    /// Ends what still runs.
    func end() async {
        for reader in readers { await reader.stop() }
        await provider?.shutdown()
        server?.process.kill()
    }

    private func startProvider() async throws -> FlagdProvider {
        var options = FlagdOptions(host: "127.0.0.1", port: port)
        options.deadline = .seconds(1)
        options.streamDeadline = .seconds(3)
        options.retryBackoff = .milliseconds(50)
        options.retryBackoffMax = .milliseconds(400)
        options.retryGracePeriod = .milliseconds(300)
        options.observers = [witness]
        let provider = try FlagdProvider(options, environment: [:])
        self.provider = provider
        judge = EventJudge(provider)
        // Too late is no fault here: the provider goes on trying.
        try? await provider.initialize()
        try await waitUntil("the provider to be ready", within: .seconds(60)) { provider.status == .ready }
        readers = [FlagReader(provider, .sequence), FlagReader(provider, .twin)]
        return provider
    }

    /// All troubles in a random order; then the provider must have the newest flag set again.
    private func round(until end: ContinuousClock.Instant? = nil) async throws {
        let troubles = Trouble.allCases.flatMap { Array(repeating: $0, count: $0.weight) }
        for trouble in troubles.shuffled(using: &random) {
            if let end, ContinuousClock.now >= end { break }
            try await make(trouble)
            try await pause(upTo: 200)
        }
        count("rounds")
        try await catchUp(within: .seconds(60))
    }

    private func make(_ trouble: Trouble) async throws {
        switch trouble {
        case .burst: try await burst(Int.random(in: 1...100, using: &random))
        case .kill: try await kill()
        case .freeze: try await freeze()
        case .recycle: try await recycle()
        case .restart: try await restart()
        case .lastBreath: try await lastBreath()
        case .unusable: try await unusable()
        case .repetition:
            count("repetitions")
            try await server?.push(FlagReader.payload(sequence))
        }
    }

    /// A hundred updates a second.
    private func burst(_ length: Int) async throws {
        count("bursts")
        var next = ContinuousClock.now
        for index in 0..<length {
            if index % Self.burstPart == 0 {
                try? await catchUp(within: .seconds(2))
                next = .now
            }
            try await push()
            next += .milliseconds(10)
            try await Task.sleep(until: next, clock: .continuous)
        }
    }

    private func kill() async throws {
        count("kills")
        if Bool.random(using: &random) { server?.process.freeze() }
        try await pause(upTo: 100)
        server?.process.kill()
        // The flags may change while nobody can say so.
        sequence += Int64.random(in: 0...1, using: &random)
        try await pause(upTo: 400)
        try await startServer(isOld: Bool.random(using: &random))
    }

    /// Stops the server where it is; what it is told meanwhile it does all at once.
    private func freeze() async throws {
        count("freezes")
        guard let process = server?.process else { return }
        process.freeze()
        let waiting = Int.random(in: 0...10, using: &random)
        for _ in 0..<waiting {
            sequence += 1
            count("updates")
            let command = ["cmd": "push", "payload": FlagReader.payload(sequence)]
            try process.send(String(decoding: try JSONEncoder().encode(command), as: UTF8.self))
        }
        try await pause(upTo: 1500)
        process.thaw()
        for _ in 0..<waiting { _ = try await process.line() }
    }

    /// Ends every stream in order.
    private func recycle() async throws {
        count("recycles")
        let code = ["OK", "OK", "DEADLINE_EXCEEDED", "UNAVAILABLE"].randomElement(using: &random) ?? "OK"
        try await server?.command(#"{"cmd":"end","code":"\#(code)"}"#)
    }

    /// GOAWAY on every connection, then nobody listens for a moment.
    private func restart() async throws {
        count("restarts")
        try await server?.command(#"{"cmd":"stop","grace":\#(Bool.random(using: &random) ? 0 : 0.2)}"#)
        try await pause(upTo: 300)
        try await server?.command(#"{"cmd":"start"}"#)
    }

    /// An empty set just before the end of the stream: it must not be used.
    private func lastBreath() async throws {
        guard let process = server?.process, (try? await catchUp(within: .seconds(5))) != nil else { return }
        count("empty sets before the end")
        try process.send(#"{"cmd":"push","payload":"{\"flags\":{}}","store":false}"# + "\n" + #"{"cmd":"end"}"#)
        for _ in 0..<2 { _ = try await process.line() }
    }

    /// A set that cannot be used: it must not be used, nor take the place of a good one.
    private func unusable() async throws {
        // A set that still waits to be compiled would give way to this one, which is the newest.
        guard (try? await catchUp(within: .seconds(5))) != nil else { return }
        count("unusable sets")
        try await server?.command(#"{"cmd":"push","payload":"{\"flags\":","store":false}"#)
    }

    private func push() async throws {
        sequence += 1
        count("updates")
        try await server?.push(FlagReader.payload(sequence))
    }

    /// Starts a server that has the newest flag set.
    ///
    /// - Parameter isOld: Whether its connections have a limited age, at which it sends GOAWAY, and ends the streams a little later.
    private func startServer(isOld: Bool) async throws {
        let file = try folder.write(FlagReader.payload(sequence).utf8, to: "flags.json")
        var arguments = ["--payload", file, "--port", String(port)]
        if isOld {
            arguments += ["--option", "grpc.max_connection_age_ms=800"]
            arguments += ["--option", "grpc.max_connection_age_grace_ms=300"]
        }
        var tries = 0
        while true {
            do {
                let server = try await SyncServer.start(arguments)
                (self.server, port) = (server, server.port)
                return
            } catch let error as ChildProcess.Failure {
                // While nobody listened, another connection of this machine may have had the port.
                tries += 1
                guard tries < 20 else { throw error }
                try await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    private func pause(upTo milliseconds: Int) async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...milliseconds, using: &random)))
    }

    private func count(_ name: String) { counts[name, default: 0] += 1 }

    // MARK: What must come out

    /// Waits until the newest flag set is in use and every event of it is read.
    private func catchUp(within limit: Duration) async throws {
        guard let provider, let judge else { return }
        let newest = sequence
        try await waitUntil("flag set \(newest) to be used", within: limit) {
            provider.status == .ready && provider.integerValue("sequence", default: -1) == newest
        }
        try await waitUntil("the events to be read", within: limit) { judge.report.total >= witness.report.events }
    }

    /// After all: the newest flag set, for good, and nothing left over.
    private func settle(_ warm: ProcessHoldings) async throws {
        server?.process.kill()
        try await startServer(isOld: false)
        try await burst(Self.burstPart)
        try await server?.command(#"{"cmd":"end"}"#)
        try await catchUp(within: .seconds(60))
        // An empty set that was held back would be used by now.
        try await Task.sleep(for: .seconds(2.5))
        try await catchUp(within: .seconds(60))
        let newest = sequence
        for reader in readers {
            try await waitUntil("both threads to read the newest flag set") { reader.report.newest == newest }
        }
        try await wait("spare connections to be closed", descriptors: warm.descriptors, threads: warm.threads)
        let last = try ProcessHoldings.now()
        holdings.append(last)
        let growth = last.memory - warm.memory
        if !ProcessHoldings.isSanitized, growth > Self.memoryLimit { faults.append("memory grew by \(growth) KiB") }
    }

    /// Waits until the process holds no more than that; the runtime's own threads come and go.
    private func wait(_ what: String, descriptors: Int, threads: Int) async throws {
        let threads = threads + ProcessInfo.processInfo.activeProcessorCount
        do {
            try await waitUntil(what) {
                let now = try ProcessHoldings.now()
                return now.descriptors <= descriptors && now.threads <= threads
            }
        } catch let error as DeadlineExceeded {
            throw DeadlineExceeded("\(error): \(try ProcessHoldings.now()), not \(descriptors) and \(threads)")
        }
    }

    /// All that was wrong.
    func problems() -> [String] {
        var problems = faults + readers.flatMap { $0.report.problems } + (judge?.report.problems ?? [])
        let (seen, told) = (judge?.report ?? .init(), witness.report)
        if seen.changes != told.changes { problems.append("\(seen.changes) changes seen of \(told.changes)") }
        let statuses = seen.total - seen.changes - seen.emptyChanges
        if statuses != told.statuses { problems.append("\(statuses) statuses seen of \(told.statuses)") }
        // Two streams are open while one replaces the other; which one is ahead nobody can tell.
        for reader in readers where reader.report.stepsBack > told.reconnects {
            problems.append("\(reader.report.stepsBack) older flag sets after newer ones")
        }
        return problems
    }

    /// What happened, in words.
    func summary() -> String {
        let troubles = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let events = judge.map { "\($0.report)" } ?? ""
        let stepsBack = readers.map { String($0.report.stepsBack) }.joined(separator: " and ")
        return """
            soak of \(duration), seed \(seed): \(troubles)
              evaluations: \(readers.reduce(0) { $0 + $1.report.evaluations }), older sets after newer ones: \(stepsBack)
              events: \(events)
              provider: \(witness.report)
              after the warm-up: \(holdings.first.map { "\($0)" } ?? "-")
              highest: \(holdings.max { $0.memory < $1.memory }.map { "\($0)" } ?? "-")
              at the end: \(holdings.last.map { "\($0)" } ?? "-")
            """
    }
}

/// A small generator, so that an order of troubles can be repeated by its seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
#endif
