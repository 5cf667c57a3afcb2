import XCTest

import FlagdHTTP2

/// Item 130: nothing a server sends breaks the rules between machine and driver.
final class MutationTests: XCTestCase {
    /// Drives a connection as its driver does and checks what it promises.
    private struct Driver {
        let session = Session(started: false)
        var random: SeededGenerator
        /// The streams that have not ended.
        var open: Set<HTTP2StreamID> = []
        var hasEnded = false

        init(seed: UInt64) { random = SeededGenerator(seed: seed) }

        mutating func receive(_ bytes: [UInt8]) {
            session.now += UInt64.random(in: 0...50_000_000, using: &random)
            session.connection.receive(bytes, now: session.now)
            check()
            act()
            check()
            if Bool.random(using: &random) { _ = session.sent(upTo: Int.random(in: 1...40_000, using: &random)) }
        }

        mutating func openStream() {
            switch session.connection.openStream(headers: Session.request, endStream: Bool.random(using: &random)) {
            case .opened(let id), .queued(let id): open.insert(id)
            case .unavailable: break
            }
        }

        private mutating func act() {
            let id = open.randomElement(using: &random) ?? HTTP2StreamID(1)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: openStream()
            case 1: session.connection.consumed(Int.random(in: 0...70_000, using: &random), on: id)
            case 2: session.connection.send([UInt8](repeating: 1, count: 30_000), on: id, endStream: false)
            case 3: session.connection.send([1], on: id, endStream: true)
            case 4:
                session.connection.reset(id, code: .cancel)
                open.remove(id)
            case 5: session.connection.ping(random.next())
            default: break
            }
        }

        /// Each stream ends once, and nothing comes behind the last event.
        private mutating func check() {
            for event in session.drain() {
                XCTAssertFalse(hasEnded, "\(event) behind the end")
                switch event {
                case .headers(let id, let fields, let end):
                    XCTAssertEqual(fields.first?.name, ":status")
                    ended(id, end)
                case .data(let id, let bytes, let end):
                    XCTAssertTrue(end || !bytes.isEmpty)
                    ended(id, end)
                case .trailers(let id, _), .streamReset(let id, _): ended(id, true)
                case .finished, .connectionFailed:
                    hasEnded = true
                    XCTAssertEqual(open, [], "streams without an end")
                case .settingsReceived, .goAway, .pong: break
                }
            }
            XCTAssertEqual(session.connection.isClosed, hasEnded)
            XCTAssertEqual(session.connection.openStreamCount + session.connection.queuedStreamCount, open.count)
        }

        private mutating func ended(_ id: HTTP2StreamID, _ end: Bool) {
            XCTAssertTrue(open.contains(id), "an event of stream \(id), which is not open")
            if end { open.remove(id) }
        }
    }

    /// Changes a few bytes: flipped, overwritten, removed, repeated.
    private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where bytes.count > 1 {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
            case 3: bytes.remove(at: place)
            default:
                let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
                bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
            }
        }
        return bytes
    }

    func testItem130MutatedScripts() {
        for seed in UInt64(0)..<1500 {
            var random = SeededGenerator(seed: seed)
            let script = ServerScript.all[Int(seed) % ServerScript.all.count]
            var bytes = mutated(script.bytes, &random)[...]
            var driver = Driver(seed: seed)
            for _ in 0..<3 { driver.openStream() }
            while !bytes.isEmpty {
                let count = Int.random(in: 1...64, using: &random)
                driver.receive(Array(bytes.prefix(count)))
                bytes = bytes.dropFirst(count)
            }
        }
    }

    func testItem130MutatedScriptsInEachCut() {
        for seed in UInt64(0)..<300 {
            var random = SeededGenerator(seed: seed &+ 77_777)
            let script = ServerScript.all[Int(seed) % ServerScript.all.count]
            let bytes = mutated(script.bytes, &random)
            let whole = ServerScript.run([bytes[...]])
            let single = ServerScript.run(bytes.indices.map { bytes[$0...$0] })
            XCTAssertEqual(whole.events, single.events, "seed \(seed)")
            XCTAssertEqual(whole.output, single.output, "seed \(seed)")
        }
    }

    /// Frames with random headers and payloads: deeper than mutated bytes, which mostly end in framing errors.
    func testItem130RandomFrames() {
        for seed in UInt64(0)..<1500 {
            var random = SeededGenerator(seed: seed &+ 1_000_000)
            var driver = Driver(seed: seed)
            for _ in 0..<3 { driver.openStream() }
            driver.receive(ServerFrames.settings((3, UInt32.random(in: 0...5, using: &random))))
            for _ in 0..<30 { driver.receive(randomFrame(driver.session, &random)) }
        }
    }

    private func randomFrame(_ session: Session, _ random: inout SeededGenerator) -> [UInt8] {
        let stream: UInt32 = [1, 1, 3, 3, 5, 7].randomElement(using: &random) ?? 1
        let end = Int.random(in: 0..<6, using: &random) == 0
        let number = UInt32(truncatingIfNeeded: random.next())
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1, 2: return session.headers(Session.response, stream: stream, end: end)
        case 3: return session.headers(Session.trailers, stream: stream, end: true)
        case 4, 5:
            return ServerFrames.data([UInt8](repeating: 1, count: Int(number % 16_384)), stream: stream, end: end)
        case 6:
            return ServerFrames.paddedData([1], padding: UInt8(truncatingIfNeeded: number), stream: stream, end: end)
        case 7: return ServerFrames.windowUpdate(number % 0x7000_0000 + 1, stream: end ? 0 : stream)
        case 8: return ServerFrames.settings((UInt16(number % 8), number >> UInt32(number % 32)))
        case 9: return ServerFrames.reset(number % 16, stream: stream)
        case 10: return ServerFrames.goAway(end ? number % 8 : 0x7fff_ffff, number % 16)
        case 11: return ServerFrames.ping(UInt64(number), isAcknowledgement: end)
        case 12: return session.headers(fields((":status", "1\(number % 100)")), stream: stream)
        default:
            let payload = (0..<Int(number % 12)).map { _ in UInt8.random(in: 0...255, using: &random) }
            return ServerFrames.raw(UInt8(number % 12), flags: UInt8(number >> 24), stream: stream, payload)
        }
    }

    func testItem130RandomHeaderBlocks() {
        var random = SeededGenerator(seed: 99)
        for _ in 0..<20_000 {
            var decoder = HPACKDecoder(softLimit: 2000, hardLimit: 8000)
            for _ in 0..<3 {
                let block = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                guard let list = try? decoder.decode(block.span) else { break }
                XCTAssertLessThanOrEqual(list.size, 8000)
                XCTAssertLessThanOrEqual(decoder.dynamicTable.size, decoder.dynamicTable.maximumSize)
            }
        }
    }
}
