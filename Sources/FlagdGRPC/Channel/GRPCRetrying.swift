import FlagdTransport

/// Runs a unary call under a retry policy.
///
/// - Parameters:
///   - policy: When to try again.
///   - timeout: For all attempts and pauses together; nil for no end.
///   - isWorthwhile: Asked before each further attempt; a channel that has ended is not.
///   - attempt: Makes the call within the time it is given.
/// - Throws: The last attempt's status; CANCELLED when the task is cancelled in a pause.
package func retrying<Response>(
    _ policy: GRPCRetryPolicy, timeout: Duration?, isWorthwhile: () -> Bool = { true },
    _ attempt: (_ timeout: Duration?) async throws(GRPCStatus) -> Response
) async throws(GRPCStatus) -> Response {
    let deadline = timeout.map { MonotonicTime.now.advanced(by: $0) }
    var machine = GRPCRetryMachine(policy: policy, deadline: deadline?.nanoseconds)
    while true {
        let status: GRPCStatus
        do throws(GRPCStatus) {
            return try await attempt(deadline?.elapsed(since: .now))
        } catch {
            status = error
        }
        switch machine.attemptFailed(status, now: MonotonicTime.now.nanoseconds) {
        case .fail(let status): throw status
        case .retry(let time):
            guard isWorthwhile() else { throw status }
            let pause = MonotonicTime(nanoseconds: time).elapsed(since: .now)
            do {
                try await Task.sleep(for: pause, clock: .suspending)
            } catch {
                throw GRPCStatus(.cancelled, "cancelled while waiting to try again after: \(status)")
            }
            guard isWorthwhile() else { throw status }
        }
    }
}
