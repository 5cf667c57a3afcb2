/// How much a log line matters: the levels of swift-log, in its order.
public enum FlagdLogLevel: String, Sendable, CaseIterable, Comparable {
    /// Every step.
    case trace
    /// What helps to find a fault: streams replaced, attempts made.
    case debug
    /// What an operator may like to know.
    case info
    /// Normal, but worth a look: a source is back.
    case notice
    /// Something is wrong and the provider goes on: a source is lost, a payload cannot be used, a variable is ignored.
    case warning
    /// The provider cannot do its work: given up for good.
    case error
    /// Not used by the provider; there so that the levels are swift-log's.
    case critical

    /// Compares by weight: trace is the least.
    public static func < (left: FlagdLogLevel, right: FlagdLogLevel) -> Bool { left.weight < right.weight }

    private var weight: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Receives the provider's log lines.
///
/// A `Logger` of swift-log fits with a handful of lines.
///
/// Called from any thread, one call at a time for one provider, in order, and never after ``FlagdProvider/shutdown()`` has returned.
/// It must not block for long: the provider's updates wait for it; evaluations do not. What a rule's operator `log` writes, at debug,
/// is the exception: it comes from the thread that evaluates, when it evaluates.
public protocol FlagdLogger: Sendable {
    /// Whether lines of a level are wanted. A line that is not wanted is never built.
    func isEnabled(_ level: FlagdLogLevel) -> Bool

    /// Writes a line. Contains no secret.
    func log(_ level: FlagdLogLevel, _ message: String)
}

extension FlagdLogger {
    /// Wants every level.
    public func isEnabled(_ level: FlagdLogLevel) -> Bool { true }
}
