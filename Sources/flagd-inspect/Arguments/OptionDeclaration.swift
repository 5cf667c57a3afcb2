/// One option that a command takes.
struct OptionDeclaration: Equatable, Sendable {
    /// The name without dashes, as messages show it.
    let name: String
    /// Other names for the same option.
    let aliases: [String]
    /// What stands for the argument in the help; nil for an option without argument.
    let argument: String?
    /// What the option means, in one line.
    let help: String
    /// Whether it may be given more than once.
    let repeats: Bool

    /// Declares an option.
    init(_ name: String, _ argument: String? = nil, aliases: [String] = [], repeats: Bool = false, help: String) {
        self.name = name
        self.aliases = aliases
        self.argument = argument
        self.help = help
        self.repeats = repeats
    }

    /// Whether the option is known by this name, given without dashes.
    func matches(_ candidate: Substring) -> Bool {
        name == candidate || aliases.contains { $0 == candidate }
    }
}
