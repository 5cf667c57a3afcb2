import Flagd
import FlagdTestSupport
import Synchronization

/// Reads a provider's events into a list that a test can look at and wait on.
final class EventLog: Sendable {
    /// What the reading task and the log share, so that the task does not keep the log alive.
    private final class Storage: Sendable {
        let events = Mutex<[ProviderEvent]>([])
    }

    private let storage = Storage()
    private let reading: Task<Void, Never>

    /// Subscribes to a provider.
    init(_ provider: FlagdProvider) {
        let events = provider.events
        let storage = self.storage
        reading = Task {
            for await event in events { storage.events.withLock { $0.append(event) } }
        }
    }

    deinit { reading.cancel() }

    /// Every event so far.
    var all: [ProviderEvent] { storage.events.withLock { $0 } }

    /// Waits until there are so many events, and gives all of them.
    @discardableResult
    func wait(count: Int, within limit: Duration = .seconds(60)) async throws -> [ProviderEvent] {
        do {
            try await waitUntil("\(count) events", within: limit) { all.count >= count }
        } catch let error as DeadlineExceeded {
            throw DeadlineExceeded("\(error); there were \(all)")
        }
        return all
    }
}
