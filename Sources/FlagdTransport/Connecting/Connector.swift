/// Performs a ``ConnectionRace`` with sockets: connects to the addresses of an endpoint until one answers.
///
/// Confined to the I/O thread. Sockets of lost and failed attempts are closed at once.
struct Connector {
    /// How far it is.
    enum Progress {
        /// Poll the sockets, at most until ``Connector/nextDeadline``.
        case waiting
        /// Connected; the socket now belongs to the caller.
        case connected(Socket, SocketAddress)
        /// No address accepted; the causes in words.
        case failed(TransportError.Kind, cause: String)
    }

    /// How many causes an error names.
    private static let maximumCauses = 4

    /// When ``advance(_:now:)`` is due if no socket is ready before.
    private(set) var nextDeadline = MonotonicTime.distantFuture

    private let addresses: [SocketAddress]
    private let userTimeout: Duration?
    private var race: ConnectionRace
    private var sockets: [Int: Socket] = [:]
    private var failures: [(address: SocketAddress, error: SystemError?)] = []

    /// A connector for addresses in the order of preference; the other values are those of ``TransportConfiguration``.
    init(addresses: [SocketAddress], stagger: Duration, attemptTimeout: Duration, userTimeout: Duration?) {
        self.addresses = addresses
        self.userTimeout = userTimeout
        race = ConnectionRace(addressCount: addresses.count, stagger: stagger, attemptTimeout: attemptTimeout)
    }

    /// Adds the sockets that are connecting.
    func preparePoll(_ set: inout PollSet) {
        for socket in sockets.values { set.add(socket.descriptor, .write) }
    }

    /// Looks at what `poll` reported and goes on; also the first step, with an empty set.
    mutating func advance(_ set: PollSet, now: MonotonicTime) -> Progress {
        for (index, socket) in sockets where set.isReady(socket.descriptor) {
            settle(index, socket.finishConnecting(), now: now)
        }
        while true {
            switch race.next(now: now) {
            case .connect(let index): begin(index, now: now)
            case .abandon(let index):
                sockets.removeValue(forKey: index)?.close()
                failures.append((addresses[index], nil))
            case .wait(let deadline):
                nextDeadline = deadline
                return .waiting
            case .succeeded(let index): return finish(index)
            case .failed: return .failed(failureKind, cause: failureCause)
            }
        }
    }

    /// Closes all sockets.
    mutating func cancel() {
        for socket in sockets.values { socket.close() }
        sockets.removeAll()
    }

    /// What has failed so far, for the message of a time-out; empty when nothing has.
    var failureCause: String {
        let causes = failures.map { $0.error?.description ?? "no answer" }
        guard let first = causes.first else { return "" }
        if Set(causes).count == 1 { return first }
        let parts = zip(failures, causes).prefix(Self.maximumCauses).map { "\($0.0.address): \($0.1)" }
        let rest = causes.count - parts.count
        return parts.joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
    }

    private var failureKind: TransportError.Kind {
        if failures.contains(where: { $0.error?.isResourceShortage ?? false }) { return .resources }
        return failures.allSatisfy { $0.error == nil } ? .connectTimeout : .connect
    }

    private mutating func begin(_ index: Int, now: MonotonicTime) {
        do {
            let socket = try Socket(family: addresses[index].family)
            socket.tune(userTimeout: userTimeout)
            sockets[index] = socket
            settle(index, socket.connect(to: addresses[index]), now: now)
        } catch {
            fail(index, error, now: now)
        }
    }

    private mutating func settle(_ index: Int, _ outcome: Socket.Connecting, now: MonotonicTime) {
        switch outcome {
        case .connected: race.attemptSucceeded(index)
        case .inProgress: break
        case .failed(let error): fail(index, error, now: now)
        }
    }

    private mutating func fail(_ index: Int, _ error: SystemError, now: MonotonicTime) {
        sockets.removeValue(forKey: index)?.close()
        failures.append((addresses[index], error))
        race.attemptFailed(index, now: now)
    }

    private mutating func finish(_ index: Int) -> Progress {
        let winner = sockets.removeValue(forKey: index)
        cancel()
        guard let winner else { return .failed(.connect, cause: "the socket is gone") }
        return .connected(winner, addresses[index])
    }
}
