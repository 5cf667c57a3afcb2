import FlagdTransport

/// Performs what the reconnect policy decides: one loop over what streams and the timer say.
struct SyncDriver {
    private enum Input: Sendable {
        /// A stream delivered; of payloads that come before this one is looked at, the newest.
        case payload(Int, NewestPayload)
        case stream(Int, SyncStream.Event)
        case timer(Int)
    }

    private let timekeeper: any Timekeeper
    private let random: @Sendable () -> Double
    private let yield: @Sendable (FlagSourceEvent) -> Void
    private let inputs: AsyncStream<Input>
    private let send: AsyncStream<Input>.Continuation
    private var settings: SyncSettings
    private var policy: ReconnectPolicy
    private var streams: [Int: Task<Void, Never>] = [:]
    /// Streams that were closed and have not told their end yet.
    private var closing: [Int: Task<Void, Never>] = [:]
    private var timer: (id: Int, deadline: Duration, task: Task<Void, Never>)?
    private var nextTimer = 0
    private var legacy = LegacyFlagSet()
    /// The context that came with the newest flag set.
    private var context: Structure?

    init(
        _ settings: SyncSettings, timekeeper: any Timekeeper, random: @escaping @Sendable () -> Double,
        yield: @escaping @Sendable (FlagSourceEvent) -> Void
    ) {
        self.settings = settings
        self.timekeeper = timekeeper
        self.random = random
        self.yield = yield
        policy = ReconnectPolicy(settings.policy)
        (inputs, send) = AsyncStream.makeStream(of: Input.self)
    }

    /// Runs until the task is cancelled, and ends every stream then.
    mutating func run() async {
        perform(policy.start(now: timekeeper.now), payload: nil)
        for await input in inputs {
            switch input {
            case .payload(let id, let newest):
                if let (payload, isLegacy) = newest.take() { handle(.payload(payload, isLegacy: isLegacy), from: id) }
            case .timer(let id): timerFired(id)
            case .stream(let id, let event): handle(event, from: id)
            }
        }
        timer?.task.cancel()
        let open = Array(streams.values) + Array(closing.values) + [timer?.task].compactMap(\.self)
        for task in open { task.cancel() }
        for task in open { await task.value }
    }

    private mutating func timerFired(_ id: Int) {
        guard timer?.id == id else { return }
        timer = nil
        perform(policy.timerFired(now: timekeeper.now, random: random()), payload: nil)
    }

    private mutating func handle(_ event: SyncStream.Event, from id: Int) {
        let now = timekeeper.now
        switch event {
        case .payload(let payload, let isLegacy):
            let actions = policy.payloadArrived(id, now: now, random: random())
            if actions.contains(.deliver) {
                context = payload.syncContext
                if isLegacy { legacy.replace(payload.bytes) }
            }
            perform(actions, payload: payload)
        case .drains(let reason):
            perform(policy.connectionDrains(id, reason: reason, now: now, random: random()), payload: nil)
        case .ended(let failure, let isTooManyPings):
            if isTooManyPings { settings.transport.keepAlive = settings.transport.keepAlive.doubled() }
            streams[id] = nil
            closing[id] = nil
            perform(policy.streamEnded(id, failure, now: now, random: random()), payload: nil)
        }
    }

    private mutating func perform(_ actions: [ReconnectPolicy.Action], payload: FlagSourcePayload?) {
        for action in actions {
            switch action {
            case .open(let id): open(id)
            case .close(let id):
                guard let task = streams.removeValue(forKey: id) else { continue }
                closing[id] = task
                task.cancel()
            case .deliver: if let payload { yield(.payload(payload)) }
            case .reconnecting(let reason): yield(.reconnecting(reason: reason))
            case .lost(let failure): yield(.lost(failure))
            case .attemptFailed(let failure): yield(.attemptFailed(failure))
            }
        }
        armTimer()
    }

    private mutating func open(_ id: Int) {
        let (send, newest) = (send, NewestPayload())
        let stream = SyncStream(settings: settings, legacy: legacy, formerContext: context) { event in
            switch event {
            case .payload(let payload, let isLegacy):
                if newest.put(payload, isLegacy: isLegacy) { send.yield(.payload(id, newest)) }
            case .drains, .ended: send.yield(.stream(id, event))
            }
        }
        streams[id] = Task { await stream.run() }
    }

    private mutating func armTimer() {
        guard policy.nextDeadline != timer?.deadline else { return }
        timer?.task.cancel()
        timer = nil
        guard let deadline = policy.nextDeadline else { return }
        let id = nextTimer
        nextTimer += 1
        let (send, timekeeper) = (send, timekeeper)
        let task = Task {
            guard (try? await timekeeper.sleep(until: deadline)) != nil else { return }
            send.yield(.timer(id))
        }
        timer = (id, deadline, task)
    }
}
