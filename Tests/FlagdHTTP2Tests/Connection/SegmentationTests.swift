import XCTest

import FlagdHTTP2

/// Item 36: the cuts between segments mean nothing.
final class SegmentationTests: XCTestCase {
    private func assertSame(_ bytes: [UInt8], _ name: String) {
        let whole = ServerScript.run([bytes[...]])
        for cut in 0...bytes.count {
            let parts = ServerScript.run([bytes[..<cut], bytes[cut...]])
            XCTAssertEqual(parts.events, whole.events, "\(name) cut at \(cut)")
            XCTAssertEqual(parts.output, whole.output, "\(name) cut at \(cut)")
        }
        let single = ServerScript.run(bytes.indices.map { bytes[$0...$0] })
        XCTAssertEqual(single.events, whole.events, name)
        XCTAssertEqual(single.output, whole.output, name)
    }

    func testItem36EverySplitOfEachScript() {
        for script in ServerScript.all { assertSame(script.bytes, script.name) }
    }

    func testItem36EverySplitOfForeignBanners() {
        for banner in ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-x\r\n", "\u{15}\u{3}\u{1}", "220 mail\r\n", "HTTX"]
        {
            assertSame(Array(banner.utf8), banner)
        }
    }

    func testScriptsDoWhatTheyAreFor() {
        let last = ServerScript.all.map { ServerScript.run([$0.bytes[...]]).events.last }
        let isFailed = last.map { if case .connectionFailed? = $0 { true } else { false } }
        XCTAssertEqual(isFailed, [true, true, false, true, true, true, true, true, true])
        let messages = ServerScript.run([ServerScript.all[0].bytes[...]]).events
        XCTAssertEqual(messages.count, 10)
    }

    func testItem100FrameThatDripsCostsNoMoreThanItself() {
        // A frame header that claims the largest payload; then one byte at a time.
        let session = Session()
        session.open()
        session.feed(session.headers(Session.response), ServerFrames.raw(0, stream: 1, length: 16_384))
        for _ in 0..<16_383 { XCTAssertEqual(session.feed([1]), []) }
        XCTAssertEqual(
            session.feed([1]), [.data(HTTP2StreamID(1), [UInt8](repeating: 1, count: 16_384), endStream: false)])
    }

    func testLargePayloadInSegmentsOfSixtyFourKilobytes() {
        var configuration = HTTP2Configuration()
        configuration.initialStreamWindow = 16 << 20
        configuration.connectionWindow = 16 << 20
        let session = Session(configuration)
        session.open()
        session.feed(session.headers(Session.response))
        var wire: [UInt8] = []
        var expected: [UInt8] = []
        for frame in 0..<640 {
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: frame), count: 16_384)
            wire += ServerFrames.data(bytes, stream: 1)
            expected += bytes
        }
        var received: [UInt8] = []
        for start in stride(from: 0, to: wire.count, by: 65_536) {
            for event in session.feed(Array(wire[start..<min(wire.count, start + 65_536)])) {
                if case .data(_, let bytes, _) = event { received += bytes }
            }
        }
        XCTAssertEqual(received, expected)
    }
}
