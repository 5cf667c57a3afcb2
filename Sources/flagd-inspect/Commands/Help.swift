/// The program's help.
enum Help {
    /// What the program is and its commands.
    static var overview: String {
        var table = Table("command", "what it does")
        for command in Command.all { table.add(command.name, command.summary) }
        return """
            flagd-inspect: look at feature flags as the flagd provider for Swift sees them.

            usage: flagd-inspect COMMAND [OPTION…]

            \(table.lines(indent: 2).joined(separator: "\n"))

            flagd-inspect COMMAND --help shows a command's options. Where the flags come from can also be said by
            environment variables (FLAGD_HOST, FLAGD_SYNC_PORT, FLAGD_OFFLINE_FLAG_SOURCE_PATH, …).
            Exit status: 0 done, 1 findings of validate, 64 called wrongly, 69 the server failed, 70 a failure of the program,
            78 invalid configuration.
            """
    }

    /// A command's options.
    static func text(of command: Command) -> String {
        var table = Table("option", "what it means")
        for option in command.options {
            table.add("--" + ([option.name, option.argument].compactMap(\.self)).joined(separator: " "), option.help)
        }
        let operands = command.operands.isEmpty ? "" : " " + command.operands
        let head = "usage: flagd-inspect \(command.name)\(operands)\n\n\(command.summary)"
        guard !command.options.isEmpty else { return head }
        return head + "\n\n" + table.lines(indent: 2).joined(separator: "\n")
    }
}
