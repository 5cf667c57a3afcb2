import Flagd

/// What the commands share that ask a source for its flags.
enum ConnectedProvider {
    /// The options of these commands, beside their own.
    static let declarations: [OptionDeclaration] =
        [OptionDeclaration("log-level", "LEVEL", help: "write the log from this level on to standard error")]
        + SourceOptions.evaluationDeclarations + SourceOptions.declarations

    /// The provider's options that the arguments give, its log included.
    static func options(_ arguments: Arguments) throws(UsageError) -> FlagdOptions {
        var options = try SourceOptions.options(from: arguments)
        options.logger = try ErrorStreamLogger(arguments)
        return options
    }

    /// A provider that has its flags, or has been tried in vain: why is told on standard error, and evaluations tell it too.
    ///
    /// - Throws: ``FlagdError`` for a configuration that cannot be used.
    static func make(_ arguments: Arguments) async throws -> FlagdProvider {
        let provider = try FlagdProvider(options(arguments))
        do {
            try await provider.initialize()
        } catch let error as FlagdError {
            StandardStream.writeError("flagd-inspect: \(error.message)")
        }
        return provider
    }

    /// The one flag that a command is called with.
    static func flagKey(_ arguments: Arguments, hint: String) throws(UsageError) -> String {
        guard arguments.positionals.count == 1, let flagKey = arguments.positionals.first else {
            throw UsageError(
                arguments.positionals.isEmpty ? "no flag is named" : "more than one flag is named", hint: hint)
        }
        return flagKey
    }
}
