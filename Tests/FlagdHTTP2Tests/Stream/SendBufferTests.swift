import XCTest

import FlagdHTTP2

final class SendBufferTests: XCTestCase {
    private func all(_ buffer: inout SendBuffer, upTo limit: Int) -> [(bytes: [UInt8], end: Bool)] {
        var frames: [(bytes: [UInt8], end: Bool)] = []
        while let frame = buffer.next(upTo: limit) { frames.append((Array(frame.bytes), frame.endStream)) }
        return frames
    }

    func testCutsChunksAndEndsWithTheLastByte() {
        var buffer = SendBuffer()
        buffer.append([1, 2, 3], endStream: false)
        buffer.append([4, 5], endStream: true)
        XCTAssertEqual(buffer.byteCount, 5)
        let frames = all(&buffer, upTo: 2)
        XCTAssertEqual(frames.map(\.bytes), [[1, 2], [3], [4, 5]])
        XCTAssertEqual(frames.map(\.end), [false, false, true])
        XCTAssertFalse(buffer.hasFrame)
        XCTAssertEqual(buffer.byteCount, 0)
    }

    func testEmptyEnd() {
        var buffer = SendBuffer()
        XCTAssertFalse(buffer.hasFrame)
        buffer.append([], endStream: true)
        XCTAssertTrue(buffer.hasFrame)
        // An empty frame needs no window.
        let frame = buffer.next(upTo: 0)
        XCTAssertEqual(frame?.bytes, [])
        XCTAssertEqual(frame?.endStream, true)
        XCTAssertFalse(buffer.hasFrame)
    }

    func testNothingWithoutWindow() {
        var buffer = SendBuffer()
        buffer.append([1], endStream: true)
        XCTAssertNil(buffer.next(upTo: 0))
        XCTAssertTrue(buffer.hasFrame)
    }

    func testIgnoresBytesBehindTheEnd() {
        var buffer = SendBuffer()
        buffer.append([1], endStream: true)
        buffer.append([2], endStream: true)
        XCTAssertEqual(all(&buffer, upTo: 9).map(\.bytes), [[1]])
        buffer = SendBuffer()
        buffer.complete(owesEnd: false)
        buffer.append([2], endStream: true)
        XCTAssertFalse(buffer.hasFrame)
    }

    func testLateEndIsAnEmptyFrame() {
        var buffer = SendBuffer()
        buffer.append([1], endStream: false)
        XCTAssertEqual(all(&buffer, upTo: 9).map(\.end), [false])
        buffer.append([], endStream: true)
        XCTAssertEqual(all(&buffer, upTo: 9).map(\.end), [true])
    }
}
