import Flagd
import Synchronization

#if os(Linux)
/// Reads the provider's events and checks their order by the table of states (specification: provider, "States and events").
final class EventJudge: Sendable {
    struct Report: CustomStringConvertible {
        var ready = 0
        var stale = 0
        var errors = 0
        /// Those that name flags.
        var changes = 0
        /// Those that do not, after an outage.
        var emptyChanges = 0
        var problems: [String] = []

        var total: Int { ready + stale + errors + changes + emptyChanges }

        var description: String {
            "\(ready) ready, \(stale) stale, \(errors) error, \(changes) changes, \(emptyChanges) empty changes"
        }
    }

    private struct State {
        var report = Report()
        var last: ProviderEvent?
        /// The last event that is no change.
        var status: ProviderEvent?
    }

    /// What the reading task and this share, so that the task does not keep this alive.
    private final class Storage: Sendable {
        let state = Mutex(State())
    }

    private let storage = Storage()
    private let reading: Task<Void, Never>

    var report: Report { storage.state.withLock { $0.report } }

    init(_ provider: FlagdProvider) {
        let events = provider.events
        let storage = self.storage
        reading = Task {
            for await event in events { storage.state.withLock { Self.judge(event, &$0) } }
        }
    }

    deinit { reading.cancel() }

    private static func judge(_ event: ProviderEvent, _ state: inout State) {
        if !isLegal(event, after: state) {
            state.report.problems.append("\(event) after \(state.last.map { "\($0)" } ?? "nothing")")
        }
        switch event {
        case .ready: state.report.ready += 1
        case .stale: state.report.stale += 1
        case .error: state.report.errors += 1
        case .configurationChanged(let keys):
            if keys.isEmpty { state.report.emptyChanges += 1 } else { state.report.changes += 1 }
        }
        if case .configurationChanged = event {} else { state.status = event }
        state.last = event
    }

    /// A change is due after each return, and only then it may be empty.
    private static func isLegal(_ event: ProviderEvent, after state: State) -> Bool {
        let isReturn = state.last == .ready && state.report.total > 1
        switch (state.status, event) {
        case (.ready, .configurationChanged(let keys)): return keys == ["sequence", "twin"] || keys.isEmpty && isReturn
        case (.ready, .stale), (nil, .ready): return !isReturn
        case (.stale, .ready), (.error, .ready), (.stale, .error(.general, _)), (nil, .error(.providerNotReady, _)):
            return true
        default: return false
        }
    }
}
#endif
