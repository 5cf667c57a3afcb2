import Flagd

/// Writes the provider's events, each as one JSON object on a line of its own.
struct EventPrinter: Sendable {
    let provider: FlagdProvider
    let queries: [FlagQuery]
    let context: EvaluationContext?
    private let start = ContinuousClock.now

    /// Prints events of a provider, each with the outcome of these queries.
    init(provider: FlagdProvider, queries: [FlagQuery], context: EvaluationContext?) {
        self.provider = provider
        self.queries = queries
        self.context = context
    }

    /// Prints every event until there are no more.
    func print(_ events: ProviderEvents) async throws {
        for await event in events { try StandardStream.writeLine(line(for: event)) }
    }

    private func line(for event: ProviderEvent) -> String {
        let outcomes = queries.map { $0.outcome(from: provider, context: context) }
        return Self.line(
            for: event, status: provider.status, flags: provider.flagCount,
            outcomes: queries.isEmpty ? nil : outcomes,
            uptime: ContinuousClock.now - start)
    }

    /// An event as a JSON object.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - status: The provider's status.
    ///   - flags: How many flags the set has.
    ///   - outcomes: The evaluations asked for; nil when none were.
    ///   - uptime: How long the program has been watching.
    static func line(
        for event: ProviderEvent, status: ProviderStatus, flags: Int, outcomes: [EvaluationOutcome]?, uptime: Duration
    ) -> String {
        var line = JSONLine()
        line.add("event", .string(name(of: event)))
        line.add("status", .string(status.rawValue))
        line.add("flags", .integer(Int64(flags)))
        switch event {
        case .ready: break
        case .configurationChanged(let keys): line.add("flagsChanged", .list(keys.map { .string($0) }))
        case .stale(let message): line.add("message", .string(message))
        case .error(let code, let message):
            line.add("message", .string(message))
            line.add("errorCode", .string(code.rawValue))
        }
        line.add("uptimeMs", .integer(milliseconds(uptime)))
        if let outcomes { line.add("evaluations", json: "[\(outcomes.map(\.json).joined(separator: ","))]") }
        return line.text
    }

    private static func name(of event: ProviderEvent) -> String {
        switch event {
        case .ready: "ready"
        case .configurationChanged: "configurationChanged"
        case .stale: "stale"
        case .error: "error"
        }
    }

    private static func milliseconds(_ time: Duration) -> Int64 {
        time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
    }
}
