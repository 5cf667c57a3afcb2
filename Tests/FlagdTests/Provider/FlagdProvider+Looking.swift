import Synchronization

@testable import Flagd

/// What tests look at and users do not.
extension FlagdProvider {
    /// How many attempts of the first source have failed in a row.
    var failedAttempts: Int { engine.state.withLock { $0.machine.failedAttempts(of: 0) } }

    /// Why the first source failed last; nil since it delivered.
    var lastFailure: FlagSourceFailure? { engine.state.withLock { $0.machine.lastFailure(of: 0) } }
}
