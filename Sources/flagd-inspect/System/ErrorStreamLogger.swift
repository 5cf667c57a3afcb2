import Flagd

/// Writes the provider's log to standard error, from a level on.
struct ErrorStreamLogger: FlagdLogger {
    private let lowest: FlagdLogLevel

    /// Reads `--log-level`; nil without it.
    init?(_ arguments: Arguments) throws(UsageError) {
        guard let name = arguments.value("log-level") else { return nil }
        guard let level = FlagdLogLevel(rawValue: name.lowercased()) else {
            let names = FlagdLogLevel.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--log-level \(name) is unknown", hint: names)
        }
        lowest = level
    }

    func isEnabled(_ level: FlagdLogLevel) -> Bool { level >= lowest }

    func log(_ level: FlagdLogLevel, _ message: String) { StandardStream.writeError("\(level.rawValue): \(message)") }
}
