import Flagd

/// `evaluate`: one flag from a source, or with `--batch` requests from standard input.
enum EvaluateCommand {
    static let command = Command(
        name: "evaluate", summary: "evaluate one flag, or the requests on standard input", operands: "FLAG --type TYPE",
        options: [
            OptionDeclaration("type", "TYPE", help: "boolean, string, integer, double or object"),
            OptionDeclaration("default", "JSON", help: "the value to fall back to (the type's empty one)"),
            OptionDeclaration("context", "JSON", help: "the evaluation context, an object"),
            OptionDeclaration("batch", help: "answer JSON lines from standard input instead"),
        ] + ConnectedProvider.declarations
    ) { arguments in
        if arguments.has("batch") { return try await BatchMode.run(arguments) }
        return try await evaluate(arguments)
    }

    private static func evaluate(_ arguments: Arguments) async throws -> ExitStatus {
        let query = try query(arguments)
        let context = try JSONArgument.context(arguments)
        // A source without flags is an outcome of the evaluation: the caller's default, and why.
        let provider = try await ConnectedProvider.make(arguments)
        let outcome = query.outcome(from: provider, context: context)
        await provider.shutdown()
        try StandardStream.writeLine(outcome.json)
        return .success
    }

    private static func query(_ arguments: Arguments) throws(UsageError) -> FlagQuery {
        let flagKey = try ConnectedProvider.flagKey(arguments, hint: "flagd-inspect evaluate FLAG --type boolean")
        guard let name = arguments.value("type") else {
            throw UsageError("--type is missing", hint: FlagType.names)
        }
        guard let type = FlagType(name: name) else {
            throw UsageError("--type \(name) is unknown", hint: FlagType.names)
        }
        return try FlagQuery(
            flagKey: flagKey, type: type, defaultValue: try JSONArgument.value("default", arguments))
    }
}
