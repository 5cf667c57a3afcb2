import FlagdGRPC
import XCTest

final class SyncMessagesTests: XCTestCase {
    private typealias Wire = WireBytes

    private let context = Wire.field(2, bytes: Wire.entry("a", Wire.field(4, varint: 1)))

    func testRequestsOnTheWire() {
        let expected = Wire.field(1, text: "me") + Wire.field(2, text: "source=ä")
        XCTAssertEqual(SyncFlagsRequest(providerID: "me", selector: "source=ä").encoded(), expected)
        XCTAssertEqual(FetchAllFlagsRequest(providerID: "me", selector: "source=ä").encoded(), expected)
        XCTAssertEqual(SyncFlagsRequest().encoded(), [])
        XCTAssertEqual(GetMetadataRequest().encoded(), [])
    }

    func testSyncFlagsResponse() throws {
        let bytes = Wire.field(1, text: #"{"flags":{}}"#) + context
        let response = try SyncFlagsResponse(protobuf: bytes[...])
        XCTAssertEqual(String(decoding: response.flagConfiguration, as: UTF8.self), #"{"flags":{}}"#)
        XCTAssertEqual(response.syncContext, ["a": .bool(true)])
    }

    func testContextIsNilOrEmptyAsSent() throws {
        XCTAssertNil(try SyncFlagsResponse(protobuf: Wire.field(1, text: "{}")[...]).syncContext)
        XCTAssertEqual(try SyncFlagsResponse(protobuf: Wire.field(2, bytes: [])[...]).syncContext, [:])
    }

    func testItem92LastConfigurationWinsAndContextsMerge() throws {
        let other = Wire.field(2, bytes: Wire.entry("b", Wire.field(2, double: 2)))
        let bytes = Wire.field(1, text: "one") + context + Wire.field(1, text: "two") + other
        let response = try SyncFlagsResponse(protobuf: bytes[...])
        XCTAssertEqual(String(decoding: response.flagConfiguration, as: UTF8.self), "two")
        XCTAssertEqual(response.syncContext, ["a": .bool(true), "b": .number(2)])
    }

    func testConfigurationIsNotCopied() throws {
        let bytes = Wire.field(1, text: String(repeating: "x", count: 1000))
        let response = try SyncFlagsResponse(protobuf: bytes[...])
        let isSame = bytes.withUnsafeBytes { whole in
            response.flagConfiguration.withUnsafeBytes { $0.baseAddress == whole.baseAddress?.advanced(by: 3) }
        }
        XCTAssertTrue(isSame)
    }

    func testItem92InvalidUTF8IsRejectedEverywhere() {
        let bytes = Wire.field(1, bytes: [0x7b, 0xff, 0x7d])[...]
        XCTAssertThrowsError(try SyncFlagsResponse(protobuf: bytes)) {
            XCTAssertEqual($0 as? ProtobufError, .invalidUTF8(field: 1))
        }
        XCTAssertThrowsError(try FetchAllFlagsResponse(protobuf: bytes))
        XCTAssertThrowsError(try LegacySyncFlagsResponse(protobuf: bytes))
        let name = Wire.field(2, bytes: Wire.field(1, bytes: Wire.field(1, bytes: [0xc3])))[...]
        XCTAssertThrowsError(try GetMetadataResponse(protobuf: name))
        XCTAssertThrowsError(try SyncFlagsResponse(protobuf: name))
    }

    func testItem92UnknownFieldsOfAllWireTypesAreSkipped() throws {
        let unknown: [UInt8] =
            Wire.field(15, varint: 1) + Wire.field(16, double: 1) + Wire.field(17, text: "x") + [
                0x95, 0x01, 1, 2, 3, 4,
            ]
            + [0x9b, 0x01, 0x08, 0x01, 0x9c, 0x01]
        let bytes = unknown + Wire.field(1, text: "{}") + unknown + context + unknown
        let response = try SyncFlagsResponse(protobuf: bytes[...])
        XCTAssertEqual(response, SyncFlagsResponse(flagConfiguration: [0x7b, 0x7d], syncContext: ["a": .bool(true)]))
        XCTAssertEqual(try FetchAllFlagsResponse(protobuf: bytes[...]).flagConfiguration, [0x7b, 0x7d])
        XCTAssertEqual(try GetMetadataResponse(protobuf: (unknown + context)[...]).metadata, ["a": .bool(true)])
    }

    func testItem92KnownFieldsWithAnotherWireTypeAreSkipped() throws {
        let bytes = Wire.field(1, varint: 1) + Wire.field(2, varint: 1)
        XCTAssertEqual(try SyncFlagsResponse(protobuf: bytes[...]), SyncFlagsResponse())
        XCTAssertEqual(try FetchAllFlagsResponse(protobuf: bytes[...]), FetchAllFlagsResponse())
        XCTAssertEqual(try GetMetadataResponse(protobuf: bytes[...]), GetMetadataResponse())
        XCTAssertEqual(
            try LegacySyncFlagsResponse(protobuf: (Wire.field(1, varint: 1) + Wire.field(2, text: "x"))[...]),
            LegacySyncFlagsResponse())
    }

    func testEmptyMessageIsAllDefaults() throws {
        XCTAssertEqual(try SyncFlagsResponse(protobuf: []), SyncFlagsResponse())
        XCTAssertEqual(try GetMetadataResponse(protobuf: []).metadata, nil)
    }

    func testGetMetadataMerges() throws {
        let bytes = context + Wire.field(2, bytes: Wire.entry("b", []))
        XCTAssertEqual(try GetMetadataResponse(protobuf: bytes[...]).metadata, ["a": .bool(true), "b": .null])
    }

    func testReservedFieldOfGetMetadataIsIgnored() throws {
        let pair = Wire.field(1, bytes: Wire.field(1, text: "k") + Wire.field(2, text: "v"))
        XCTAssertNil(try GetMetadataResponse(protobuf: pair[...]).metadata)
    }

    func testLegacyStates() throws {
        let states: [(UInt64, LegacySyncState)] = [
            (0, .unspecified), (1, .all), (2, .add), (3, .update), (4, .delete), (5, .ping), (6, .unrecognized(6)),
            (.max, .unrecognized(-1)), (0x1_0000_0001, .all),
        ]
        for (number, state) in states {
            let bytes = Wire.field(1, text: "{}") + Wire.field(2, varint: number)
            let response = try LegacySyncFlagsResponse(protobuf: bytes[...])
            XCTAssertEqual(response, LegacySyncFlagsResponse(flagConfiguration: [0x7b, 0x7d], state: state))
        }
        XCTAssertEqual(try LegacySyncFlagsResponse(protobuf: []).state, .unspecified)
    }
}
