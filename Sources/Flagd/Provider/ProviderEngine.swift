import Synchronization

/// Drives a provider: runs the sources, compiles what they deliver off everybody's thread, and performs what the state machine decides.
///
/// One lock orders all decisions. Under it run only the machines, the publication of a compiled flag set and the handing over of
/// events; sources, loggers, observers and compilation run outside.
final class ProviderEngine: Sendable {
    /// How long a shutdown waits for sources that do not heed their cancellation.
    static let shutdownLimit = Duration.seconds(1)

    /// What the engine is made of, all fixed for its life.
    struct Parts: Sendable {
        var sources: [any FlagSource]
        var machine: ProviderStateMachine.Configuration
        var evaluation: EvaluationOptions
        var contextEnricher: (@Sendable (Structure) -> Structure)?
        var snapshots: SnapshotStore?
        var notifier: Notifier
        var timekeeper: any Timekeeper
    }

    /// What is known of one source.
    struct Slot: Sendable {
        /// The newest good payload.
        var applied: FlagSourcePayload?
        /// What the snapshot file had, used until there is a good payload.
        var restored: FlagPayload?
        /// Whether the newest good payload has no flags.
        var isEmpty = true
        /// The last payload that could not be used, and why.
        var refused: (bytes: ArraySlice<UInt8>, reason: String)?
        var emptySetGuard = EmptySetGuard<FlagSourcePayload>()
    }

    struct State {
        var machine: ProviderStateMachine
        var journal = OutageJournal()
        var queue = UpdateQueue()
        var slots: [Slot]
        /// The newest compiled flag set, published or not.
        var newest: FlagSet?
        var waiters: [UInt64: CheckedContinuation<Result<Void, FlagdError>, Never>] = [:]
        var nextWaiter: UInt64 = 0
        /// Counts the runs of the sources; what comes from an earlier one is ignored.
        var run: UInt64 = 0
        /// The running sources, which end with the run.
        var runTasks: [Task<Void, Never>] = []
        /// The last question to each source whether its empty set is meant; ends with the run too.
        var questions: [Int: Task<Void, Never>] = [:]
        /// Whether the last attempt to write a snapshot file failed.
        var isSnapshotFailing = false
        var isWorking = false
        var timer: (deadline: Duration, id: UInt64, task: Task<Void, Never>)?
        var nextTimer: UInt64 = 0
        /// How many tasks of the engine have not ended yet.
        var activeTasks = 0
        /// Present while a shutdown waits for the tasks.
        var closing: Gate?
        /// Tasks to cancel once the lock is released: their handlers may call back.
        var cancelled: [Task<Void, Never>] = []
    }

    let parts: Parts
    let evaluator: Evaluator
    let hub = EventHub()
    let state: Mutex<State>

    init(_ parts: Parts) {
        self.parts = parts
        evaluator = Evaluator(options: parts.evaluation)
        let slots = parts.sources.map { _ in Slot() }
        state = Mutex(State(machine: ProviderStateMachine(parts.machine), slots: slots))
    }

    /// What the provider is able to do now.
    var status: ProviderStatus { state.withLock { $0.machine.status } }

    /// Adds a subscriber, which first gets the current status.
    func subscribe() -> ProviderEvents { state.withLock { hub.subscribe(first: $0.machine.statusEvent) } }

    /// Why the last payloads of sources could not be used.
    var refusals: [String] { state.withLock { $0.slots.compactMap { $0.refused?.reason } } }

    // MARK: Initialization and shutdown

    /// Starts, or joins whoever does, and returns when the first flag set is published.
    func initialize() async throws(FlagdError) {
        if let closing = state.withLock({ $0.closing }) { await closing.wait() }
        let id = state.withLock { state in
            defer { state.nextWaiter &+= 1 }
            return state.nextWaiter
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Void, FlagdError>, Never>) in
                update { state in
                    // Asked under the lock: the handler below either finds the waiter or has run before.
                    guard !Task.isCancelled else {
                        continuation.resume(returning: .failure(Self.cancellation))
                        return []
                    }
                    state.waiters[id] = continuation
                    return state.machine.initialize(now: parts.timekeeper.now)
                }
            }
        } onCancel: {
            abandon(id)
        }
        try result.get()
    }

    /// Ends everything and waits for it, but not longer than ``shutdownLimit``.
    func shutdown() async {
        let gate = close()
        let timekeeper = parts.timekeeper
        let limit = Task {
            try? await timekeeper.sleep(until: timekeeper.now + Self.shutdownLimit)
            gate.open()
        }
        await gate.wait()
        limit.cancel()
        state.withLock { state in
            if state.closing === gate { state.closing = nil }
            // A logger or an observer that is slow may still have something to be told.
            if state.machine.state == .idle { parts.notifier.discard() }
        }
    }

    /// Ends everything without waiting.
    ///
    /// The gate opens when the last task has ended.
    @discardableResult
    func close() -> Gate {
        var gate = Gate()
        update { state in
            // Decided together with everything else, so that shutdowns at the same time share one gate. An initialization that was
            // about to begin when the first of them came may have started the sources again.
            if let closing = state.closing {
                gate = closing
            } else if state.activeTasks == 0 {
                gate.open()
            } else {
                state.closing = gate
            }
            finishWaiters(&state, .failure(FlagdError(.cancelled, "the provider was shut down")))
            hub.finish()
            return state.machine.shutdown()
        }
        return gate
    }

    private func abandon(_ waiter: UInt64) {
        update { state in
            guard let continuation = state.waiters.removeValue(forKey: waiter) else { return [] }
            continuation.resume(returning: .failure(Self.cancellation))
            return state.waiters.isEmpty ? state.machine.initializationAbandoned() : []
        }
    }

    private static var cancellation: FlagdError { FlagdError(.cancelled, "the initialization was cancelled") }

    // MARK: Decisions and actions

    /// Makes a decision under the lock, performs its actions, and tells logger and observers afterwards.
    func update(_ decide: (inout State) -> [ProviderStateMachine.Action]) {
        let cancelled = state.withLock { state in
            let (old, wasTrying) = (state.machine.status, state.machine.isTrying)
            for action in decide(&state) { perform(action, &state) }
            note(old, wasTrying: wasTrying, &state)
            armTimer(&state)
            startWorking(&state)
            defer { state.cancelled = [] }
            return state.cancelled
        }
        for task in cancelled { task.cancel() }
        parts.notifier.deliver()
    }

    private func perform(_ action: ProviderStateMachine.Action, _ state: inout State) {
        switch action {
        case .start: start(&state)
        case .stop: stop(&state)
        case .publish:
            if let newest = state.newest, newest !== evaluator.current { evaluator.publish(newest) }
        case .withdraw(let isFatal):
            evaluator.withdraw(fatal: isFatal)
            state.newest = nil
            state.slots = state.slots.map { _ in Slot() }
        case .readSnapshot: state.queue.append(.readSnapshot, from: 0)
        case .emit(let event): hub.publish(event)
        case .finishInitialization: finishWaiters(&state, .success(()))
        case .failInitialization(let error): finishWaiters(&state, .failure(error))
        }
    }

    private func finishWaiters(_ state: inout State, _ result: Result<Void, FlagdError>) {
        for waiter in state.waiters.values { waiter.resume(returning: result) }
        state.waiters = [:]
    }

    private func start(_ state: inout State) {
        let run = state.run
        for (index, source) in parts.sources.enumerated() {
            let task = spawn(&state) { engine in
                let failure = await engine.read(source, index: index, run: run)
                if !Task.isCancelled { engine.enqueue(.ended(failure), from: index, run: run) }
            }
            state.runTasks.append(task)
        }
    }

    private func stop(_ state: inout State) {
        state.run &+= 1
        state.queue.removeAll()
        state.isWorking = false
        for index in state.slots.indices { state.slots[index].emptySetGuard.connectionEnded() }
        state.cancelled += state.runTasks + state.questions.values
        state.runTasks = []
        state.questions = [:]
    }

    private func read(_ source: any FlagSource, index: Int, run: UInt64) async -> FlagSourceFailure {
        do {
            try await source.run { [weak self] event in self?.enqueue(.event(event), from: index, run: run) }
            return FlagSourceFailure(message: "the source has ended")
        } catch let failure as FlagSourceFailure {
            return failure
        } catch {
            return FlagSourceFailure(message: "\(error)")
        }
    }

    private func enqueue(_ event: UpdateQueue.Update, from source: Int, run: UInt64) {
        update { state in
            if state.run == run { state.queue.append(event, from: source) }
            return []
        }
    }

    // MARK: Tasks and time

    /// Starts a task that a shutdown waits for.
    @discardableResult
    func spawn(_ state: inout State, _ work: @escaping @Sendable (ProviderEngine) async -> Void) -> Task<Void, Never> {
        state.activeTasks += 1
        return Task {
            await work(self)
            self.taskEnded()
        }
    }

    private func taskEnded() {
        let gate = state.withLock { state in
            state.activeTasks -= 1
            return state.activeTasks == 0 ? state.closing : nil
        }
        gate?.open()
    }

    private func startWorking(_ state: inout State) {
        guard !state.isWorking, !state.queue.isEmpty else { return }
        state.isWorking = true
        let run = state.run
        spawn(&state) { await $0.work(run: run) }
    }

    private func armTimer(_ state: inout State) {
        let held = state.slots.compactMap { $0.emptySetGuard.held?.until }
        let deadline = (held + [state.machine.nextDeadline].compactMap(\.self)).min()
        guard deadline != state.timer?.deadline else { return }
        if let timer = state.timer { state.cancelled.append(timer.task) }
        state.timer = nil
        guard let deadline else { return }
        let id = state.nextTimer
        state.nextTimer &+= 1
        let task = spawn(&state) { engine in
            guard (try? await engine.parts.timekeeper.sleep(until: deadline)) != nil else { return }
            engine.timerFired(id)
        }
        state.timer = (deadline, id, task)
    }

    private func timerFired(_ id: UInt64) {
        update { state in
            guard state.timer?.id == id else { return [] }
            state.timer = nil
            let now = parts.timekeeper.now
            for index in state.slots.indices {
                release(state.slots[index].emptySetGuard.timerFired(now: now), from: index, &state)
            }
            return state.machine.timerFired(now: now)
        }
    }

    /// Lets a payload that was held go its way before everything that came later.
    func release(_ payload: FlagSourcePayload?, from source: Int, _ state: inout State) {
        guard var payload else { return }
        payload.confirmation = nil
        state.queue.prepend(payload, from: source)
    }

    private func note(_ old: ProviderStatus, wasTrying: Bool, _ state: inout State) {
        let (new, hasGivenUp) = (state.machine.status, !state.machine.isTrying)
        guard old != new || (wasTrying && hasGivenUp) else { return }
        if old != new { parts.notifier.add(.status(old: old, new: new)) }
        let line = state.journal.statusChanged(
            from: old, to: new, hasGivenUp: hasGivenUp, reason: state.machine.statusEvent?.text ?? "",
            now: parts.timekeeper.now)
        if let line { parts.notifier.note(line.level) { line.message } }
    }
}

extension ProviderEvent {
    /// What the event says beside its kind.
    var text: String {
        switch self {
        case .ready: ""
        case .configurationChanged(let keys): keys.joined(separator: ", ")
        case .stale(let message), .error(_, let message): message
        }
    }
}
