import XCTest

import FlagdHTTP2

final class HTTP2SettingTests: XCTestCase {
    private func apply(_ settings: (UInt16, UInt32)...) throws -> PeerSettings {
        var peer = PeerSettings()
        try peer.apply(settings.map { HTTP2Setting(.init($0.0), $0.1) })
        return peer
    }

    func testInitialValues() {
        let peer = PeerSettings()
        XCTAssertEqual(peer.headerTableSize, 4096)
        XCTAssertEqual(peer.initialWindowSize, 65_535)
        XCTAssertEqual(peer.maximumFrameSize, 16_384)
        XCTAssertNil(peer.maximumConcurrentStreams)
        XCTAssertNil(peer.maximumHeaderListSize)
    }

    func testItem8LastOfRepeatedIdentifiersWins() throws {
        let peer = try apply((3, 1), (4, 7), (3, 2), (4, 8), (3, 9))
        XCTAssertEqual(peer.maximumConcurrentStreams, 9)
        XCTAssertEqual(peer.initialWindowSize, 8)
    }

    func testItem9UnknownIdentifiersAreIgnored() throws {
        // What nginx, haproxy and nghttpx send among others.
        XCTAssertEqual(try apply((0, 1), (7, 1), (8, 1), (9, 1), (0xffff, .max)), PeerSettings())
    }

    func testItem11EnablePush() throws {
        XCTAssertNoThrow(try apply((2, 0)))
        for value in [1, 2, UInt32.max] {
            let error = errorThrown(as: HTTP2ConnectionFailure.self) { _ = try apply((2, value)) }
            XCTAssertEqual(error?.code, .protocolError)
        }
    }

    func testItem12InitialWindowSize() throws {
        XCTAssertEqual(try apply((4, 0)).initialWindowSize, 0)
        XCTAssertEqual(try apply((4, 0x7fff_ffff)).initialWindowSize, 0x7fff_ffff)
        for value in [0x8000_0000, UInt32.max] {
            let error = errorThrown(as: HTTP2ConnectionFailure.self) { _ = try apply((4, value)) }
            XCTAssertEqual(error?.code, .flowControlError)
        }
    }

    func testItem12MaximumFrameSize() throws {
        XCTAssertEqual(try apply((5, 16_384)).maximumFrameSize, 16_384)
        XCTAssertEqual(try apply((5, 0xff_ffff)).maximumFrameSize, 0xff_ffff)
        for value in [0, 16_383, 0x100_0000, UInt32.max] {
            let error = errorThrown(as: HTTP2ConnectionFailure.self) { _ = try apply((5, value)) }
            XCTAssertEqual(error?.code, .protocolError)
        }
    }

    func testItem13HeaderTableSizeMayBeHuge() throws {
        XCTAssertEqual(try apply((1, .max)).headerTableSize, Int(UInt32.max))
    }
}
