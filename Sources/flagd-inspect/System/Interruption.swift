import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Ends a long-running command on SIGTERM, SIGINT and when nobody reads its output any more.
///
/// The signals are blocked in every thread and taken by the main thread, which does nothing else, so that no signal handler runs.
/// (libdispatch's own way to park the main thread unblocks all signals.)
enum Interruption {
    /// How long an orderly end may take, in microseconds.
    private static let grace: UInt32 = 800_000

    /// What asks the command to end; nil while a signal may end the process at once.
    private static let request = Mutex<(@Sendable () -> Void)?>(nil)

    /// Blocks the signals: on the main thread, before there are others, which inherit it.
    static func prepare() {
        var signals = self.signals
        _ = unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for a signal on the main thread, and then ends the process.
    static func waitForSignal() -> Never {
        var set = signals
        var received: Int32 = 0
        while unsafe sigwait(&set, &received) != 0 {}
        if let request = request.withLock({ $0 }) { end(request) }
        _ = signal(received, SIG_DFL)
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(received)
        exit(ExitStatus.software.rawValue)
    }

    /// Calls the action once, on another thread, when the command should end.
    ///
    /// If the process is still there after the grace time, it ends with status 0 in any case. The action must return at once.
    static func observe(_ action: @escaping @Sendable () -> Void) {
        request.withLock { $0 = action }
        watchOutput()
    }

    /// Nobody reads standard output any more: ends the command, if it asked for that.
    fileprivate static func outputClosed() {
        let request = request.withLock { $0 }
        if let request { end(request) }
    }

    private static func end(_ action: () -> Void) -> Never {
        action()
        usleep(grace)
        exit(ExitStatus.success.rawValue)
    }

    private static var signals: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        return set
    }

    /// Starts the thread that watches standard output.
    private static func watchOutput() {
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        let failed = unsafe pthread_create(&thread, nil, endWithTheOutput, nil)
        // Without the thread only a write finds out that nobody reads any more.
        if failed == 0 { pthread_detach(thread) }
    }
}

/// Waits for an error or hang-up on standard output, which `poll` reports without being asked for any event: a thread's body.
private func endWithTheOutput(_: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    while true {
        var entry = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        if unsafe poll(&entry, 1, -1) > 0 { break }
    }
    Interruption.outputClosed()
    return nil
}
