import FlagdTestSupport
import Foundation
import XCTest

@testable import FlagdTransport

#if os(Linux)
/// Item 129: whatever a server sends without end, memory stays bounded, and the connection can be shut down meanwhile.
final class FloodTests: XCTestCase {
    /// How much each flood sends, unless the client hangs up before.
    private static let volume = 24 << 20
    /// How much memory may come on top, in KiB.
    private static let allowedGrowth = 64 << 10

    /// What is sent again and again behind the head of a response on stream 1.
    private static let floods: [(name: String, frames: [UInt8])] = [
        ("PING", RawConnection.frame(6, [1, 2, 3, 4, 5, 6, 7, 8])),
        ("PING acknowledgements", RawConnection.frame(6, flags: 1, [1, 2, 3, 4, 5, 6, 7, 8])),
        ("SETTINGS", RawConnection.frame(4, [0, 4, 0, 0, 0xff, 0xff])),
        ("SETTINGS acknowledgements", RawConnection.frame(4, flags: 1)),
        ("large SETTINGS", RawConnection.frame(4, (0..<2730).flatMap { _ in [0, 4, 0, 1, 0, 0] as [UInt8] })),
        ("empty DATA", RawConnection.frame(0, stream: 1)),
        ("DATA of one byte", RawConnection.frame(0, stream: 1, [7])),
        ("DATA of padding", RawConnection.frame(0, flags: 8, stream: 1, [255] + [UInt8](repeating: 0, count: 255))),
        ("full DATA", RawConnection.frame(0, stream: 1, [UInt8](repeating: 7, count: 16_384))),
        ("DATA on an idle stream", RawConnection.frame(0, stream: 99, [7])),
        ("trailers", RawConnection.frame(1, flags: 5, stream: 1, RawConnection.trailers)),
        ("interim responses", RawConnection.frame(1, flags: 4, stream: 3, [0x08, 3] + Array("103".utf8))),
        ("CONTINUATION", RawConnection.frame(9, stream: 3, [0x88])),
        ("empty CONTINUATION", RawConnection.frame(9, stream: 3)),
        ("PRIORITY", RawConnection.frame(2, stream: 5, [0, 0, 0, 0, 1])),
        ("RST_STREAM", RawConnection.frame(3, stream: 3, [0, 0, 0, 8])),
        ("WINDOW_UPDATE", RawConnection.frame(8, [0, 0, 0, 1])),
        ("WINDOW_UPDATE on a stream", RawConnection.frame(8, stream: 3, [0, 0, 0, 1])),
        ("GOAWAY", RawConnection.frame(7, [0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0] + [UInt8](repeating: 65, count: 9000))),
        ("unknown frames", RawConnection.frame(0xbb, stream: 77, [UInt8](repeating: 1, count: 100))),
    ]

    /// What must come before a flood makes sense.
    private static func head(_ name: String) -> [UInt8] {
        name.hasSuffix("CONTINUATION")
            ? RawConnection.frame(1, stream: 3, [0x88]) : RawConnection.frame(1, flags: 4, stream: 1, [0x88])
    }

    /// Sends `frames` as long as the client takes them; reads nothing, or everything.
    private static func flood(_ connection: RawConnection, _ name: String, _ frames: [UInt8], reads: Bool) throws {
        try connection.handshake()
        _ = try connection.readFrame(type: 1)
        _ = try connection.readFrame(type: 1)
        try connection.write(head(name))
        if reads { Foundation.Thread.detachNewThread { connection.readToEnd() } }
        let repeated = [[UInt8]](repeating: frames, count: max(1, (64 << 10) / frames.count))
        let piece = Array(repeated.joined())
        for _ in 0..<volume / piece.count { try connection.write(piece) }
        connection.readToEnd()
    }

    /// Resident memory in KiB: now, or the most since ``forgetPeak()``.
    private static func memory(_ field: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(field) }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    private static func forgetPeak() throws {
        try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    /// The sanitizers keep freed memory.
    private static var isSanitized: Bool { dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil }

    private func assertBounded(_ name: String, _ frames: [UInt8], reads: Bool) async throws {
        let server = try RawServer { try Self.flood($0, name, frames, reads: reads) }
        try Self.forgetPeak()
        let before = try Self.memory("VmRSS:")
        let client = try await HTTP2Client.connect(to: server.endpoint)
        // Nothing of the first response is reported as used; the second stays open.
        _ = try? await client.post(handler: RecordingHandler(credits: false))
        _ = try? await client.post(handler: RecordingHandler())
        try await Task.sleep(for: .milliseconds(60))
        let start = ContinuousClock.now
        await client.shutdown()
        let elapsed = ContinuousClock.now - start
        XCTAssertLessThan(elapsed, .seconds(4), "\(name): shutting down took \(elapsed)")
        let growth = try Self.memory("VmHWM:") - before
        if !Self.isSanitized { XCTAssertLessThan(growth, Self.allowedGrowth, "\(name): \(growth) KiB") }
        server.stop()
    }

    func testItem129FloodsFromAServerThatReads() async throws {
        for (name, frames) in Self.floods { try await assertBounded(name, frames, reads: true) }
    }

    func testItem129FloodsFromAServerThatDoesNotRead() async throws {
        for (name, frames) in Self.floods { try await assertBounded(name, frames, reads: false) }
    }
}
#endif
