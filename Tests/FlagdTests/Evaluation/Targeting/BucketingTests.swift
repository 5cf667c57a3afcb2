import XCTest

@testable import Flagd

final class BucketingTests: XCTestCase {
    func testWeight() {
        XCTAssertEqual(Bucketing.weight(nil), 1)
        XCTAssertEqual(Bucketing.weight(.null), 1)
        XCTAssertEqual(Bucketing.weight(.failed), 1)
        XCTAssertEqual(Bucketing.weight(RuleValue(Int64(50))), 50)
        XCTAssertEqual(Bucketing.weight(RuleValue(50.0)), 50)
        XCTAssertEqual(Bucketing.weight(RuleValue(Int64(-1))), 0)
        XCTAssertEqual(Bucketing.weight(RuleValue(Int64.min)), 0)
        XCTAssertEqual(Bucketing.weight(RuleValue(-0.0)), 0)
        XCTAssertEqual(Bucketing.weight(RuleValue(-1e300)), 0)
        XCTAssertEqual(Bucketing.weight(RuleValue(Int64(0x7fff_ffff))), 0x7fff_ffff)
        for bad in [
            RuleValue(Int64(0x8000_0000)), RuleValue(0.5), RuleValue(1e300), RuleValue(true), RuleValue(ByteView("1")),
            RuleValue(unsigned: .max), RuleValue(list: .empty),
        ] {
            XCTAssertNil(Bucketing.weight(bad))
        }
    }

    func testIsVariant() {
        for value in [RuleValue.null, .failed, RuleValue(true), RuleValue(1.5), RuleValue(ByteView("a"))] {
            XCTAssertTrue(Bucketing.isVariant(value))
        }
        XCTAssertFalse(Bucketing.isVariant(RuleValue(list: .empty)))
        XCTAssertFalse(Bucketing.isVariant(RuleValue(object: nil, count: 0)))
    }

    /// (hash × total) >> 32, computed in another way.
    func testBucketOfAHash() {
        for total in [1, 2, 3, 100, 1000, 0x7fff_ffff] as [UInt64] {
            for hash in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff] as [UInt32] {
                let bucket = UInt64((Double(hash) * Double(total) / 0x1p32).rounded(.down))
                for version in [FractionalVersion.v2, .v3] {
                    XCTAssertTrue(Bucketing.holds(hash, end: bucket + 1, total: total, version: version))
                    XCTAssertFalse(Bucketing.holds(hash, end: bucket, total: total, version: version))
                }
            }
        }
    }

    func testBucketOfASignedHash() {
        // |−2^31| / (2^31−1) × 100 is above 100: nobody's.
        XCTAssertFalse(Bucketing.holds(0x8000_0000, end: 100, total: 100, version: .v1))
        XCTAssertTrue(Bucketing.holds(0, end: 1, total: 100, version: .v1))
        XCTAssertTrue(Bucketing.holds(0xffff_ffff, end: 1, total: 100, version: .v1))
        XCTAssertFalse(Bucketing.holds(0x4000_0000, end: 50, total: 100, version: .v1))
        XCTAssertTrue(Bucketing.holds(0x3fff_ffff, end: 50, total: 100, version: .v1))
        XCTAssertTrue(Bucketing.holds(0xc000_0001, end: 50, total: 100, version: .v1))
    }

    /// Weights hold about their share of many hashes.
    func testShares() throws {
        let flags = try TestFlags(rule: #"{"fractional":[{"var":"targetingKey"},["a",10],["b",30],["c",60]]}"#)
        var counts: [String: Int] = [:]
        for number in 0..<5000 {
            let details = flags.string("f", ["targetingKey": .string("user-\(number)")])
            counts[details.variant ?? "", default: 0] += 1
        }
        XCTAssertEqual(Double(counts["a"] ?? 0), 500, accuracy: 100)
        XCTAssertEqual(Double(counts["b"] ?? 0), 1500, accuracy: 150)
        XCTAssertEqual(Double(counts["c"] ?? 0), 3000, accuracy: 150)
    }
}
