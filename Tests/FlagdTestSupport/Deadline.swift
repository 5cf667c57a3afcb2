/// Something that did not happen in time.
public struct DeadlineExceeded: Error, CustomStringConvertible {
    /// What was waited for, and how long.
    public let description: String

    /// Says what was waited for, and how long.
    public init(_ description: String) { self.description = description }
}

/// Runs an operation that must end in time.
///
/// When it does not, it is cancelled and the test fails.
///
/// - Parameters:
///   - limit: How long it may take. A hang's end, no performance figure: choose it far above what is expected.
///   - what: What is waited for, for the failure's text.
///   - operation: What to run. It must honour cancellation.
public func withDeadline<Success: Sendable>(
    _ limit: Duration = .seconds(20), _ what: String = "the operation",
    operation: @escaping @Sendable () async throws -> Success
) async throws -> Success {
    try await withThrowingTaskGroup(of: Success.self) { group in
        group.addTask(operation: operation)
        group.addTask {
            try await Task.sleep(for: limit)
            throw DeadlineExceeded("\(what) took longer than \(limit)")
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}

/// Waits until a condition holds, looking every few milliseconds.
///
/// - Throws: ``DeadlineExceeded`` when it does not hold in time.
public func waitUntil(
    _ what: String, within limit: Duration = .seconds(60), isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: limit)
    while try await !condition() {
        guard clock.now < deadline else {
            throw DeadlineExceeded("\(what): not within \(limit)")
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
