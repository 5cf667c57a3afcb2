import XCTest

import FlagdHTTP2

final class ServerPrefaceCheckTests: XCTestCase {
    /// The verdict and how many bytes it took.
    private func check(_ bytes: [UInt8]) -> (verdict: ServerPrefaceCheck.Verdict, used: Int) {
        var check = ServerPrefaceCheck(maximumBanner: 32)
        for (place, byte) in bytes.enumerated() {
            let verdict = check.byteReceived(byte)
            if verdict != .undecided { return (verdict, place + 1) }
        }
        return (.undecided, bytes.count)
    }

    private func message(_ text: String) -> String {
        guard case .foreign(let failure) = check(Array(text.utf8)).verdict else { return "" }
        XCTAssertEqual(failure.kind, .notHTTP2)
        return failure.message
    }

    func testItem3FrameBeginsWithZero() {
        XCTAssertEqual(check([0, 0xff]).verdict, .frame)
    }

    func testItem4HTTP1Answer() {
        XCTAssertEqual(
            message("HTTP/1.1 400 Bad Request\r\n"),
            "the server answered with HTTP/1 (\"HTTP/1.1 400 Bad Request\"); an HTTP/2 server was expected")
    }

    func testItem4SSHBanner() {
        XCTAssertEqual(
            message("SSH-2.0-OpenSSH_9.2\r\n"),
            "an SSH server answered (\"SSH-2.0-OpenSSH_9.2\"); an HTTP/2 server was expected")
    }

    func testItem4AnotherClient() {
        XCTAssertEqual(
            message("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            "the connection reached an HTTP/2 client (\"PRI * HTTP/2.0\"); an HTTP/2 server was expected")
    }

    func testItem4TLSAlert() {
        let result = check(hex("15030300020228"))
        XCTAssertEqual(result.used, 1)
        guard case .foreign(let failure) = result.verdict else { return XCTFail("undecided") }
        XCTAssertEqual(failure.message, "the server speaks TLS on this port; a plaintext connection was asked for")
    }

    func testItem4BytesThatAreNoTextAreDecidedAtOnce() {
        for byte in UInt8(1)...255 where !(0x20...0x7e).contains(byte) && byte != 0x09 && byte != 0x0d {
            guard case .foreign = check([byte]).verdict else { return XCTFail("\(byte)") }
        }
        XCTAssertEqual(check([0x4a, 0, 0x30]).used, 2)
    }

    func testItem4TextIsDecidedSoon() {
        XCTAssertEqual(check(Array("HELO there".utf8)).used, 8)
        XCTAssertEqual(message("HELO there"), "the server's answer \"HELO the\" is not HTTP/2")
        XCTAssertEqual(message("-ERR\r\nmore"), "the server's answer \"-ERR\" is not HTTP/2")
        XCTAssertEqual(message("\n"), "the server's answer \"\" is not HTTP/2")
    }

    func testItem4BannerWithoutAnEndIsBounded() {
        let result = check(Array("HTTP/".utf8) + [UInt8](repeating: 0x61, count: 1000))
        XCTAssertEqual(result.used, 32)
        guard case .foreign = result.verdict else { return XCTFail("undecided") }
    }

    func testItem4UnfinishedBanner() {
        var check = ServerPrefaceCheck(maximumBanner: 32)
        XCTAssertNil(check.unfinished)
        for byte in "HTT".utf8 { XCTAssertEqual(check.byteReceived(byte), .undecided) }
        XCTAssertEqual(check.unfinished?.kind, .notHTTP2)
        XCTAssertEqual(check.unfinished?.message, "the server's answer \"HTT\" is not HTTP/2")
        var frame = ServerPrefaceCheck(maximumBanner: 32)
        XCTAssertEqual(frame.byteReceived(0), .frame)
        XCTAssertNil(frame.unfinished)
    }

    func testItem50EscapedText() {
        XCTAssertEqual(DebugText.escaped(Array("a \"b\"".utf8), limit: 10), "a \"b\"")
        XCTAssertEqual(DebugText.escaped([0, 0x0a, 0x5c, 0x7f, 0xff], limit: 10), "\\x00\\x0a\\x5c\\x7f\\xff")
        XCTAssertEqual(DebugText.escaped(Array("abcdef".utf8), limit: 3), "abc…")
        XCTAssertEqual(DebugText.escaped([1], limit: -1), "…")
        XCTAssertEqual(DebugText.escaped([], limit: 0), "")
        XCTAssertEqual(DebugText.firstLine(of: Array("a\u{1}b\r\nc".utf8), limit: 10), "a\\x01b")
        XCTAssertEqual(DebugText.firstLine(of: Array("abc".utf8), limit: 2), "ab…")
    }
}
