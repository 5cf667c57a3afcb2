import Flagd

/// `demo`: flags from memory, several people who ask, and a live change.
///
/// It needs no server, no network and no file.
enum DemoCommand {
    static let command = Command(
        name: "demo", summary: "evaluate a built-in flag set and change it live", operands: "", options: []
    ) { arguments in
        guard arguments.positionals.isEmpty else { throw UsageError("demo takes no operand") }
        let source = InMemoryFlagSource(DemoFlags.flags)
        let provider = try FlagdProvider(FlagdOptions(sources: [source]), environment: [:])
        try await run(source, provider)
        await provider.shutdown()
        return .success
    }

    private static func run(_ source: InMemoryFlagSource, _ provider: FlagdProvider) async throws {
        var events = provider.events.makeAsyncIterator()
        try await provider.initialize()
        try say("A provider with \(provider.flagCount) flags from memory, evaluated in this process.")
        try say("event: \(try await next(&events) { $0 == .ready })", "")
        try say(table(DemoFlags.queries, provider).lines(indent: 2))

        try say("", "Now somebody rolls button-color out to everyone. The provider is told, and nobody restarts:", "")
        source.set(DemoFlags.changed)
        let change = try await next(&events) { if case .configurationChanged = $0 { true } else { false } }
        try say("event: \(change)", "")
        try say(table(DemoFlags.queries.filter { change.contains($0.flagKey) }, provider).lines(indent: 2))
        try say("", "The same against a server: flagd-inspect watch --host HOST --evaluate FLAG:TYPE")
    }

    /// Waits for an event and puts it into words.
    private static func next(
        _ events: inout ProviderEvents.AsyncIterator, where isWanted: (ProviderEvent) -> Bool
    ) async throws -> String {
        while let event = await events.next() {
            guard isWanted(event) else { continue }
            switch event {
            case .ready: return "ready"
            case .configurationChanged(let keys):
                return "configurationChanged, flagsChanged: \(keys.joined(separator: ", "))"
            case .stale(let message): return "stale: \(message)"
            case .error(let code, let message): return "error \(code.rawValue): \(message)"
            }
        }
        throw CancellationError()
    }

    /// Every flag for every person.
    static func table(_ queries: [FlagQuery], _ provider: FlagdProvider) -> Table {
        var table = Table("flag", "asked by", "value", "variant", "reason")
        for query in queries {
            for person in DemoFlags.people {
                let outcome = query.outcome(from: provider, context: person.context)
                table.add(
                    query.flagKey, person.name, JSON.text(of: outcome.value), outcome.variant ?? "",
                    outcome.reason.rawValue)
            }
        }
        return table
    }

    private static func say(_ lines: String...) throws(OutputError) { try say(lines) }

    private static func say(_ lines: [String]) throws(OutputError) {
        for line in lines { try StandardStream.writeLine(line) }
    }
}
