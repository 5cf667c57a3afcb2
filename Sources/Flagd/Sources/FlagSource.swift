/// Where flags come from.
///
/// A source knows nothing of rules; it hands over payloads and says how its connection fares
/// (specification: provider, "In-memory source, custom sources, several sources").
public protocol FlagSource: Sendable {
    /// Names the source in errors and log lines, such as `localhost:8015`. Contains no secret.
    var label: String { get }

    /// Reads the source until the task is cancelled, and hands over what happens.
    ///
    /// Connecting anew after a failure is the source's own work; it reports each failed attempt. It must return soon after its task
    /// is cancelled, and may be run again afterwards. `yield` may be called from any thread, is cheap and never blocks; of payloads
    /// that come faster than they can be taken over only the newest is.
    ///
    /// - Throws: ``FlagSourceFailure`` or any other error when it can never deliver again.
    func run(_ yield: @escaping @Sendable (FlagSourceEvent) -> Void) async throws
}

/// What a source tells the provider.
public enum FlagSourceEvent: Sendable {
    /// The source's newest flag set, whole. It also says that the source is connected.
    case payload(FlagSourcePayload)
    /// The source replaces its connection, which is no failure: what it last delivered stays good.
    case reconnecting(reason: String)
    /// The connection that had delivered is lost; the source tries to get it back.
    case lost(FlagSourceFailure)
    /// An attempt to connect failed; the source goes on trying.
    case attemptFailed(FlagSourceFailure)
}

/// A source's newest flag set.
public struct FlagSourcePayload: Sendable {
    /// The flag set: JSON in UTF-8, in flagd's format.
    public var bytes: ArraySlice<UInt8>
    /// The server's context, which every evaluation gets; nil when the source has none.
    public var syncContext: Structure?
    /// Asks the source for its whole set once more, nil when it cannot say now.
    ///
    /// Default nil.
    ///
    /// When set, a payload without flags that follows one with flags is only taken over when the answer is empty too or the
    /// connection outlives it by 2 s: flagd can send an empty set just before it ends a stream.
    public var confirmation: (@Sendable () async -> ArraySlice<UInt8>?)?

    /// Whether the source counts as lost when the payload cannot be used, instead of the provider staying READY with the last one.
    ///
    /// Default false.
    public var failsWhenUnusable = false

    /// Makes a payload of a slice, which keeps the array it is a part of.
    public init(
        bytes: ArraySlice<UInt8>, syncContext: Structure? = nil,
        confirmation: (@Sendable () async -> ArraySlice<UInt8>?)? = nil
    ) {
        self.bytes = bytes
        self.syncContext = syncContext
        self.confirmation = confirmation
    }

    /// Makes a payload of a whole array.
    public init(bytes: [UInt8], syncContext: Structure? = nil) {
        self.init(bytes: bytes[...], syncContext: syncContext)
    }
}

/// Why a source failed.
public struct FlagSourceFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The status code's name, such as `UNAVAILABLE`; nil when there is none.
    ///
    /// Compared with the fatal status codes.
    public var statusCode: String?
    /// What went wrong, for a human.
    ///
    /// Contains no secret.
    public var message: String

    /// Makes a failure.
    public init(statusCode: String? = nil, message: String) {
        self.statusCode = statusCode
        self.message = message
    }

    /// Code and message, or the one that there is.
    public var description: String {
        guard let statusCode else { return message }
        return message.isEmpty ? statusCode : "\(statusCode): \(message)"
    }
}
