import FlagdHTTP2

/// An HTTP/2 connection to one server: owns the socket, drives ``FlagdHTTP2/HTTP2ClientConnection``.
///
/// The actor lives on an I/O thread of its own. Calls from outside are awaited; inside a stream handler's callback or
/// ``perform(_:)`` they are plain calls. A client that ``connect(to:configuration:onEvent:)`` returned must be shut down, or
/// end by itself, for its thread and socket to go.
///
/// After `fork(2)` the child has the socket but not the thread: it neither reads nor writes the connection, and must not use the client.
/// Descriptors are closed by `exec`.
package actor HTTP2Client: IOThreadDelegate {
    /// What happens to a connection as a whole.
    package enum Event: Equatable, Sendable {
        /// The peer wants no new streams here; those under way may go on. At most once.
        case draining(TransportError)
        /// The connection has ended. Exactly once, last; also after ``shutdown()``.
        case closed(TransportError)
    }

    /// How far the connection is.
    enum Phase {
        /// Made, not yet begun. Becomes `resolving`, `connecting` or `closed`.
        case idle
        /// The name is being looked up. Becomes `connecting` or `closed`.
        case resolving
        /// Addresses are being tried. Becomes `handshaking`, `greeting` or `closed`.
        case connecting(Connector)
        /// TLS is being agreed on; nothing of HTTP/2 is sent before the server is verified. Becomes `greeting` or `closed`.
        case handshaking
        /// Our preface is sent, the server's SETTINGS is awaited. Becomes `open`, `closing` or `closed`.
        case greeting
        /// Usable. Becomes `closing` or `closed`.
        case open
        /// HTTP/2 has ended, its last frames go out. Becomes `closed`.
        case closing(TransportError)
        /// Nothing is left.
        case closed(TransportError)
    }

    /// What a timer is for.
    enum Timer {
        case connectTimeout
        case closeTimeout
        case action(@Sendable (isolated HTTP2Client) -> Void)
    }

    /// How long the last frames may take to go out.
    static let closeTimeout = Duration.milliseconds(250)
    /// How many turns are read after a failed write, to find what the peer said last.
    static let maximumFinalTurns = 8
    /// How often the socket is read before jobs and timers get their turn.
    static let maximumReadsPerTurn = 16
    /// The size of the read buffer: a full receive window of a fast link in a few system calls.
    static let readBufferSize = 64 * 1024
    /// How much output is taken from HTTP/2 at a time; the rest stays where flow control and cancellation still reach it.
    static let writeChunk = 64 * 1024

    /// The server.
    package nonisolated let endpoint: Endpoint
    /// The value for `:authority`.
    package nonisolated let authority: String
    /// The value for `:scheme`.
    package nonisolated let scheme: String

    nonisolated let thread: IOThread
    let configuration: TransportConfiguration
    let onEvent: (@Sendable (Event) -> Void)?
    let resolve: Resolver.Resolve
    var phase = Phase.idle
    var timers = TimerHeap<Timer>()
    var wire: Wire?
    /// The TLS session until there is a socket for it.
    var tls: TLSSession?
    var http2: HTTP2ClientConnection
    var handlers: [HTTP2StreamID: any HTTP2StreamHandler] = [:]
    var keepAlive: KeepAlive?
    var readBuffer: [UInt8] = []
    /// The last turn stopped reading before the socket was empty.
    var mustReadAgain = false
    /// Request header bytes since the output was last empty; see ``TransportConfiguration/maximumQueuedOutput``.
    var queuedHeaderBytes = 0
    var pingCount: UInt64 = 0
    /// The peer's GOAWAY.
    var drainCause: TransportError?
    var wasOpen = false
    var connecting: CheckedContinuation<TransportError?, Never>?
    var waiting: [CheckedContinuation<TransportError, Never>] = []
    var hasEnded = false

    init(
        endpoint: Endpoint, configuration: TransportConfiguration, thread: IOThread,
        onEvent: (@Sendable (Event) -> Void)?, resolve: @escaping Resolver.Resolve
    ) {
        self.resolve = resolve
        self.endpoint = endpoint
        self.configuration = configuration
        self.thread = thread
        self.onEvent = onEvent
        authority = configuration.authority ?? endpoint.authority
        scheme = configuration.tls == nil ? "http" : "https"
        http2 = HTTP2ClientConnection(configuration: configuration.http2)
    }

    /// The connection's thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe thread.asUnownedSerialExecutor()
    }

    /// Runs `work` on the connection's thread, in order with awaited calls, without waiting for it.
    package nonisolated func perform(_ work: @escaping @Sendable (isolated HTTP2Client) -> Void) {
        thread.enqueue { self.assumeIsolated(work) }
    }

    /// Whether new requests may start: neither draining nor ended.
    package var isOpen: Bool {
        guard case .open = phase else { return false }
        return !http2.isDraining
    }

    /// Why the connection ended; nil while it has not.
    package var endCause: TransportError? {
        switch phase {
        case .closing(let error), .closed(let error): error
        case .idle, .resolving, .connecting, .handshaking, .greeting, .open: nil
        }
    }

    /// Waits until the connection has ended and everything it held is released; returns the cause.
    package func waitUntilClosed() async -> TransportError {
        if hasEnded, let endCause { return endCause }
        return await withCheckedContinuation { waiting.append($0) }
    }

    /// Ends the connection: streams end with ``TransportError/Kind/shutdown``, GOAWAY is sent if the peer takes it
    /// within a quarter of a second, the socket is closed and the thread ends.
    ///
    /// No callback happens after it returns. May be called again.
    package func shutdown() async {
        beginShutdown()
        _ = await waitUntilClosed()
    }

    /// Like ``shutdown()``, without waiting for the end.
    package func beginShutdown() {
        let error = error(.shutdown, "shut down")
        switch phase {
        case .idle, .resolving, .connecting, .handshaking, .greeting: close(error)
        case .open:
            phase = .closing(error)
            http2.close(code: .noError)
            startCloseTimeout()
        case .closing, .closed: break
        }
    }

    /// An error that names this connection's endpoint.
    func error(_ kind: TransportError.Kind, _ cause: String) -> TransportError {
        TransportError(kind, target: endpoint.description, cause: cause)
    }
}
