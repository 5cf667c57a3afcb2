import XCTest

import FlagdHTTP2

final class FrameWriterTests: XCTestCase {
    private func written(_ write: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        write(&bytes)
        return bytes
    }

    func testEachKindOfFrame() {
        let id = HTTP2StreamID(0x0102_0304)
        XCTAssertEqual(
            written { FrameWriter.data([9, 8, 7][1...], on: id, endStream: true, into: &$0) },
            hex("000002 00 01 01020304 0807"))
        XCTAssertEqual(
            written { FrameWriter.resetStream(id, code: .cancel, into: &$0) }, hex("000004 03 00 01020304 00000008"))
        XCTAssertEqual(
            written { FrameWriter.settings([HTTP2Setting(.enablePush, 0)], into: &$0) },
            hex("000006 04 00 00000000 0002 00000000"))
        XCTAssertEqual(
            written { FrameWriter.settingsAcknowledgement(into: &$0) }, hex("000000 04 01 00000000"))
        XCTAssertEqual(
            written { FrameWriter.ping(0x0102_0304_0506_0708, isAcknowledgement: true, into: &$0) },
            hex("000008 06 01 00000000 0102030405060708"))
        XCTAssertEqual(
            written { FrameWriter.goAway(lastStreamID: .connection, code: .noError, debugData: [0x41], into: &$0) },
            hex("000009 07 00 00000000 00000000 00000000 41"))
        XCTAssertEqual(
            written { FrameWriter.windowUpdate(id, increment: 5, into: &$0) }, hex("000004 08 00 01020304 00000005"))
    }

    func testHeaderBlockIsCutIntoContinuations() {
        let id = HTTP2StreamID(1)
        let headers = written {
            FrameWriter.headers(block: [1, 2, 3, 4, 5], on: id, endStream: true, maximumFrameSize: 2, into: &$0)
        }
        XCTAssertEqual(
            headers, hex("000002 01 01 00000001 0102") + hex("000002 09 00 00000001 0304 000001 09 04 00000001 05"))
        let exact = written {
            FrameWriter.headers(block: [1, 2], on: id, endStream: false, maximumFrameSize: 2, into: &$0)
        }
        XCTAssertEqual(exact, hex("000002 01 04 00000001 0102"))
        let empty = written {
            FrameWriter.headers(block: [], on: id, endStream: false, maximumFrameSize: 2, into: &$0)
        }
        XCTAssertEqual(empty, hex("000000 01 04 00000001"))
    }

    func testPreface() {
        XCTAssertEqual(FrameWriter.preface, hex("505249202a20485454502f322e300d0a0d0a534d0d0a0d0a"))
    }
}
