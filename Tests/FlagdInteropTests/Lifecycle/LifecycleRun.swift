import Flagd
import FlagdTestSupport

/// Runs a scenario, step by step; one second of a scenario is shorter here.
actor LifecycleRun {
    /// What one second of a scenario's outages lasts.
    private static let second = Duration.milliseconds(150)

    /// A step that did not turn out as it says.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let scenario: LifecycleScenario
    private let makeSource: @Sendable (String) async throws -> any LifecycleSource
    private var options = FlagdOptions()
    private var source: (any LifecycleSource)?
    private var provider: FlagdProvider?
    private var log: EventLog?
    private var flag: (type: String, key: String, fallback: String)?
    private var value: String?
    /// How many events earlier steps have used up.
    private var seen = 0
    private var outage: Task<Void, any Error>?

    init(_ scenario: LifecycleScenario, source: @escaping @Sendable (String) async throws -> any LifecycleSource) {
        self.scenario = scenario
        makeSource = source
    }

    /// Runs all steps and cleans up.
    func run() async throws {
        do {
            for text in scenario.steps {
                guard let step = LifecycleStep(text) else { throw Failure(description: "the step is unknown: \(text)") }
                do { try await perform(step) } catch {
                    throw Failure(description: "'\(text)': \(error); events: \(log?.all ?? [])")
                }
            }
            try await outage?.value
        } catch {
            await end()
            throw error
        }
        await end()
    }

    private func end() async {
        outage?.cancel()
        _ = await outage?.result
        await provider?.shutdown()
        await source?.end()
    }

    private func perform(_ step: LifecycleStep) async throws {
        switch step {
        case .option(let name, let value): try set(name, value)
        case .provider(let kind): try await start(kind)
        case .flag(let type, let key, let fallback): flag = (type, key, fallback)
        case .handler: break
        case .evaluate: value = try evaluate()
        case .expectValue(let expected):
            guard value == expected else { throw Failure(description: "the value is \(value ?? "none")") }
        case .expectEvent(let kind): try await expect(kind)
        case .loseConnection(let seconds):
            guard let source else { throw Failure(description: "there is no provider yet") }
            outage = Task { try await source.lose(for: Self.second * seconds) }
        case .modifyFlag: try await source?.modify()
        case .expectFlagInEvent: try expectFlagInEvent()
        case .expectFatal:
            guard provider?.status == .fatal else {
                throw Failure(description: "the status is \(provider?.status.rawValue ?? "none")")
            }
        }
    }

    private func set(_ option: String, _ value: String) throws {
        switch option {
        case "deadlineMs": options.deadline = Int(value).map { .milliseconds($0) }
        case "fatalStatusCodes": options.fatalStatusCodes = [value]
        case "targetUri": options.targetURI = value
        default: throw Failure(description: "the option is unknown")
        }
    }

    private func start(_ kind: String) async throws {
        let source = try await makeSource(kind)
        self.source = source
        source.connect(&options)
        options.deadline = options.deadline ?? .seconds(60)
        options.retryBackoff = .milliseconds(20)
        options.retryBackoffMax = .milliseconds(100)
        options.offlinePollInterval = .milliseconds(10)
        if scenario.outlivesGracePeriod { options.retryGracePeriod = .milliseconds(100) }
        let provider = try FlagdProvider(options, environment: [:])
        self.provider = provider
        log = EventLog(provider)
        do {
            try await withDeadline(.seconds(90), "initialize") { try await provider.initialize() }
        } catch let error as FlagdError {
            guard ["unavailable", "forbidden"].contains(kind) else { throw error }
        }
    }

    private func evaluate() throws -> String {
        guard let provider, let flag else { throw Failure(description: "there is no provider or no flag") }
        switch flag.type {
        case "Boolean": return String(provider.booleanValue(flag.key, default: flag.fallback == "true"))
        case "String": return provider.stringValue(flag.key, default: flag.fallback)
        default: throw Failure(description: "the type is unknown")
        }
    }

    private func expect(_ kind: String) async throws {
        guard let log else { throw Failure(description: "there is no provider yet") }
        try await waitUntil("a \(kind) event") {
            log.all.dropFirst(self.seen).contains { Self.kind(of: $0) == kind }
        }
        let index = log.all.dropFirst(seen).firstIndex { Self.kind(of: $0) == kind }
        seen = (index ?? seen) + 1
    }

    private func expectFlagInEvent() throws {
        guard seen > 0, let log, let flag, case .configurationChanged(let keys) = log.all[seen - 1], keys == [flag.key]
        else { throw Failure(description: "it is not, or not alone") }
    }

    private static func kind(of event: ProviderEvent) -> String {
        switch event {
        case .ready: "ready"
        case .configurationChanged: "change"
        case .stale: "stale"
        case .error: "error"
        }
    }
}
