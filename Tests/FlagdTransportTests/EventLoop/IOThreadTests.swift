import XCTest

@testable import FlagdTransport

/// An actor on an I/O thread that does nothing but wait.
private actor Idler: IOThreadDelegate {
    nonisolated let thread: IOThread
    private(set) var polls = 0
    private(set) var isEnded = false
    private var mustEnd = false
    private var deadline = MonotonicTime.distantFuture
    private var value = 0

    init(_ thread: IOThread) { self.thread = thread }

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    func preparePoll(_ set: inout PollSet) -> MonotonicTime? {
        polls += 1
        return mustEnd ? nil : deadline
    }

    func pollReturned(_ set: PollSet) {}

    func threadEnded() { isEnded = true }

    func end() { mustEnd = true }

    func wake(at deadline: MonotonicTime) { self.deadline = deadline }

    func increment() { value += 1 }

    var current: Int { value }

    func threadID() -> UInt { FlagdTransport.Thread.currentID }

    func blockedSignals() -> sigset_t {
        var set = sigset_t()
        pthread_sigmask(SIG_SETMASK, nil, &set)
        return set
    }
}

final class IOThreadTests: XCTestCase {
    private func start() throws -> Idler {
        let thread = try IOThread()
        let idler = Idler(thread)
        try thread.start(idler)
        return idler
    }

    func testRunsTheActorsCodeOnItsOwnThread() async throws {
        let idler = try start()
        let first = await idler.threadID()
        let second = await idler.threadID()
        XCTAssertEqual(first, second)
        let other = try start()
        let third = await other.threadID()
        XCTAssertNotEqual(first, third)
        await other.end()
        await idler.end()
    }

    func testJobsOfManyTasksAreSerial() async throws {
        let idler = try start()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<500 { await idler.increment() } }
            }
        }
        let value = await idler.current
        XCTAssertEqual(value, 4_000)
        await idler.end()
    }

    func testClosuresRunInOrderWithJobs() async throws {
        let idler = try start()
        let order = Locked<[Int]>([])
        for number in 0..<100 {
            idler.thread.enqueue { order.withLock { $0.append(number) } }
        }
        await idler.increment()
        XCTAssertEqual(order.withLock { $0 }, Array(0..<100))
        await idler.end()
    }

    /// Item 132: the host's signal handlers never run on it, so that no system call is interrupted.
    func testItem132BlocksSignals() async throws {
        let idler = try start()
        var blocked = await idler.blockedSignals()
        for signal in [SIGTERM, SIGINT, SIGCHLD, SIGUSR1, SIGPIPE, SIGALRM] {
            XCTAssertEqual(sigismember(&blocked, signal), 1, "signal \(signal)")
        }
        XCTAssertEqual(sigismember(&blocked, SIGSEGV), 0)
        await idler.end()
    }

    /// Starting a thread leaves the caller's signals as they were.
    func testCallersSignalMaskIsRestored() throws {
        var before = sigset_t()
        var after = sigset_t()
        pthread_sigmask(SIG_SETMASK, nil, &before)
        try FlagdTransport.Thread.start {}
        pthread_sigmask(SIG_SETMASK, nil, &after)
        for signal in [SIGTERM, SIGINT, SIGCHLD, SIGUSR1, SIGPIPE, SIGALRM] {
            XCTAssertEqual(sigismember(&before, signal), sigismember(&after, signal), "signal \(signal)")
        }
    }

    func testDoesNotSpinWhileIdle() async throws {
        let idler = try start()
        await idler.increment()
        let before = await idler.polls
        try await Task.sleep(for: .milliseconds(100))
        let after = await idler.polls
        XCTAssertLessThanOrEqual(after - before, 3)
        await idler.end()
    }

    /// Item 135: nothing is left when the thread has ended.
    func testEndsAndLeavesNothing() async throws {
        // The runtime opens descriptors of its own when a task first sleeps.
        try await Task.sleep(for: .milliseconds(1))
        let descriptors = ProcessCounts.descriptors
        let threads = ProcessCounts.threads
        for _ in 0..<50 {
            let idler = try start()
            await idler.end()
        }
        await ProcessCounts.eventually("threads or descriptors are left") {
            ProcessCounts.threads <= threads + ProcessCounts.poolSlack && ProcessCounts.descriptors <= descriptors
        }
    }

    /// A job that arrives after the end still runs, and still one at a time.
    func testLateJobsRun() async throws {
        let idler = try start()
        await idler.end()
        await ProcessCounts.eventually("the thread does not end") { await idler.isEnded }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<200 { await idler.increment() } }
            }
        }
        let value = await idler.current
        XCTAssertEqual(value, 1_600)
        XCTAssertFalse(idler.thread.isCurrent)
    }

    func testPipeIsClosedWhenNeverStarted() throws {
        let before = ProcessCounts.descriptors
        for _ in 0..<20 { _ = try IOThread() }
        XCTAssertEqual(ProcessCounts.descriptors, before)
    }
}
