/// The words after a command, taken apart by its declarations.
///
/// `--name value` and `--name=value` mean the same; after `--` nothing is an option. An argument that begins with two dashes must be
/// given with `=`, so that a forgotten argument does not swallow the next option.
struct Arguments: Equatable, Sendable {
    /// The words that are no options.
    private(set) var positionals: [String] = []
    private var values: [String: [String]] = [:]

    /// Takes words apart.
    ///
    /// - Throws: ``UsageError`` for an unknown option, a missing or a needless argument, and an option given twice.
    init(_ words: some Sequence<String>, declarations: [OptionDeclaration]) throws(UsageError) {
        var rest = Array(words)[...]
        while let word = rest.popFirst() {
            if word == "--" {
                positionals += rest
                return
            }
            guard word.hasPrefix("--") else {
                try addPositional(word)
                continue
            }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let option = try Self.declaration(of: parts[0], among: declarations)
            let value = parts.count == 2 ? String(parts[1]) : nil
            try add(option, value: Self.argument(of: option, given: value, rest: &rest))
        }
    }

    /// Whether an option was given.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// The argument of an option, or nil when it was not given.
    func value(_ name: String) -> String? { values[name]?.last }

    /// The arguments of an option that may be repeated, in their order.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    private mutating func addPositional(_ word: String) throws(UsageError) {
        guard !word.hasPrefix("-") || word == "-" else {
            throw UsageError("unknown option '\(word)'", hint: "options begin with two dashes")
        }
        positionals.append(word)
    }

    private mutating func add(_ option: OptionDeclaration, value: String) throws(UsageError) {
        guard option.repeats || values[option.name] == nil else {
            throw UsageError("--\(option.name) is given twice")
        }
        values[option.name, default: []].append(value)
    }

    private static func declaration(
        of name: Substring, among declarations: [OptionDeclaration]
    ) throws(UsageError) -> OptionDeclaration {
        if let option = declarations.first(where: { $0.matches(name) }) { return option }
        let names = declarations.flatMap { [$0.name] + $0.aliases }
        let nearest = Spelling.nearest(to: String(name), among: names)
        throw UsageError("unknown option '--\(name)'", hint: nearest.map { "did you mean --\($0)?" })
    }

    private static func argument(
        of option: OptionDeclaration, given value: String?, rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        guard let argument = option.argument else {
            guard value == nil else { throw UsageError("--\(option.name) takes no argument") }
            return ""
        }
        if let value { return value }
        guard let next = rest.first, !next.hasPrefix("--") else {
            throw UsageError("--\(option.name) needs an argument", hint: "--\(option.name) \(argument)")
        }
        rest.removeFirst()
        return next
    }
}
