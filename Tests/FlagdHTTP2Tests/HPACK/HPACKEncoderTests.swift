import XCTest

import FlagdHTTP2

final class HPACKEncoderTests: XCTestCase {
    private func encode(_ fields: [HeaderField], _ encoder: inout HPACKEncoder) -> [UInt8] {
        var block: [UInt8] = []
        encoder.encode(fields, into: &block)
        return block
    }

    func testExampleOfRFC7541C4() {
        var encoder = HPACKEncoder()
        let first = fields(
            (":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com"))
        XCTAssertEqual(encode(first, &encoder), hex("828684418cf1e3c2e5f23a6ba0ab90f4ff"))
        XCTAssertEqual(encode(first + fields(("cache-control", "no-cache")), &encoder), hex("828684be5886a8eb10649cbf"))
    }

    func testRepeatedRequestIsIndexesOnly() {
        var encoder = HPACKEncoder()
        _ = encode(Session.request, &encoder)
        XCTAssertEqual(encode(Session.request, &encoder).count, Session.request.count)
    }

    func testRawWhereHuffmanIsLonger() {
        var encoder = HPACKEncoder()
        XCTAssertEqual(encode(fields(("\\", "\\\\")), &encoder), hex("40 015c 025c5c"))
    }

    func testItem75SensitiveValuesAreNeverIndexed() throws {
        var encoder = HPACKEncoder()
        let secret = HeaderField("authorization", "Bearer x", isSensitive: true)
        let own = HeaderField("x-token", "s", isSensitive: true)
        for _ in 0..<2 {
            let block = encode([secret, own], &encoder)
            // A literal with the name's index, then one with its name.
            XCTAssertEqual(block[0], 0x1f)
            XCTAssertEqual(block[1], 0x08)
            XCTAssertEqual(encoder.dynamicTable.count, 0)
            var decoder = HPACKDecoder()
            XCTAssertEqual(try decoder.decode(block.span).fields, [secret, own])
        }
    }

    func testItem75SensitiveValueIsNotSentAsAnIndexEvenIfKnown() {
        var encoder = HPACKEncoder()
        _ = encode(fields(("x-token", "s")), &encoder)
        let block = encode([HeaderField("x-token", "s", isSensitive: true)], &encoder)
        XCTAssertEqual(block[0] & 0xf0, 0x10)
    }

    func testItem75SecretsAreKnownByName() {
        for name in ["authorization", "proxy-authorization", "cookie"] {
            var encoder = HPACKEncoder()
            XCTAssertEqual(encode(fields((name, "s")), &encoder)[0] & 0xf0, 0x10, name)
            XCTAssertEqual(encoder.dynamicTable.count, 0)
        }
    }

    func testChangingValuesAreNotIndexed() {
        var encoder = HPACKEncoder()
        _ = encode(fields(("grpc-timeout", "10S"), ("content-length", "7")), &encoder)
        XCTAssertEqual(encoder.dynamicTable.count, 0)
    }

    func testItem13SmallerTableIsAnnouncedAtTheNextBlock() {
        var encoder = HPACKEncoder()
        _ = encode(Session.request, &encoder)
        encoder.tableSizeOffered(0)
        XCTAssertEqual(encoder.dynamicTable.count, 0)
        let block = encode(fields((":method", "POST"), ("a", "b")), &encoder)
        XCTAssertEqual(block, hex("20 83 00 0161 0162"))
        XCTAssertEqual(encode(fields((":method", "POST")), &encoder), hex("83"))
    }

    func testItem13MinimumFirstThenTheFinalSize() throws {
        var encoder = HPACKEncoder()
        encoder.tableSizeOffered(100)
        encoder.tableSizeOffered(50)
        encoder.tableSizeOffered(200)
        let block = encode(fields((":method", "POST")), &encoder)
        XCTAssertEqual(block, hex("3f13 3fa901 83"))
        var decoder = HPACKDecoder()
        _ = try decoder.decode(block.span)
        XCTAssertEqual(decoder.dynamicTable.maximumSize, 200)
    }

    func testItem13HugeOfferIsCapped() {
        var encoder = HPACKEncoder(maximumTableSize: 4096)
        encoder.tableSizeOffered(0xffff_ffff)
        XCTAssertEqual(encoder.dynamicTable.maximumSize, 4096)
        XCTAssertEqual(encode(fields((":method", "POST")), &encoder), hex("83"))
    }

    func testCapBelowTheInitialSizeIsAnnounced() {
        var encoder = HPACKEncoder(maximumTableSize: 0)
        XCTAssertEqual(encode(fields(("a", "b")), &encoder), hex("20 00 0161 0162"))
        XCTAssertEqual(encode(fields(("a", "b")), &encoder), hex("00 0161 0162"))
    }

    func testCanonicallyEquivalentValuesAreDistinct() throws {
        var encoder = HPACKEncoder()
        var decoder = HPACKDecoder()
        for value in ["\u{e9}", "e\u{301}", "\u{e9}"] {
            let sent = fields(("x", value))
            XCTAssertEqual(try decoder.decode(encode(sent, &encoder).span).fields, sent)
        }
    }

    func testItem76RandomRoundTripWithTableChanges() throws {
        var random = SeededGenerator(seed: 3)
        var encoder = HPACKEncoder()
        var decoder = HPACKDecoder()
        let names = ["a", "grpc-status", ":status", "x-long-name", "content-type"]
        for round in 0..<2000 {
            if round % 13 == 0 { encoder.tableSizeOffered(Int.random(in: 0...5000, using: &random)) }
            let sent = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                let length = Int.random(in: 0...60, using: &random)
                let value = (0..<length).map { _ in UInt8.random(in: 32...126, using: &random) }
                let name = names.randomElement(using: &random) ?? ""
                let short = value.prefix(Int.random(in: 0...3, using: &random))
                let text = Bool.random(using: &random) ? value[...] : short
                return HeaderField(name, String(decoding: text, as: UTF8.self), isSensitive: length == 7)
            }
            XCTAssertEqual(try decoder.decode(encode(sent, &encoder).span).fields, sent)
            XCTAssertEqual(decoder.dynamicTable.size, encoder.dynamicTable.size)
            XCTAssertEqual(decoder.dynamicTable.maximumSize, encoder.dynamicTable.maximumSize)
        }
    }
}
