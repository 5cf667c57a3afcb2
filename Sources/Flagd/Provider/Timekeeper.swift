/// The time that drivers go by: measured from a fixed moment, never set back, running on while the machine sleeps.
protocol Timekeeper: Sendable {
    /// The time since the fixed moment.
    var now: Duration { get }

    /// Returns when the time has come; throws when the task is cancelled.
    func sleep(until deadline: Duration) async throws
}

/// The system's monotonic time.
struct SystemTimekeeper: Timekeeper {
    private let origin = ContinuousClock.now

    var now: Duration { origin.duration(to: .now) }

    func sleep(until deadline: Duration) async throws {
        try await Task.sleep(until: origin.advanced(by: deadline), clock: .continuous)
    }
}
