import XCTest

import FlagdHTTP2

final class FrameTests: XCTestCase {
    private func frame(_ type: UInt8, flags: UInt8, _ payload: [UInt8]) throws -> Frame {
        let header = FrameHeader(
            length: payload.count, type: FrameType(type), flags: FrameFlags(rawValue: flags),
            streamID: HTTP2StreamID(1))
        return try Frame(header, payload: payload)
    }

    private func code(_ type: UInt8, flags: UInt8, _ payload: String) -> HTTP2ErrorCode? {
        errorThrown(as: HTTP2ConnectionFailure.self) { _ = try frame(type, flags: flags, hex(payload)) }?.code
    }

    private let id = HTTP2StreamID(1)

    func testItem21PaddingOfData() throws {
        for padding in [0, 1, 254, 255] {
            for content in [0, 1, 300] {
                let bytes = [UInt8](repeating: 7, count: content)
                let payload = [UInt8(padding)] + bytes + [UInt8](repeating: 0xee, count: padding)
                XCTAssertEqual(
                    try frame(0, flags: 0x8, payload),
                    .data(id, bytes, flowControlledLength: payload.count, endStream: false))
            }
        }
    }

    func testItem21PaddingAndPriorityOfHeaders() throws {
        let expected = Frame.headers(id, fragment: [0x88], endHeaders: true, endStream: true)
        XCTAssertEqual(try frame(1, flags: 0x05, hex("88")), expected)
        XCTAssertEqual(try frame(1, flags: 0x0d, hex("03 88 000000")), expected)
        XCTAssertEqual(try frame(1, flags: 0x25, hex("80000001ff 88")), expected)
        XCTAssertEqual(try frame(1, flags: 0x2d, hex("02 80000001ff 88 0000")), expected)
        let empty = Frame.headers(id, fragment: [], endHeaders: false, endStream: false)
        XCTAssertEqual(try frame(1, flags: 0x08, hex("02 0000")), empty)
        XCTAssertEqual(try frame(1, flags: 0x28, hex("00 0000000000")), empty)
    }

    func testItem21PaddingBeyondThePayload() {
        XCTAssertEqual(code(0, flags: 0x8, "01"), .protocolError)
        XCTAssertEqual(code(0, flags: 0x8, "04 aaaaaa"), .protocolError)
        XCTAssertEqual(code(1, flags: 0x8, "ff 88"), .protocolError)
        XCTAssertEqual(code(1, flags: 0x28, "01 0000000000"), .protocolError)
    }

    func testMandatoryFieldsMissing() {
        XCTAssertEqual(code(0, flags: 0x8, ""), .frameSizeError)
        XCTAssertEqual(code(1, flags: 0x8, ""), .frameSizeError)
        XCTAssertEqual(code(1, flags: 0x20, "00000000"), .frameSizeError)
        XCTAssertEqual(code(1, flags: 0x28, "0000000000"), .frameSizeError)
    }

    func testItem17UndefinedFlagsAndReservedBits() throws {
        XCTAssertEqual(
            try frame(0, flags: 0xf6, hex("01")), .data(id, [1], flowControlledLength: 1, endStream: false))
        XCTAssertEqual(try frame(8, flags: 0xff, hex("80000001")), .windowUpdate(id, increment: 1))
        XCTAssertEqual(try frame(3, flags: 0xff, hex("00000008")), .resetStream(id, .cancel))
        XCTAssertEqual(
            try frame(7, flags: 0xff, hex("ffffffff 00000000 41")),
            .goAway(lastStreamID: HTTP2StreamID(0x7fff_ffff), .noError, debugData: [0x41]))
        XCTAssertEqual(try frame(4, flags: 0xfe, hex("000400000001")), .settings([HTTP2Setting(.initialWindowSize, 1)]))
        XCTAssertEqual(
            try frame(6, flags: 0xfe, hex("0102030405060708")), .ping(0x0102_0304_0506_0708, isAcknowledgement: false))
    }

    func testItem16UnknownType() throws {
        XCTAssertEqual(try frame(0xaa, flags: 0xff, hex("00")), .unknown)
    }
}
