import Flagd

/// `config`: the configuration in effect, each value with where it came from.
enum ConfigCommand {
    static let command = Command(
        name: "config", summary: "show the configuration in effect and where each value comes from", operands: "",
        options: SourceOptions.declarations + SourceOptions.evaluationDeclarations
    ) { arguments in
        guard arguments.positionals.isEmpty else { throw UsageError("config takes no operand") }
        let provider = try FlagdProvider(SourceOptions.options(from: arguments))
        for warning in provider.configuration.warnings { StandardStream.writeError("flagd-inspect: \(warning)") }
        try StandardStream.writeLine(text(of: provider.configuration))
        return .success
    }

    /// The configuration as one JSON object: `{"host":{"value":"localhost","origin":"default"},…}`.
    static func text(of configuration: EffectiveConfiguration) -> String {
        var object = JSONLine()
        for entry in configuration.entries {
            var setting = JSONLine()
            setting.add("value", entry.value)
            setting.add("origin", .string(entry.origin.description))
            object.add(entry.name, json: setting.text)
        }
        return object.text
    }
}
