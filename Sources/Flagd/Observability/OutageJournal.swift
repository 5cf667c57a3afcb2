/// Decides what is logged about a provider's states: of an outage one warning when it begins and one notice with its duration
/// when it ends, however many attempts lie between.
struct OutageJournal: Equatable, Sendable {
    /// A line to log.
    struct Line: Equatable, Sendable {
        var level: FlagdLogLevel
        var message: String
    }

    private var outageBegan: Duration?

    /// The line for a status that changed, or for the end of trying, if any.
    mutating func statusChanged(
        from old: ProviderStatus, to new: ProviderStatus, hasGivenUp: Bool, reason: String, now: Duration
    ) -> Line? {
        switch new {
        case .notReady:
            outageBegan = nil
            return nil
        case .ready:
            guard let began = outageBegan else { return Line(level: .info, message: "ready") }
            outageBegan = nil
            return Line(level: .notice, message: "ready again after \(Self.shown(now - began))")
        case .stale, .error:
            let isFirst = outageBegan == nil
            if isFirst { outageBegan = now }
            if hasGivenUp { return Line(level: .error, message: "given up: \(reason)") }
            return isFirst
                ? Line(level: .warning, message: "\(new.rawValue): \(reason)")
                : Line(level: .info, message: "now \(new.rawValue): \(reason)")
        case .fatal:
            outageBegan = nil
            return Line(level: .error, message: "given up: \(reason)")
        }
    }

    /// A time in seconds with one decimal.
    static func shown(_ time: Duration) -> String {
        let tenths = max(0, time.wholeMilliseconds) / 100
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
