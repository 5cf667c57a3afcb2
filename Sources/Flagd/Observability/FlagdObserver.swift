/// Is told what a provider does: the place for metrics and traces.
///
/// Every method has a default that does nothing.
///
/// Evaluations are reported on the caller's thread, the rest from any thread, one call at a time and in order, and never after
/// ``FlagdProvider/shutdown()`` has returned. Without an observer nothing of this costs anything.
public protocol FlagdObserver: Sendable {
    /// A flag was evaluated.
    func flagEvaluated(_ evaluation: EvaluationReport)
    /// A payload was taken over or refused.
    func payloadProcessed(_ update: UpdateReport)
    /// A source replaces its connection, which is no failure.
    func sourceReconnecting(_ reconnect: ReconnectReport)
    /// A source was lost, or an attempt to connect failed.
    func sourceFailed(_ failure: FailureReport)
    /// The status changed.
    func statusChanged(from old: ProviderStatus, to new: ProviderStatus)
}

extension FlagdObserver {
    /// Does nothing.
    public func flagEvaluated(_ evaluation: EvaluationReport) {}
    /// Does nothing.
    public func payloadProcessed(_ update: UpdateReport) {}
    /// Does nothing.
    public func sourceReconnecting(_ reconnect: ReconnectReport) {}
    /// Does nothing.
    public func sourceFailed(_ failure: FailureReport) {}
    /// Does nothing.
    public func statusChanged(from old: ProviderStatus, to new: ProviderStatus) {}
}

/// The outcome of an evaluation, without the evaluation's context.
public struct EvaluationReport: Sendable, Equatable {
    /// The flag.
    public let flagKey: String
    /// The variant, when one was chosen.
    public let variant: String?
    /// How the value came about.
    public let reason: ResolutionReason
    /// Why the caller's default was used, when that was an error.
    public let errorCode: ErrorCode?
}

/// What became of a payload.
public struct UpdateReport: Sendable, Equatable {
    /// The outcomes.
    public enum Outcome: Sendable, Equatable {
        /// It was published, with these keys added, removed or changed.
        case applied(flagsChanged: [String])
        /// Byte for byte the last one; nothing was parsed.
        case identical
        /// It empties the set and waits for a confirmation.
        case held
        /// It cannot be used, for this reason; the last set stays.
        case refused(String)
    }

    /// The source.
    public let source: String
    /// The payload's size in bytes.
    public let bytes: Int
    /// How many flags the published set has.
    public let flags: Int
    /// The time from taking the payload up to its publication.
    public let duration: Duration
    /// What became of it.
    public let outcome: Outcome
}

/// The quiet replacement of a source's connection.
public struct ReconnectReport: Sendable, Equatable {
    /// The source.
    public let source: String
    /// Why.
    public let reason: String
}

/// A source that was lost, or an attempt to connect that failed.
public struct FailureReport: Sendable, Equatable {
    /// The source.
    public let source: String
    /// The status code's name, such as `UNAVAILABLE`; nil when there is none.
    public let statusCode: String?
    /// What went wrong, for a human.
    public let message: String
    /// Whether an attempt to connect failed; else a connection that had delivered was lost.
    public let isAttempt: Bool
    /// How many attempts have failed in a row, this one included.
    public let failedAttempts: Int
}
