import FlagdHTTP2

extension HTTP2Client {
    /// Connects: name look-up, the addresses in turn (RFC 8305), HTTP/2 preface, until the server's SETTINGS has arrived.
    ///
    /// - Parameters:
    ///   - endpoint: the server.
    ///   - configuration: time-outs and limits.
    ///   - onEvent: told when the connection drains and ends; called on the connection's thread, not at all when this call throws.
    /// - Returns: a client that is ready for requests and must be shut down.
    /// - Throws: why there is no connection. Cancellation of the task throws ``TransportError/Kind/cancelled`` at once. Nothing stays
    ///   open.
    package static func connect(
        to endpoint: Endpoint, configuration: TransportConfiguration = TransportConfiguration(),
        onEvent: (@Sendable (Event) -> Void)? = nil
    ) async throws(TransportError) -> HTTP2Client {
        try await connect(to: endpoint, configuration: configuration, onEvent: onEvent, resolve: Resolver.resolve)
    }

    /// Like ``connect(to:configuration:onEvent:)``, with a name look-up of the caller's.
    static func connect(
        to endpoint: Endpoint, configuration: TransportConfiguration, onEvent: (@Sendable (Event) -> Void)? = nil,
        resolve: @escaping Resolver.Resolve
    ) async throws(TransportError) -> HTTP2Client {
        try endpoint.validate()
        let client: HTTP2Client
        do {
            let thread = try IOThread()
            client = HTTP2Client(
                endpoint: endpoint, configuration: configuration, thread: thread, onEvent: onEvent, resolve: resolve)
            try thread.start(client)
        } catch {
            let cause = "no descriptor or thread for the connection: \(error)"
            throw TransportError(.resources, target: endpoint.description, cause: cause)
        }
        let failure = await withTaskCancellationHandler {
            await client.establish()
        } onCancel: {
            client.perform { $0.cancelConnecting() }
        }
        if let failure { throw failure }
        return client
    }

    /// Begins to connect and returns when the connection is usable (nil) or has failed and released everything.
    private func establish() async -> TransportError? {
        if case .closed = phase { return await waitUntilClosed() }
        return await withCheckedContinuation { continuation in
            connecting = continuation
            begin()
        }
    }

    private func cancelConnecting() {
        guard !wasOpen else { return }
        close(error(.cancelled, "cancelled"))
    }

    private func begin() {
        let deadline = MonotonicTime.now.advanced(by: configuration.connectTimeout)
        _ = timers.insert(.connectTimeout, at: deadline)
        do {
            tls = try configuration.tls.map { tls throws(TLSFailure) in try TLSSession(tls, name: serverName(tls)) }
        } catch {
            return close(self.error(.tls, error.cause))
        }
        if let addresses = Resolver.immediateAddresses(for: endpoint) { return connect(to: addresses) }
        guard case .hostPort(_, let port) = endpoint else { return close(error(.invalidTarget, "not a path")) }
        phase = .resolving
        resolve(endpoint.hostName, port) { result in
            self.perform { $0.resolved(result) }
        }
    }

    /// What the server's certificate must be for.
    private func serverName(_ tls: TLSConfiguration) -> TLSServerName {
        if let name = tls.serverName { return TLSServerName(name) }
        if let authority = configuration.authority { return TLSServerName(authority: authority) }
        return TLSServerName(endpoint.hostName)
    }

    private func resolved(_ result: Result<[SocketAddress], Resolver.Failure>) {
        guard case .resolving = phase else { return }
        switch result {
        case .success(let addresses): connect(to: addresses)
        case .failure(let failure): close(error(failure.kind, failure.cause))
        }
    }

    private func connect(to addresses: [SocketAddress]) {
        let connector = Connector(
            addresses: addresses, stagger: configuration.attemptDelay, attemptTimeout: configuration.attemptTimeout,
            userTimeout: configuration.keepAlive.time.map { _ in configuration.keepAlive.timeout })
        advance(connector, PollSet(), now: .now)
    }

    /// Lets the connector take its next step.
    func advance(_ connector: Connector, _ set: PollSet, now: MonotonicTime) {
        var connector = connector
        switch connector.advance(set, now: now) {
        case .waiting: phase = .connecting(connector)
        case .connected(let socket, _):
            let wire = Wire(socket: socket, tls: tls)
            tls = nil
            self.wire = wire
            phase = .handshaking
            advanceHandshake(wire)
        case .failed(let kind, let cause): close(error(kind, cause))
        }
    }

    /// Takes the TLS handshake as far as it goes; without TLS it is over at once.
    func advanceHandshake(_ wire: Wire) {
        switch wire.handshake() {
        case .inProgress: break
        case .failed(let kind, let cause): close(error(kind, cause))
        case .finished:
            readBuffer = Array(repeating: 0, count: Self.readBufferSize)
            phase = .greeting
            // What came with the last bytes of the handshake is not announced by poll again.
            mustReadAgain = true
        }
    }

    /// The connect time-out has passed.
    func connectTimedOut() {
        let limit = configuration.connectTimeout
        switch phase {
        case .resolving: close(error(.connectTimeout, "the name was not resolved within \(limit)"))
        case .connecting(let connector):
            let cause = connector.failureCause
            close(error(.connectTimeout, "no answer within \(limit)" + (cause.isEmpty ? "" : " (\(cause))")))
        case .handshaking: close(error(.connectTimeout, "the TLS handshake was not finished within \(limit)"))
        case .greeting:
            if let answer = http2.foreignAnswer { return close(error(.notHTTP2, answer.message)) }
            let cause = "the server accepted the connection but sent no HTTP/2 SETTINGS within \(limit)"
            close(error(.connectTimeout, cause))
        case .idle, .open, .closing, .closed: break
        }
    }

    /// The server's SETTINGS has arrived: the connection is usable.
    func becomeOpen(now: MonotonicTime) {
        guard case .greeting = phase else { return }
        phase = .open
        wasOpen = true
        timers.removeAll()
        keepAlive = KeepAlive(configuration.keepAlive, now: now)
        connecting?.resume(returning: nil)
        connecting = nil
    }
}
