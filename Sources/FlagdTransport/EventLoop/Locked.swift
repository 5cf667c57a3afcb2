#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A value behind a POSIX mutex.
///
/// `Synchronization.Mutex` would do, but on Linux a contended one waits inside a library that ThreadSanitizer does not see, which then
/// reports races that are none, in the tests of whoever uses this package. This one it understands.
///
/// - Invariant: `value` is touched only between lock and unlock of `mutex`, which makes the class safe to share.
@safe package final class Locked<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    /// Protects `value`.
    package init(_ value: sending Value) {
        unsafe mutex = .allocate(capacity: 1)
        self.value = value
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(mutex, nil)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Calls `body` with the value while no other thread has it.
    ///
    /// Must not be nested, and `body` must not call out.
    package func withLock<Result: Sendable>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
