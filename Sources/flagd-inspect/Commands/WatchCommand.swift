import Flagd

/// `watch`: one JSON object for each event of the provider, until it is told to end.
enum WatchCommand {
    static let command = Command(
        name: "watch", summary: "show the provider's events as they happen", operands: "",
        options: [
            OptionDeclaration("for", "SECONDS", help: "end after this time (never)"),
            OptionDeclaration(
                "evaluate", "FLAG:TYPE", repeats: true,
                help: "add this flag's evaluation to each event; may be repeated"),
            OptionDeclaration("context", "JSON", help: "the context of these evaluations, an object"),
            OptionDeclaration("attempts", help: "add one object for each failed attempt to connect"),
        ] + ConnectedProvider.declarations
    ) { arguments in
        guard arguments.positionals.isEmpty else { throw UsageError("watch takes no operand") }
        var options = try ConnectedProvider.options(arguments)
        if arguments.has("attempts") { options.observers.append(AttemptPrinter()) }
        let printer = EventPrinter(
            provider: try FlagdProvider(options),
            queries: try arguments.all("evaluate").map { try FlagQuery(parsing: $0) },
            context: try JSONArgument.context(arguments))
        return try await run(printer, for: try seconds(arguments))
    }

    /// Watches until the time is over, a signal arrives, or nobody reads the output any more.
    private static func run(_ printer: EventPrinter, for limit: Duration?) async throws -> ExitStatus {
        let watching = Task { try await watch(printer, for: limit) }
        Interruption.observe { watching.cancel() }
        do { try await watching.value } catch is CancellationError {}
        await printer.provider.shutdown()
        return .success
    }

    private static func watch(_ printer: EventPrinter, for limit: Duration?) async throws {
        let events = printer.provider.events
        // Each task says whether the end of it is the end of watching.
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await printer.print(events)
                return true
            }
            group.addTask {
                // Why an initialization failed shows as an event, and trying goes on.
                try? await printer.provider.initialize()
                return false
            }
            if let limit {
                group.addTask {
                    try await Task.sleep(for: limit)
                    return true
                }
            }
            defer { group.cancelAll() }
            while try await group.next() == false {}
        }
    }

    private static func seconds(_ arguments: Arguments) throws(UsageError) -> Duration? {
        guard let text = arguments.value("for") else { return nil }
        guard let seconds = Double(text), seconds >= 0, seconds < 1e9 else {
            throw UsageError("--for '\(text)' is no number of seconds")
        }
        return .seconds(seconds)
    }
}
