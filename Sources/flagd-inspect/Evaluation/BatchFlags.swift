import Flagd

/// A provider whose flags are handed over payload by payload, each answered before the next.
final class BatchFlags: Sendable {
    /// What evaluates the flags.
    let provider: FlagdProvider

    private let source = InMemoryFlagSource()
    private let updates = Updates()
    private let running: Task<Void, Never>

    /// Starts a provider without flags.
    ///
    /// - Throws: ``FlagdError`` for options that cannot be used.
    init(options: FlagdOptions) throws(FlagdError) {
        var options = options
        options.sources = [source]
        options.observers = [updates]
        // The first payload may take as long as it likes.
        options.deadline = .seconds(1_000_000)
        let provider = try FlagdProvider(options, environment: [:])
        self.provider = provider
        running = Task { try? await provider.initialize() }
    }

    /// Takes over a payload.
    ///
    /// - Returns: Why it cannot be used, or nil when it is in use now.
    func load(_ payload: [UInt8]) async -> String? {
        source.set(FlagSourcePayload(bytes: payload))
        switch await updates.next()?.outcome {
        case .refused(let reason): return reason
        case nil: return "the provider has ended"
        case .applied, .identical, .held: return nil
        }
    }

    /// Ends the provider.
    func end() async {
        running.cancel()
        await running.value
        await provider.shutdown()
    }

    /// Hands over what became of the payloads.
    private final class Updates: FlagdObserver {
        private let reports = AsyncStream.makeStream(of: UpdateReport.self)

        func payloadProcessed(_ update: UpdateReport) { reports.continuation.yield(update) }

        func next() async -> UpdateReport? {
            for await report in reports.stream { return report }
            return nil
        }
    }
}
