import FlagdHTTP2

/// Drives a connection as the input says and checks what the machine promises its driver.
struct FuzzedDriver: ~Copyable {
    private static let request = [
        HeaderField(":method", "POST"), HeaderField(":scheme", "http"), HeaderField(":path", "/s/m"),
    ]

    private var connection = HTTP2ClientConnection()
    private var open: Set<HTTP2StreamID> = []
    private var hasEnded = false
    private var now: UInt64 = 0

    /// Each event so far.
    private(set) var events: [HTTP2Event] = []

    init(streams: Int) {
        for _ in 0..<streams { openStream(endStream: true) }
    }

    /// Hands in bytes from the server.
    mutating func receive(_ bytes: ArraySlice<UInt8>) {
        connection.receive(Array(bytes), now: now)
        check()
    }

    /// Does one of the things a driver can do.
    mutating func act(_ choice: UInt8) {
        let id = HTTP2StreamID(UInt32(choice >> 4) | 1)
        now &+= UInt64(choice) << 20
        switch choice & 7 {
        case 0: openStream(endStream: choice & 8 == 0)
        case 1: connection.consumed(Int(choice) << 8, on: id)
        case 2: connection.send([UInt8](repeating: choice, count: 20_000), on: id, endStream: choice & 8 == 0)
        case 3:
            connection.reset(id, code: .cancel)
            open.remove(id)
        case 4: connection.ping(UInt64(choice))
        case 5: _ = connection.takeOutput(upTo: Int(choice) << 6)
        case 6: if choice == 0xfe { connection.receivedEndOfFile() }
        default: if choice == 0xff { connection.close() }
        }
        check()
    }

    private mutating func openStream(endStream: Bool) {
        switch connection.openStream(headers: Self.request, endStream: endStream) {
        case .opened(let id), .queued(let id): open.insert(id)
        case .unavailable: break
        }
    }

    /// Each stream ends once, and nothing comes behind the last event.
    private mutating func check() {
        while let event = connection.nextEvent() {
            precondition(!hasEnded)
            events.append(event)
            switch event {
            case .headers(let id, let fields, let end):
                precondition(fields.first?.name == ":status")
                ended(id, end)
            case .data(let id, let bytes, let end):
                precondition(end || !bytes.isEmpty)
                ended(id, end)
            case .trailers(let id, _), .streamReset(let id, _): ended(id, true)
            case .finished, .connectionFailed: hasEnded = true
            case .settingsReceived, .goAway, .pong: break
            }
        }
        precondition(connection.isClosed == hasEnded)
        precondition(connection.openStreamCount + connection.queuedStreamCount == open.count)
        precondition(!hasEnded || open.isEmpty)
    }

    private mutating func ended(_ id: HTTP2StreamID, _ end: Bool) {
        precondition(open.contains(id))
        if end { open.remove(id) }
    }
}
