import XCTest

import FlagdHTTP2

final class FrameHeaderTests: XCTestCase {
    private func code(_ type: UInt8, flags: UInt8 = 0, length: Int, stream: UInt32) -> HTTP2ErrorCode? {
        let header = FrameHeader(
            length: length, type: FrameType(type), flags: FrameFlags(rawValue: flags),
            streamID: HTTP2StreamID(stream))
        do {
            try header.validate(maximumFrameSize: 16_384)
            return nil
        } catch {
            return error.code
        }
    }

    func testItem18FrameLongerThanOurMaximum() {
        for type in UInt8(0)...0x0b where type != 5 {
            XCTAssertEqual(code(type, length: 16_385, stream: type == 0 ? 1 : 0), .frameSizeError)
        }
        XCTAssertNil(code(0, length: 16_384, stream: 1))
        XCTAssertNil(code(0xff, length: 16_384, stream: 1))
        XCTAssertEqual(code(0, length: 0xff_ffff, stream: 1), .frameSizeError)
    }

    func testItem19FixedSizes() {
        for (type, size, stream) in [(2, 5, 1), (3, 4, 1), (6, 8, 0), (8, 4, 1), (8, 4, 0)] as [(UInt8, Int, UInt32)] {
            for length in 0...16 {
                let expected: HTTP2ErrorCode? = length == size ? nil : .frameSizeError
                XCTAssertEqual(code(type, length: length, stream: stream), expected, "\(type) \(length)")
            }
        }
        for length in 0...16 { XCTAssertEqual(code(7, length: length, stream: 0), length < 8 ? .frameSizeError : nil) }
    }

    func testItem10SettingsLength() {
        for length in 0...18 {
            XCTAssertEqual(code(4, length: length, stream: 0), length % 6 == 0 ? nil : .frameSizeError)
            XCTAssertEqual(code(4, flags: 1, length: length, stream: 0), length == 0 ? nil : .frameSizeError)
        }
    }

    func testItem20StreamZeroAndTheReverse() {
        for (type, length) in [(0, 4), (1, 4), (2, 5), (3, 4), (9, 4)] as [(UInt8, Int)] {
            XCTAssertEqual(code(type, length: length, stream: 0), .protocolError)
            XCTAssertNil(code(type, length: length, stream: 1))
        }
        for (type, length) in [(4, 6), (6, 8), (7, 8)] as [(UInt8, Int)] {
            XCTAssertEqual(code(type, length: length, stream: 1), .protocolError)
            XCTAssertNil(code(type, length: length, stream: 0))
        }
        XCTAssertNil(code(8, length: 4, stream: 0))
        XCTAssertNil(code(8, length: 4, stream: 1))
    }

    func testItem25PushPromise() {
        XCTAssertEqual(code(5, length: 4, stream: 1), .protocolError)
        XCTAssertEqual(code(5, length: 4, stream: 0), .protocolError)
    }

    func testItem16UnknownTypesAreLegalEverywhere() {
        for type in UInt8(0x0a)...0xff {
            for stream in [0, 1, 2, 0x7fff_ffff] as [UInt32] {
                XCTAssertNil(code(type, flags: 0xff, length: 77, stream: stream))
            }
        }
    }

    func testNames() {
        XCTAssertEqual("\(FrameType.windowUpdate)", "WINDOW_UPDATE")
        XCTAssertEqual("\(FrameType(0xfa))", "frame type 250")
        XCTAssertEqual("\(HTTP2ErrorCode.enhanceYourCalm)", "ENHANCE_YOUR_CALM")
        XCTAssertEqual("\(HTTP2ErrorCode(0xffff_ffff))", "error code 0xffffffff")
    }
}
