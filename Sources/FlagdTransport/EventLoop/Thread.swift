#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Threads of the operating system: detached, without signals.
enum Thread {
    /// The stack of a thread; musl's own default of 128 KiB is too small for a name resolver.
    private static let stackSize = 2 * 1024 * 1024

    fileprivate final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs `body` on a new thread, which ends with it and leaves nothing behind.
    ///
    /// Every signal that is not caused by the thread itself is blocked in it, so the host program's handlers keep running where the
    /// program expects them. It has no name: the threads that other libraries start from it would inherit it.
    static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        unsafe pthread_attr_setstacksize(&attributes, stackSize)
        // The thread inherits the mask of its creator: blocked here for a moment, no signal can reach it even at its start.
        var blocked = asynchronousSignals()
        var previous = sigset_t()
        unsafe pthread_sigmask(SIG_SETMASK, &blocked, &previous)
        #if canImport(Glibc)
        var thread = pthread_t()
        #else
        var thread: pthread_t?
        #endif
        let argument = unsafe Unmanaged.passRetained(Body(body))
        #if canImport(Darwin)
        let status = unsafe pthread_create(
            &thread, &attributes,
            {
                unsafe runThread($0)
                return nil
            }, argument.toOpaque())
        #else
        let status = unsafe pthread_create(
            &thread, &attributes,
            {
                if let argument = unsafe $0 { unsafe runThread(argument) }
                return nil
            }, argument.toOpaque())
        #endif
        unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
        guard status == 0 else {
            unsafe argument.release()
            throw SystemError(code: status)
        }
    }

    /// A number that is the calling thread's alone as long as the thread lives.
    static var currentID: UInt {
        #if canImport(Glibc)
        pthread_self()
        #else
        unsafe UInt(bitPattern: pthread_self())
        #endif
    }

    /// All signals but those that report a fault of the thread itself: these cannot be blocked in a meaningful way.
    private static func asynchronousSignals() -> sigset_t {
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS] {
            unsafe sigdelset(&signals, fault)
        }
        return signals
    }
}

/// The thread's start: takes over the reference that `Thread.start` gave away.
private func runThread(_ argument: UnsafeMutableRawPointer) {
    unsafe Unmanaged<Thread.Body>.fromOpaque(argument).takeRetainedValue().run()
}
