import FlagdTestSupport
import XCTest

@testable import Flagd

/// What `fractional` hashes with and, in its third version, what it hashes, against vectors of other implementations.
final class HashVectorTests: XCTestCase {
    func testMurmurHash3() throws {
        struct Vector: Decodable {
            let hex: String
            let seed: UInt32
            let murmur3_x86_32: UInt32
        }
        let vectors = try SharedData.lines("vectors/murmur3.jsonl", as: Vector.self)
        XCTAssertGreaterThanOrEqual(vectors.count, 76)
        for vector in vectors {
            let bytes = try XCTUnwrap(Self.bytes(vector.hex), vector.hex)
            let hash = bytes.withUnsafeBufferPointer { MurmurHash3.hash(ByteView($0), seed: vector.seed) }
            XCTAssertEqual(hash, vector.murmur3_x86_32, "\(vector.hex.prefix(80)) (\(bytes.count) bytes)")
        }
    }

    func testDeterministicCBOR() throws {
        struct Vector: Decodable {
            let json: String
            let cborHex: String
            let murmur3_x86_32: UInt32
            /// Says of an integer beyond 64 bits that the encoder which made the vectors does something of its own.
            let note: String?
        }
        let vectors = try SharedData.lines("vectors/cbor.jsonl", as: Vector.self).filter { $0.note == nil }
        XCTAssertGreaterThanOrEqual(vectors.count, 100)
        for vector in vectors {
            let encoded = try Self.encode(vector.json)
            XCTAssertEqual(encoded, Self.bytes(vector.cborHex), String(vector.json.prefix(200)))
            let hash = encoded.withUnsafeBufferPointer { MurmurHash3.hash(ByteView($0)) }
            XCTAssertEqual(hash, vector.murmur3_x86_32, String(vector.json.prefix(200)))
        }
    }

    private static func encode(_ json: String) throws -> [UInt8] {
        let arena = Arena()
        var encoder = DeterministicCBOR()
        encoder.append(RuleValue(try JSON.parse(Array(json.utf8)), arena: arena))
        return withExtendedLifetime(arena) { encoder.bytes }
    }

    private static func bytes(_ hex: String) -> [UInt8]? {
        let digits = Array(hex)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(digits[index...index + 1]), radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
