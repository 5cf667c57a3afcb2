import XCTest

@testable import Flagd

final class FlagSetTests: XCTestCase {
    func testManyFlagsAreFound() throws {
        for count in [0, 1, 2, 3, 100, 5000] {
            let members = (0..<count).map { #""flag-\#($0)":{"variants":{"v":\#($0)},"defaultVariant":"v"}"# }
            let flags = try TestFlags(#"{"flags":{\#(members.joined(separator: ","))}}"#)
            XCTAssertEqual(flags.set.count, count)
            XCTAssertEqual(flags.set.isEmpty, count == 0)
            XCTAssertEqual(flags.set.liveRecords.count, count)
            for number in 0..<count { XCTAssertEqual(flags.integer("flag-\(number)").value, Int64(number)) }
            XCTAssertEqual(flags.integer("flag-\(count)").errorCode, .flagNotFound)
        }
    }

    func testKeysOfAnyText() throws {
        for key in ["", " ", ".", "a/b~c", "é", "e\u{301}", "😀", String(repeating: "k", count: 10_000), "a\"b\\c\n"] {
            let text = JSON.text(
                of: .structure(
                    Structure(members: [
                        (
                            "flags",
                            .structure(Structure(members: [(key, ["variants": ["v": true], "defaultVariant": "v"])]))
                        )
                    ])))
            let flags = try TestFlags(text)
            assertOutcome(flags.boolean(key), true, "v", .static, key: key)
        }
    }

    func testASetOutlivesItsPayload() throws {
        var payload: [UInt8]? = Array(
            #"{"flags":{"f":{"variants":{"a text in the payload":"a value in the payload"},"targeting":{"var":"x"}}}}"#
                .utf8)
        let set = try FlagSet.compile([FlagPayload(bytes: payload ?? [])], options: EvaluationOptions())
        payload = nil
        let evaluator = Evaluator()
        evaluator.publish(set)
        let details = evaluator.resolveString("f", default: "", context: ["x": "a text in the payload"])
        XCTAssertEqual(details.value, "a value in the payload")
    }

    func testAPayloadMayBeAPartOfMore() throws {
        let text = Array(#"xx{"flags":{"f":{"variants":{"v":true},"defaultVariant":"v"}}}yy"#.utf8)
        let set = try FlagSet.compile([FlagPayload(bytes: text[2..<(text.count - 2)])], options: EvaluationOptions())
        let evaluator = Evaluator()
        evaluator.publish(set)
        XCTAssertTrue(evaluator.resolveBoolean("f", default: false, context: nil).value)
    }

    func testNumbersDiffer() throws {
        let sets = try (0..<3).map { _ in try TestFlags("{}").set }
        XCTAssertEqual(Set(sets.map { $0.tables.number }).count, 3)
    }

    func testScalars() {
        let structure: Structure = ["a": 1, "b": .null, "c": [1], "d": ["x": 1], "e": "t", "f": true, "g": 0.5]
        XCTAssertEqual(FlagSet.scalars(structure), ["a": 1, "e": "t", "f": true, "g": 0.5])
    }

    func testNoPayloads() throws {
        let set = try FlagSet.compile([], options: EvaluationOptions(selector: "s"))
        XCTAssertTrue(set.isEmpty)
        let evaluator = Evaluator()
        evaluator.publish(set)
        let details = evaluator.resolveBoolean("f", default: false, context: nil)
        XCTAssertEqual(details.errorCode, .flagNotFound)
        XCTAssertEqual(details.flagMetadata, ["scope": .string("s")])
    }

    func testMetadataOfThousandsOfMembers() throws {
        let members = (0..<3000).map { #""k\#($0)":\#($0)"# }.joined(separator: ",")
        let flags = try TestFlags(
            #"{"metadata":{\#(members)},"flags":{"f":{"variants":{"v":1},"metadata":{\#(members),"k5":"own"}}}}"#)
        let metadata = flags.integer().flagMetadata
        XCTAssertEqual(metadata.count, 3000)
        XCTAssertEqual(metadata["k5"], .string("own"))
        XCTAssertEqual(metadata["k2999"], .integer(2999))
    }
}
