import FlagdHTTP2

/// What a server sends to a client that has opened three requests: material for cutting and for mutation.
struct ServerScript {
    let name: String
    let bytes: [UInt8]

    private init(_ name: String, _ build: (Session) -> [[UInt8]]) {
        self.name = name
        let start = ServerFrames.settings((3, 100), (4, 65_535), (8, 1)) + ServerFrames.settingsAcknowledgement
        bytes = start + build(Session(started: false)).flatMap { $0 }
    }

    /// The events and the output of a client that receives the segments.
    static func run(_ segments: some Sequence<ArraySlice<UInt8>>) -> (events: [HTTP2Event], output: [UInt8]) {
        let session = Session(started: false)
        for _ in 0..<3 { session.open(end: false) }
        session.connection.send([1, 2, 3], on: HTTP2StreamID(1), endStream: true)
        for segment in segments { session.feed(Array(segment)) }
        session.connection.receivedEndOfFile()
        session.drain()
        return (session.events, session.connection.takeOutput(upTo: .max))
    }

    static let all: [ServerScript] = [
        ServerScript("messages") { session in
            [
                session.headers(fields((":status", "103"), ("link", "x"))), session.headers(Session.response),
                ServerFrames.data([UInt8](repeating: 7, count: 40), stream: 1), ServerFrames.ping(5),
                session.headers(Session.response, stream: 3), ServerFrames.data("xyz", stream: 3),
                ServerFrames.paddedData([1, 2], padding: 9, stream: 1), session.headers(Session.trailers, end: true),
                ServerFrames.windowUpdate(1000), ServerFrames.windowUpdate(1, stream: 3),
                ServerFrames.data([], stream: 3, end: true), ServerFrames.reset(7, stream: 5),
            ]
        },
        ServerScript("fragments") { session in
            let block = session.block(Session.response + fields(("x-long", "0123456789abcdef")))
            return [
                ServerFrames.headers(block: Array(block.prefix(3)), stream: 1, endHeaders: false),
                ServerFrames.continuation([], stream: 1, endHeaders: false),
                ServerFrames.continuation(Array(block.dropFirst(3)), stream: 1, endHeaders: true),
                ServerFrames.raw(0x0c, flags: 0xff, stream: 9, [1, 2, 3, 4, 5]),
                ServerFrames.raw(2, stream: 7, hex("80000001ff")), session.headers(Session.trailers, end: true),
            ]
        },
        ServerScript("goaway") { session in
            [
                ServerFrames.goAway(0x7fff_ffff, 0, debug: Array("soon".utf8)), session.headers(Session.response),
                ServerFrames.goAway(3, 11, debug: [0, 255]), ServerFrames.data("a", stream: 1, end: true),
                session.headers(Session.trailersOnly, stream: 3, end: true), ServerFrames.ping(9),
            ]
        },
        ServerScript("malformed messages") { session in
            [
                session.headers(fields((":status", "20"))), session.headers(Session.trailers, end: true),
                session.headers(Session.response + fields(("content-length", "3")), stream: 3),
                ServerFrames.data("abcd", stream: 3), ServerFrames.data("late", stream: 3, end: true),
                ServerFrames.data("late", stream: 3), ServerFrames.windowUpdate(0, stream: 5),
            ]
        },
        ServerScript("settings") { session in
            [
                ServerFrames.settings((1, 0), (1, 4096), (5, 20_000), (6, 9000)), ServerFrames.settings((4, 0)),
                ServerFrames.settings((3, 0)), session.headers(Session.trailersOnly, end: true),
                ServerFrames.settings((2, 1)), ServerFrames.ping(1),
            ]
        },
        ServerScript("oversized frame") { _ in [ServerFrames.raw(0, stream: 1, length: 16_385), [1, 2, 3]] },
        ServerScript("interrupted block") { _ in
            [ServerFrames.headers(block: hex("88"), stream: 1, endHeaders: false), ServerFrames.ping(1)]
        },
        ServerScript("compression error") { _ in [ServerFrames.headers(block: hex("88 80"), stream: 1)] },
        ServerScript("idle stream") { _ in [ServerFrames.data("x", stream: 7), ServerFrames.ping(1)] },
    ]
}
