import FlagdGRPC
import FlagdHTTP2
import XCTest

final class GRPCMetadataTests: XCTestCase {
    private func assertRefused(_ name: String, _ text: String, _ expected: GRPCMetadataError, line: UInt = #line) {
        var metadata = GRPCMetadata()
        XCTAssertThrowsError(try metadata.append(name: name, text: text), line: line) {
            XCTAssertEqual($0 as? GRPCMetadataError, expected, line: line)
        }
        XCTAssertTrue(metadata.isEmpty, line: line)
    }

    func testOrderAndDuplicatesAreKept() throws {
        var metadata = GRPCMetadata()
        try metadata.append(name: "b", text: "1")
        try metadata.append(name: "a", text: "")
        try metadata.append(name: "b", text: "2")
        XCTAssertEqual(metadata.map(\.name), ["b", "a", "b"])
        XCTAssertEqual(metadata.texts(named: "b"), ["1", "2"])
        XCTAssertEqual(metadata.firstText(named: "a"), "")
        XCTAssertNil(metadata.firstText(named: "c"))
    }

    func testItem65Names() throws {
        for name in ["", "Upper", "with space", "a:b", ":path", "ümlaut", "a\nb", "a\0", "tab\t", "a/b"] {
            assertRefused(name, "x", .invalidName(name))
        }
        for name in [
            "grpc-timeout", "grpc-x", "te", "content-type", "user-agent", "connection", "host", "transfer-encoding",
        ] {
            assertRefused(name, "x", .reservedName(name))
        }
        var metadata = GRPCMetadata()
        for name in ["a", "0", "flagd-selector", "a_b.c-9", "authorization", "bin"] {
            XCTAssertNoThrow(try metadata.append(name: name, text: "x"), name)
        }
    }

    func testItem65Values() throws {
        for text in ["a\r\nb", "\n", "a\0b", " a", "a ", "\ta", "ä", "a\u{7f}"] {
            assertRefused("x", text, .invalidValue(name: "x"))
            XCTAssertFalse(GRPCMetadata.isValidText(text), text)
        }
        for text in ["", "a", "a b", "source=database,app=weatherapp", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"] {
            XCTAssertTrue(GRPCMetadata.isValidText(text), text)
        }
    }

    func testErrorsDoNotRepeatTheValue() {
        XCTAssertFalse(GRPCMetadataError.invalidValue(name: "authorization").description.contains("secret"))
        XCTAssertTrue(GRPCMetadataError.invalidName("A\n").description.contains(#""A\x0a""#))
        XCTAssertTrue(GRPCMetadataError.reservedName("te").description.contains("reserved"))
        XCTAssertTrue(GRPCMetadataError.wrongKind(name: "x-bin").description.contains("-bin"))
    }

    func testBinaryValues() throws {
        var metadata = GRPCMetadata()
        try metadata.append(name: "trace-bin", binary: [0, 0xff, 1])
        XCTAssertEqual(metadata.headerFields, [HeaderField("trace-bin", "AP8B")])
        XCTAssertEqual(metadata.binaries(named: "trace-bin"), [[0, 0xff, 1]])
        XCTAssertEqual(metadata.texts(named: "trace-bin"), [])
        XCTAssertThrowsError(try metadata.append(name: "trace-bin", text: "x"))
        XCTAssertThrowsError(try metadata.append(name: "trace", binary: []))
    }

    func testItem75SecretsAreMarked() throws {
        var metadata = GRPCMetadata()
        try metadata.append(name: "authorization", text: "Bearer secret", isSensitive: true)
        try metadata.append(name: "x", text: "y")
        XCTAssertEqual(metadata.headerFields.map(\.isSensitive), [true, false])
    }

    func testItem62ResponsesAreTakenAsTheyAre() {
        let metadata = GRPCMetadata(response: [
            HeaderField(":status", "200"), HeaderField("content-type", "application/grpc"),
            HeaderField("x", "\u{e9}\ty"),
            HeaderField("empty", ""), HeaderField("x", "again"), HeaderField("grpc-encoding", "identity"),
            HeaderField("grpc-status", "0"), HeaderField("grpc-message", ""),
            HeaderField("grpc-status-details-bin", "AQ=="),
        ])
        XCTAssertEqual(metadata.map(\.name), ["x", "empty", "x", "grpc-status-details-bin"])
        XCTAssertEqual(metadata.texts(named: "x"), ["\u{e9}\ty", "again"])
        XCTAssertEqual(metadata.binaries(named: "grpc-status-details-bin"), [[1]])
    }

    func testItem62BinaryValuesOfResponses() {
        let metadata = GRPCMetadata(response: [
            HeaderField("a-bin", "Zg"), HeaderField("a-bin", "Zg==,Zm8,"), HeaderField("b-bin", "no base64!"),
        ])
        XCTAssertEqual(metadata.binaries(named: "a-bin"), [[0x66], [0x66], [0x66, 0x6f], []])
        XCTAssertEqual(metadata.binaries(named: "b-bin"), [])
        XCTAssertEqual(metadata.texts(named: "b-bin"), ["no base64!"])
    }
}
