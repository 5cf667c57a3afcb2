import Flagd

/// `explain`: how one flag from a source comes to its value, as a tree or as one JSON object.
enum ExplainCommand {
    static let command = Command(
        name: "explain", summary: "show how a flag comes to its value, step by step", operands: "FLAG",
        options: [
            OptionDeclaration("context", "JSON", help: "the evaluation context, an object"),
            OptionDeclaration("json", help: "one JSON object instead of a tree"),
        ] + ConnectedProvider.declarations
    ) { arguments in
        let flagKey = try ConnectedProvider.flagKey(
            arguments, hint: "flagd-inspect explain FLAG --context '{\"targetingKey\":\"user-1\"}'")
        let context = try JSONArgument.context(arguments)
        // A source without flags can be explained too: the caller's default, and why.
        let provider = try await ConnectedProvider.make(arguments)
        let explanation = provider.explain(flagKey, context: context)
        await provider.shutdown()
        try StandardStream.writeLine(
            arguments.has("json") ? JSON.text(of: explanation.structure) : explanation.description)
        return .success
    }
}
