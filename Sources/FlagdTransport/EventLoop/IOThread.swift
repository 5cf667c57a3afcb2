/// What an ``IOThread`` runs: an actor whose executor it is.
///
/// Its methods are called on the thread, isolated to the actor, in this order: `preparePoll`, `pollReturned`, `preparePoll`, … and
/// at the end once `threadEnded`.
protocol IOThreadDelegate: Actor {
    /// Names the descriptors to watch and says until when to wait for them; nil ends the thread.
    func preparePoll(_ set: inout PollSet) -> MonotonicTime?
    /// The wait is over: a descriptor is ready, the deadline has passed, or a job has run.
    func pollReturned(_ set: PollSet)
    /// The thread is about to end and its own descriptors are closed.
    func threadEnded()
}

/// One thread that waits for sockets, timers and jobs, and is the serial executor of one actor.
///
/// Everything an actor on it does happens on this thread, so its sockets need no lock. When the actor has no more use for the
/// thread, the thread ends; a job that arrives later still runs, one at a time, on the global executor.
final class IOThread: SerialExecutor {
    private enum Work: Sendable {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private enum Phase {
        /// `start` has not been called: jobs wait. Becomes `running`, or `ended` when no thread can be had.
        case idle
        /// The thread runs jobs between polls. Becomes `polling` or `ended`.
        case running
        /// The thread is in `poll` or about to enter it: a new job must wake it. Becomes `running`.
        case polling
        /// The thread is gone. Becomes `draining` when a job arrives.
        case ended
        /// A task on the global executor runs late jobs. Becomes `ended`.
        case draining
    }

    private struct State {
        var phase = Phase.idle
        var inbox: [Work] = []
        /// The thread that runs isolated code; nil when none does.
        var owner: UInt?
    }

    private let state = Locked(State())
    private let wakeUp: WakeUpPipe

    /// Opens what the thread needs; the thread itself begins with ``start(_:)``.
    init() throws(SystemError) {
        wakeUp = try WakeUpPipe()
    }

    deinit {
        if state.withLock({ $0.phase == .idle }) { wakeUp.close() }
    }

    /// Starts the thread for `delegate`, whose executor this must be.
    ///
    /// To be called once; after an error the thread counts as ended.
    func start(_ delegate: any IOThreadDelegate) throws(SystemError) {
        state.withLock { $0.phase = .running }
        do {
            try Thread.start { self.run(delegate) }
        } catch {
            end()
            throw error
        }
    }

    /// Runs `work` on the thread after everything that was enqueued before it.
    func enqueue(_ work: @escaping @Sendable () -> Void) {
        enqueue(.closure(work))
    }

    /// Runs a job of the actor on the thread.
    func enqueue(_ job: consuming ExecutorJob) {
        enqueue(.job(UnownedJob(job)))
    }

    /// Traps when the caller does not run on this executor: a mistake of the calling code.
    func checkIsolated() {
        precondition(isCurrent, "not on the I/O thread of this connection")
    }

    /// Whether the caller runs on this executor.
    var isCurrent: Bool {
        state.withLock { $0.owner == Thread.currentID }
    }

    private func enqueue(_ work: Work) {
        let mustDrain = state.withLock { state in
            state.inbox.append(work)
            switch state.phase {
            case .polling where state.inbox.count == 1:
                // Under the lock, so that the descriptor cannot be closed and reused in between. It does not block.
                wakeUp.signal()
                return false
            case .ended:
                state.phase = .draining
                return true
            case .idle, .running, .polling, .draining: return false
            }
        }
        if mustDrain { Task.detached { self.drain() } }
    }

    private func run(_ delegate: any IOThreadDelegate) {
        state.withLock { $0.owner = Thread.currentID }
        var set = PollSet()
        while true {
            runInbox()
            set.removeAll()
            set.add(wakeUp.readEnd, .read)
            guard let deadline = delegate.assumeIsolated({ $0.preparePoll(&set) }) else { break }
            let mayWait = state.withLock { state in
                guard state.inbox.isEmpty else { return false }
                state.phase = .polling
                return true
            }
            set.wait(timeout: mayWait ? deadline.pollTimeout(from: .now) : 0)
            state.withLock { $0.phase = .running }
            if set.isReady(wakeUp.readEnd) { wakeUp.drain() }
            delegate.assumeIsolated { $0.pollReturned(set) }
        }
        end { delegate.assumeIsolated { $0.threadEnded() } }
    }

    /// Runs the jobs that are waiting now; those that come meanwhile wait for the next round, so that the sockets get their turn.
    private func runInbox() {
        let batch = state.withLock { state in
            var batch: [Work] = []
            swap(&batch, &state.inbox)
            return batch
        }
        for work in batch {
            switch work {
            case .job(let job): unsafe job.runSynchronously(on: asUnownedSerialExecutor())
            case .closure(let closure): closure()
            }
        }
    }

    /// Closes the pipe, runs `last`, and hands what still waits to the global executor.
    private func end(_ last: () -> Void = {}) {
        wakeUp.close()
        last()
        let mustDrain = state.withLock { state in
            state.owner = nil
            state.phase = state.inbox.isEmpty ? .ended : .draining
            return !state.inbox.isEmpty
        }
        if mustDrain { Task.detached { self.drain() } }
    }

    /// Runs late jobs; the phase `draining` lets only one task do so.
    private func drain() {
        state.withLock { $0.owner = Thread.currentID }
        repeat {
            runInbox()
        } while !finishedDraining()
    }

    private func finishedDraining() -> Bool {
        state.withLock { state in
            guard state.inbox.isEmpty else { return false }
            state.owner = nil
            state.phase = .ended
            return true
        }
    }
}
