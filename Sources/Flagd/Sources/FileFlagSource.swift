/// The source that reads a file again when it has changed: written in place, replaced, or swapped by a symbolic link as Kubernetes
/// swaps a ConfigMap (specification: provider, "File source").
public final class FileFlagSource: FlagSource {
    /// The path.
    public let label: String
    private let path: String
    private let pollInterval: Duration
    private let maximumSize: Int
    private let timekeeper: any Timekeeper

    /// Makes a source of a file, which need not exist yet.
    ///
    /// - Parameters:
    ///   - path: the file. A directory, a FIFO or a device is never read.
    ///   - pollInterval: how often to look whether it has changed.
    ///   - maximumSize: the largest file accepted, in bytes.
    public convenience init(path: String, pollInterval: Duration = .seconds(5), maximumSize: Int = 64 << 20) {
        self.init(path: path, pollInterval: pollInterval, maximumSize: maximumSize, timekeeper: SystemTimekeeper())
    }

    /// Makes a source that goes by the given time.
    init(path: String, pollInterval: Duration, maximumSize: Int, timekeeper: any Timekeeper) {
        self.path = path
        self.pollInterval = pollInterval
        self.maximumSize = maximumSize
        self.timekeeper = timekeeper
        label = path
    }

    /// Hands the file over, then again whenever it has changed, until the task is cancelled.
    public func run(_ yield: @escaping @Sendable (FlagSourceEvent) -> Void) async throws {
        var watch = FileWatch()
        while !Task.isCancelled {
            if let event = look(&watch) { yield(event) }
            guard (try? await timekeeper.sleep(until: timekeeper.now + pollInterval)) != nil else { return }
        }
    }

    private func look(_ watch: inout FileWatch) -> FlagSourceEvent? {
        do throws(RegularFile.Failure) {
            guard watch.mustRead(try RegularFile.version(of: path)) else { return nil }
            let (bytes, version) = try RegularFile.read(path, limit: maximumSize)
            watch.wasRead(version)
            var payload = FlagSourcePayload(bytes: bytes)
            payload.failsWhenUnusable = true
            return .payload(payload)
        } catch {
            let failure = FlagSourceFailure(message: error.reason)
            return watch.failed() ? .lost(failure) : .attemptFailed(failure)
        }
    }
}

/// Decides when a file is read again, and whether a failure is the loss of what was there.
struct FileWatch: Equatable, Sendable {
    private var version: RegularFile.Version?

    /// Whether the file is another one than the one read last.
    func mustRead(_ seen: RegularFile.Version) -> Bool { seen != version }

    /// The file was read.
    mutating func wasRead(_ read: RegularFile.Version) { version = read }

    /// The file cannot be read; says whether it could the last time.
    mutating func failed() -> Bool {
        defer { version = nil }
        return version != nil
    }
}
