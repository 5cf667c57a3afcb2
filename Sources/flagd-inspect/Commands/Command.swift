/// One of the program's commands.
struct Command: Sendable {
    /// The word that calls it.
    let name: String
    /// What it does, in one line.
    let summary: String
    /// What stands behind the name in the help, beside the options.
    let operands: String
    /// The options it takes.
    let options: [OptionDeclaration]
    /// What it does.
    let run: @Sendable (Arguments) async throws -> ExitStatus

    /// All of them, in the order of the help.
    static let all: [Command] = [
        DemoCommand.command, EvaluateCommand.command, ExplainCommand.command, WatchCommand.command,
        FetchCommand.command, ConfigCommand.command, ValidateCommand.command,
    ]
}
