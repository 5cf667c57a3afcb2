/// The program was called in a way it does not understand: exit status 64.
struct UsageError: Error, Equatable, CustomStringConvertible {
    let message: String
    /// What to do about it.
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    var description: String { hint.map { "\(message) (\($0))" } ?? message }
}
