import FlagdGRPC
import XCTest

final class ProtobufValueTests: XCTestCase {
    private typealias Wire = WireBytes

    private func value(
        _ bytes: [UInt8], limits: ProtobufLimits = .standard
    ) throws(ProtobufError) -> ProtobufValue {
        try ProtobufValue(protobuf: bytes[...], limits: limits)
    }

    func testEachKind() throws {
        XCTAssertEqual(try value([]), .null)
        XCTAssertEqual(try value(Wire.field(1, varint: 0)), .null)
        XCTAssertEqual(try value(Wire.field(1, varint: 7)), .null)
        XCTAssertEqual(try value(Wire.field(2, double: -0.5)), .number(-0.5))
        XCTAssertEqual(try value(Wire.field(3, text: "ü")), .string("ü"))
        XCTAssertEqual(try value(Wire.field(3, text: "")), .string(""))
        XCTAssertEqual(try value(Wire.field(4, varint: 0)), .bool(false))
        XCTAssertEqual(try value(Wire.field(4, varint: 2)), .bool(true))
        XCTAssertEqual(try value(Wire.field(5, bytes: [])), .structure([:]))
        XCTAssertEqual(try value(Wire.field(6, bytes: [])), .list([]))
    }

    func testNumbersThatJSONHasNoWordsFor() throws {
        XCTAssertEqual(try value(Wire.field(2, double: .infinity)), .number(.infinity))
        guard case .number(let number) = try value(Wire.field(2, double: .nan)) else { return XCTFail("no number") }
        XCTAssertTrue(number.isNaN)
    }

    func testItem92LastOneofMemberWins() throws {
        XCTAssertEqual(try value(Wire.field(3, text: "a") + Wire.field(4, varint: 1)), .bool(true))
        XCTAssertEqual(try value(Wire.field(4, varint: 1) + Wire.field(3, text: "a")), .string("a"))
        XCTAssertEqual(try value(Wire.field(3, text: "a") + Wire.field(3, text: "b")), .string("b"))
        XCTAssertEqual(try value(Wire.field(6, bytes: Wire.field(1, bytes: [])) + Wire.field(1, varint: 0)), .null)
    }

    func testItem92OneofMessagesOfOneKindMerge() throws {
        let one = Wire.field(5, bytes: Wire.entry("a", Wire.field(4, varint: 1)))
        let other = Wire.field(5, bytes: Wire.entry("b", Wire.field(4, varint: 0)))
        XCTAssertEqual(try value(one + other), .structure(["a": .bool(true), "b": .bool(false)]))
        XCTAssertEqual(try value(one + Wire.field(3, text: "x") + other), .structure(["b": .bool(false)]))

        let first = Wire.field(6, bytes: Wire.field(1, bytes: Wire.field(2, double: 1)))
        let second = Wire.field(6, bytes: Wire.field(1, bytes: Wire.field(2, double: 2)))
        XCTAssertEqual(try value(first + second), .list([.number(1), .number(2)]))
    }

    func testKnownNumberWithAnotherWireTypeIsUnknown() throws {
        XCTAssertEqual(try value(Wire.field(3, varint: 1) + Wire.field(2, varint: 1)), .null)
        XCTAssertEqual(try value(Wire.field(4, varint: 1) + Wire.field(1, text: "x")), .bool(true))
    }

    func testItem92NestingUpToTheLimit() throws {
        // One list level is a Value and a ListValue.
        func nested(_ lists: Int) -> [UInt8] {
            (0..<lists).reduce(into: [UInt8]()) { inner, _ in inner = Wire.field(6, bytes: Wire.field(1, bytes: inner))
            }
        }
        let limits = ProtobufLimits(maximumDepth: 7)
        XCTAssertEqual(try value(nested(3), limits: limits), .list([.list([.list([.null])])]))
        XCTAssertThrowsError(try value(nested(4), limits: limits)) {
            XCTAssertEqual($0 as? ProtobufError, .tooDeep(limit: 7))
        }
        XCTAssertEqual(ProtobufLimits.standard.maximumDepth, 100)
        XCTAssertNoThrow(try value(nested(49)))
        XCTAssertThrowsError(try value(nested(50)))
        XCTAssertThrowsError(try value(nested(5_000)))
    }

    func testNumberOfValuesIsLimited() throws {
        func list(_ count: Int) -> [UInt8] {
            Wire.field(6, bytes: (0..<count).flatMap { _ in [0x0a, 0x00] as [UInt8] })
        }
        let limits = ProtobufLimits(maximumValues: 10)
        XCTAssertEqual(try value(list(10), limits: limits), .list(Array(repeating: .null, count: 10)))
        XCTAssertThrowsError(try value(list(11), limits: limits)) {
            XCTAssertEqual($0 as? ProtobufError, .tooManyValues(limit: 10))
        }
        XCTAssertEqual(ProtobufLimits.standard.maximumValues, 100_000)
        XCTAssertThrowsError(try value(list(100_001)))
    }

    func testItem92InvalidUTF8() {
        XCTAssertThrowsError(try value(Wire.field(3, bytes: [0x61, 0xff]))) {
            XCTAssertEqual($0 as? ProtobufError, .invalidUTF8(field: 3))
        }
    }

    func testItem92RandomChangesNeverTrap() {
        let entry = Wire.entry("k", Wire.field(6, bytes: Wire.field(1, bytes: Wire.field(2, double: 3))))
        let original = Wire.field(5, bytes: entry + entry) + Wire.field(3, text: "text")
        var generator = SplitMix(seed: 5)
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            do { _ = try value(bytes) } catch { XCTAssertFalse(error.description.isEmpty) }
        }
    }
}
