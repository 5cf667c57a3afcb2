import FlagdTestSupport
import XCTest

import FlagdHTTP2

/// The examples of RFC 7541 appendix C and the public corpus of header blocks (items 66 and 76).
final class HPACKVectorTests: XCTestCase {
    private struct Story: Decodable {
        struct Case: Decodable {
            let wire: String
            let headers: [[String]]
            let tableSize: Int?
        }
        let impl: String
        let story: String
        let cases: [Case]
    }

    func testItem66ExamplesOfRFC7541() throws {
        let stories = try SharedData.lines("vectors/hpack-rfc7541.jsonl", as: Story.self)
        XCTAssertEqual(stories.count, 8)
        for story in stories {
            // Appendix C.5 and C.6 work with a table of 256 bytes.
            let isSmall = story.story.hasPrefix("C.5") || story.story.hasPrefix("C.6")
            try check(story, tableSizeLimit: isSmall ? 256 : 4096)
        }
    }

    func testItem76PublicCorpus() throws {
        let stories = try SharedData.lines("vectors/hpack-stories.jsonl", as: Story.self)
        XCTAssertEqual(stories.count, 42)
        for story in stories { try check(story, tableSizeLimit: 4096) }
    }

    func testItem76CorpusRoundTrip() throws {
        for story in try SharedData.lines("vectors/hpack-stories.jsonl", as: Story.self) {
            for size in [0, 100, 4096] { try roundTrip(story, tableSize: size) }
        }
    }

    private func check(_ story: Story, tableSizeLimit: Int) throws {
        let limit = story.cases.compactMap(\.tableSize).max() ?? tableSizeLimit
        var decoder = HPACKDecoder(tableSizeLimit: max(limit, tableSizeLimit))
        for (number, example) in story.cases.enumerated() {
            let name = "\(story.impl) \(story.story) \(number)"
            let list = try decoder.decode(hex(example.wire).span)
            XCTAssertEqual(list.fields.map { [$0.name, $0.value] }, example.headers, name)
            let size = example.headers.reduce(0) { sum, pair in sum + pair.reduce(32) { $0 + $1.utf8.count } }
            XCTAssertEqual(list.size, size, name)
        }
    }

    private func roundTrip(_ story: Story, tableSize: Int) throws {
        var encoder = HPACKEncoder(maximumTableSize: tableSize)
        var decoder = HPACKDecoder()
        for example in story.cases {
            let sent = example.headers.map { HeaderField($0[0], $0[1]) }
            var block: [UInt8] = []
            encoder.encode(sent, into: &block)
            let received = try decoder.decode(block.span).fields
            XCTAssertEqual(received.map { [$0.name, $0.value] }, example.headers, "\(story.impl) \(story.story)")
            XCTAssertEqual(decoder.dynamicTable.size, encoder.dynamicTable.size)
            XCTAssertLessThanOrEqual(encoder.dynamicTable.size, tableSize)
        }
    }
}
