/// When a failed unary call is tried again (gRFC A6, as the flagd provider specification fixes its numbers).
package struct GRPCRetryPolicy: Hashable, Sendable {
    /// How often the call is tried in all.
    ///
    /// Default: 4.
    package var maximumAttempts: Int

    /// The pause after the first failure; it doubles with each further one.
    ///
    /// Default: 1 s.
    package var initialBackoff: Duration

    /// The longest pause.
    ///
    /// Default: 5 s.
    package var maximumBackoff: Duration

    /// The codes after which another try makes sense.
    ///
    /// Default: UNAVAILABLE and UNKNOWN.
    package var retryableCodes: Set<GRPCStatusCode>

    /// Creates a policy; the defaults are those of the properties.
    package init(
        maximumAttempts: Int = 4, initialBackoff: Duration = .seconds(1), maximumBackoff: Duration = .seconds(5),
        retryableCodes: Set<GRPCStatusCode> = [.unavailable, .unknown]
    ) {
        self.maximumAttempts = maximumAttempts
        self.initialBackoff = initialBackoff
        self.maximumBackoff = maximumBackoff
        self.retryableCodes = retryableCodes
    }

    /// One attempt and no more.
    package static let none = GRPCRetryPolicy(maximumAttempts: 1)
}

/// What to do after a failed attempt.
package enum GRPCRetryAction: Equatable, Sendable {
    /// Try again at this time, in monotonic nanoseconds.
    case retry(at: UInt64)
    /// Give up with this status.
    case fail(GRPCStatus)
}

/// The attempts of one call.
package struct GRPCRetryMachine: Sendable {
    private let policy: GRPCRetryPolicy
    private let deadline: UInt64?
    private var failures = 0
    private var backoff: UInt64
    private var hasRetriedUnprocessed = false

    /// No attempt has failed yet.
    ///
    /// - Parameters:
    ///   - policy: The policy.
    ///   - deadline: When the call must be over, all attempts and pauses together, in monotonic nanoseconds; nil for never.
    package init(policy: GRPCRetryPolicy, deadline: UInt64?) {
        self.policy = policy
        self.deadline = deadline
        self.backoff = min(policy.initialBackoff.nanosecondsRoundedUp, policy.maximumBackoff.nanosecondsRoundedUp)
    }

    /// An attempt failed.
    ///
    /// A request the server surely did not process is tried again at once, the first time (RFC 9113 section 8.7); it counts as an
    /// attempt all the same.
    package mutating func attemptFailed(_ status: GRPCStatus, now: UInt64) -> GRPCRetryAction {
        failures &+= 1
        guard failures < policy.maximumAttempts, policy.retryableCodes.contains(status.code) else {
            return .fail(status)
        }
        if status.origin == .reset(processed: false), !hasRetriedUnprocessed {
            hasRetriedUnprocessed = true
            return within(now, status)
        }
        let (at, overflow) = now.addingReportingOverflow(backoff)
        let (doubled, tooLong) = backoff.multipliedReportingOverflow(by: 2)
        backoff = min(tooLong ? .max : doubled, policy.maximumBackoff.nanosecondsRoundedUp)
        return overflow ? .fail(status) : within(at, status)
    }

    private func within(_ time: UInt64, _ status: GRPCStatus) -> GRPCRetryAction {
        if let deadline, time >= deadline { return .fail(status) }
        return .retry(at: time)
    }
}
