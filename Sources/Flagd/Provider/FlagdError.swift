/// What goes wrong outside of an evaluation: a configuration that cannot be used, an initialization that failed.
public struct FlagdError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of error.
    public enum Code: String, Sendable, CaseIterable {
        /// An option cannot be used; the message names the option and its value. Nothing was started.
        case configuration
        /// No valid flag set arrived within the deadline, or trying ended without one. The message names target, status and attempts.
        case notReady
        /// A fatal status code arrived before the first flag set, and trying ended (specification: provider, "States and events").
        case fatal
        /// The waiting task was cancelled, or the provider was shut down meanwhile.
        case cancelled
    }

    /// The kind.
    public let code: Code
    /// What went wrong, for a human.
    ///
    /// Contains no secret.
    public let message: String

    /// Makes an error of a kind and the words for it.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The kind and the words.
    public var description: String { "flagd: \(code.rawValue): \(message)" }
}
