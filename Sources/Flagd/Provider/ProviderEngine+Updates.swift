import Synchronization

/// Takes over what the sources deliver: one update after the other, on a task of its own.
extension ProviderEngine {
    /// Looks at the waiting updates until there is none, or the run is over.
    func work(run: UInt64) async {
        while let (source, update) = nextUpdate(run) {
            switch update {
            case .event(.payload(let payload)): process(payload, from: source, run: run)
            case .event(.reconnecting(let reason)): reconnecting(source, reason: reason, run: run)
            case .event(.lost(let failure)):
                failed(source, failure, isAttempt: false, run: run) { $0.sourceLost(source, failure, now: $1) }
            case .event(.attemptFailed(let failure)):
                failed(source, failure, isAttempt: true, run: run) { $0.attemptFailed(source, failure, now: $1) }
            case .ended(let failure):
                failed(source, failure, isAttempt: true, run: run) { $0.sourceEnded(source, failure, now: $1) }
            case .readSnapshot: readSnapshots(run: run)
            }
        }
    }

    private func nextUpdate(_ run: UInt64) -> (source: Int, update: UpdateQueue.Update)? {
        state.withLock { state in
            guard state.run == run else { return nil }
            let next = state.queue.next()
            if next == nil { state.isWorking = false }
            return next
        }
    }

    /// Decides only while the run goes on.
    private func decide(
        run: UInt64, _ body: (inout State) -> [ProviderStateMachine.Action]
    ) {
        update { state in state.run == run ? body(&state) : [] }
    }

    // MARK: Payloads

    private func process(_ payload: FlagSourcePayload, from source: Int, run: UInt64) {
        let began = parts.timekeeper.now
        let (slots, newest) = state.withLock { ($0.slots, $0.newest) }
        guard slots.indices.contains(source) else { return }
        let slot = slots[source]
        if let applied = slot.applied, Self.areEqual(applied.bytes, payload.bytes),
            applied.syncContext == payload.syncContext
        {
            return accept(payload, from: source, set: nil, isEmpty: slot.isEmpty, began: began, run: run)
        }
        if let refused = slot.refused, Self.areEqual(refused.bytes, payload.bytes) {
            return refuse(payload, from: source, reason: refused.reason, isNew: false, began: began, run: run)
        }
        do throws(PayloadError) {
            let set = try FlagSet.compile(
                payloads(slots, with: payload, at: source), options: parts.evaluation, after: newest)
            let isEmpty = try hasNoFlags(payload, in: set, wasEmpty: slot.isEmpty)
            accept(payload, from: source, set: set, isEmpty: isEmpty, began: began, run: run)
        } catch {
            refuse(payload, from: source, reason: "\(error)", isNew: true, began: began, run: run)
        }
    }

    /// Compares as memory is compared: payloads may have millions of bytes.
    private static func areEqual(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        unsafe left.withUnsafeBufferPointer { left in
            unsafe right.withUnsafeBufferPointer { right in unsafe ByteView(left) == ByteView(right) }
        }
    }

    /// The newest payload of each source, in the order of the merge.
    private func payloads(_ slots: [Slot], with payload: FlagSourcePayload?, at source: Int) -> [FlagPayload] {
        slots.enumerated().compactMap { index, slot in
            guard let newest = index == source && payload != nil ? payload : slot.applied else { return slot.restored }
            return enriched(newest)
        }
    }

    private func enriched(_ payload: FlagSourcePayload) -> FlagPayload {
        guard let enrich = parts.contextEnricher else {
            return FlagPayload(bytes: payload.bytes, syncContext: payload.syncContext)
        }
        return FlagPayload(bytes: payload.bytes, syncContext: enrich(payload.syncContext ?? Structure()))
    }

    /// Whether this source's payload has no flags.
    ///
    /// Beside other sources the merged set does not tell.
    private func hasNoFlags(
        _ payload: FlagSourcePayload, in set: FlagSet, wasEmpty: Bool
    ) throws(PayloadError) -> Bool {
        if parts.sources.count == 1 { return set.isEmpty }
        guard payload.confirmation != nil, !wasEmpty else { return false }
        return try FlagSet.compile([enriched(payload)], options: parts.evaluation).isEmpty
    }

    /// Takes a usable payload over, or holds it when it empties the set.
    ///
    /// No set: the payload is the last one.
    private func accept(
        _ payload: FlagSourcePayload, from source: Int, set: FlagSet?, isEmpty: Bool, began: Duration, run: UInt64
    ) {
        let changes = evaluator.current.flatMap { set?.changedKeys(from: $0) }
        var isApplied = false
        decide(run: run) { state in
            // The first set is a beginning; after an initialization that failed, all of it is new.
            let changed = changes ?? (state.machine.status == .error ? set?.changedKeys(from: nil) : nil) ?? []
            let decision = state.slots[source].emptySetGuard.payloadArrived(
                payload, isEmpty: isEmpty, wasEmpty: state.slots[source].isEmpty,
                needsConfirmation: payload.confirmation != nil, now: parts.timekeeper.now)
            guard decision == .apply else {
                report(payload, source, flags: evaluator.current?.count ?? 0, .held, began: began)
                confirm(payload, from: source, run: run, &state)
                return []
            }
            isApplied = set != nil
            take(payload, from: source, set: set, isEmpty: isEmpty, &state)
            let outcome = set == nil ? UpdateReport.Outcome.identical : .applied(flagsChanged: changed)
            report(payload, source, flags: state.newest?.count ?? 0, outcome, began: began)
            return state.machine.payloadAccepted(from: source, changed: changed)
        }
        if isApplied { writeSnapshot(payload, from: source) }
    }

    private func take(
        _ payload: FlagSourcePayload, from source: Int, set: FlagSet?, isEmpty: Bool, _ state: inout State
    ) {
        state.slots[source].refused = nil
        guard let set else { return }
        state.slots[source].applied = FlagSourcePayload(bytes: payload.bytes, syncContext: payload.syncContext)
        state.slots[source].isEmpty = isEmpty
        state.slots[source].restored = nil
        let isNews = state.newest?.diagnostics != set.diagnostics
        state.newest = set
        let (label, count) = (label(source), set.diagnostics.count)
        if isNews, count > 0 { parts.notifier.note(.warning) { "\(label): \(count) diagnostics in the flag set" } }
    }

    private func refuse(
        _ payload: FlagSourcePayload, from source: Int, reason: String, isNew: Bool, began: Duration, run: UInt64
    ) {
        decide(run: run) { state in
            state.slots[source].emptySetGuard.connectionEnded()
            let label = label(source)
            if isNew { parts.notifier.note(.warning) { "\(label): a payload cannot be used: \(reason)" } }
            state.slots[source].refused = (payload.bytes, reason)
            report(payload, source, flags: evaluator.current?.count ?? 0, .refused(reason), began: began)
            if payload.failsWhenUnusable {
                let failure = FlagSourceFailure(message: reason)
                return state.machine.sourceLost(source, failure, now: parts.timekeeper.now)
            }
            state.machine.payloadRefused(from: source, reason: reason)
            return []
        }
    }

    /// Asks the source whether its empty set is meant.
    private func confirm(_ payload: FlagSourcePayload, from source: Int, run: UInt64, _ state: inout State) {
        guard let confirmation = payload.confirmation else { return }
        let ticket = state.slots[source].emptySetGuard.ticket
        let task = spawn(&state) { engine in
            guard let bytes = await confirmation() else { return }
            let answer = FlagPayload(bytes: bytes, syncContext: nil)
            guard let set = try? FlagSet.compile([answer], options: engine.parts.evaluation), set.isEmpty else {
                return
            }
            engine.decide(run: run) { state in
                engine.release(state.slots[source].emptySetGuard.confirmed(ticket: ticket), from: source, &state)
                return []
            }
        }
        // The answer to an earlier one would be about a set that is not held any more.
        if let earlier = state.questions.updateValue(task, forKey: source) { state.cancelled.append(earlier) }
    }

    // MARK: Connection events

    private func reconnecting(_ source: Int, reason: String, run: UInt64) {
        decide(run: run) { state in
            state.slots[source].emptySetGuard.connectionEnded()
            let reconnect = ReconnectReport(source: label(source), reason: reason)
            parts.notifier.add(.reconnect(reconnect))
            parts.notifier.note(.debug) { "\(reconnect.source) connects anew: \(reason)" }
            return []
        }
    }

    private func failed(
        _ source: Int, _ failure: FlagSourceFailure, isAttempt: Bool, run: UInt64,
        _ transition: (inout ProviderStateMachine, Duration) -> [ProviderStateMachine.Action]
    ) {
        decide(run: run) { state in
            state.slots[source].emptySetGuard.connectionEnded()
            let actions = transition(&state.machine, parts.timekeeper.now)
            tell(source, failure, isAttempt: isAttempt, state)
            return actions
        }
    }

    private func tell(_ source: Int, _ failure: FlagSourceFailure, isAttempt: Bool, _ state: borrowing State) {
        let count = state.machine.failedAttempts(of: source)
        let report = FailureReport(
            source: label(source), statusCode: failure.statusCode, message: failure.message, isAttempt: isAttempt,
            failedAttempts: count)
        parts.notifier.add(.failure(report))
        parts.notifier.note(.debug) {
            isAttempt
                ? "\(report.source): attempt \(count) failed: \(failure)" : "\(report.source) is lost: \(failure)"
        }
    }

    private func report(
        _ payload: FlagSourcePayload, _ source: Int, flags: Int, _ outcome: UpdateReport.Outcome, began: Duration
    ) {
        guard parts.notifier.isNeeded else { return }
        let update = UpdateReport(
            source: label(source), bytes: payload.bytes.count, flags: flags,
            duration: parts.timekeeper.now - began, outcome: outcome)
        parts.notifier.add(.update(update))
        parts.notifier.note(.debug) { "\(update.source): payload of \(update.bytes) bytes \(outcome.text)" }
    }

    private func label(_ source: Int) -> String { parts.machine.sources[source] }

    // MARK: Snapshot file

    private func writeSnapshot(_ payload: FlagSourcePayload, from source: Int) {
        guard let snapshots = parts.snapshots else { return }
        do {
            try snapshots.write(payload.bytes, source: source)
            state.withLock { $0.isSnapshotFailing = false }
        } catch {
            let wasFailing = state.withLock { state in
                defer { state.isSnapshotFailing = true }
                return state.isSnapshotFailing
            }
            parts.notifier.note(wasFailing ? .debug : .warning) { "the snapshot file cannot be written: \(error)" }
            parts.notifier.deliver()
        }
    }

    private func readSnapshots(run: UInt64) {
        let slots = state.withLock { $0.slots }
        do {
            let (restored, set) = try restore(slots)
            decide(run: run) { state in
                for (index, payload) in restored {
                    state.slots[index].restored = payload
                    state.slots[index].isEmpty = parts.sources.count == 1 && set.isEmpty
                }
                state.newest = set
                return state.machine.snapshotServed(now: parts.timekeeper.now)
            }
        } catch {
            decide(run: run) { state in
                let isMissing = (error as? RegularFile.Failure)?.isMissing ?? false
                let level = isMissing ? FlagdLogLevel.debug : .warning
                parts.notifier.note(level) { "the snapshot file cannot be used: \(error)" }
                return state.machine.snapshotUnavailable()
            }
        }
    }

    /// Reads a snapshot for every source that has not delivered, and compiles the whole.
    private func restore(_ slots: [Slot]) throws -> (restored: [(Int, FlagPayload)], set: FlagSet) {
        guard let snapshots = parts.snapshots else { throw FlagdError(.configuration, "no snapshot file is set") }
        var slots = slots
        var restored: [(Int, FlagPayload)] = []
        for index in slots.indices where slots[index].applied == nil {
            let payload = FlagPayload(bytes: try snapshots.read(source: index), syncContext: nil)
            slots[index].restored = payload
            restored.append((index, payload))
        }
        return (restored, try FlagSet.compile(payloads(slots, with: nil, at: 0), options: parts.evaluation))
    }
}

extension UpdateReport.Outcome {
    /// What became of the payload, in words.
    var text: String {
        switch self {
        case .applied(let keys): "applied, \(keys.count) flags changed"
        case .identical: "is the last one"
        case .held: "empties the flag set and waits for confirmation"
        case .refused(let reason): "cannot be used: \(reason)"
        }
    }
}
