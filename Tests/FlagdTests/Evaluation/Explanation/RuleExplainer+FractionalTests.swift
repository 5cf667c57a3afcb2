import XCTest

@testable import Flagd

final class RuleExplainerFractionalTests: XCTestCase {
    private let halves = #"{"fractional":[["a",50],["b",50]]}"#

    func testTheImplicitValue() throws {
        let bucketing = try XCTUnwrap(try Explained(rule: halves, ["targetingKey": "user-1"]).bucketing)
        XCTAssertEqual(bucketing.version, .v2)
        XCTAssertEqual(bucketing.hashedText, "fuser-1")
        XCTAssertEqual(bucketing.hashedByteCount, 7)
        XCTAssertEqual(bucketing.hash, MurmurHash3.hash(ByteView("fuser-1")))
        XCTAssertEqual(bucketing.totalWeight, 100)
        XCTAssertEqual(bucketing.bucket, (UInt64(bucketing.hash) * 100) >> 32)
        XCTAssertEqual(bucketing.ranges.map(\.variant), ["a", "b"])
        XCTAssertEqual(bucketing.ranges.map(\.buckets), [0..<50, 50..<100])
        XCTAssertEqual(bucketing.ranges.map(\.percent), [0..<50, 50..<100])
        XCTAssertEqual(bucketing.ranges.map(\.hashes), [0..<0x8000_0000, 0x8000_0000..<0x1_0000_0000])
        let winner = try XCTUnwrap(bucketing.winnerIndex)
        XCTAssertEqual(bucketing.winner, bucketing.ranges[winner])
        XCTAssertEqual(bucketing.winner?.hashes?.contains(UInt64(bucketing.hash)), true)
        XCTAssertEqual(bucketing.winner?.percent.contains(bucketing.percent), true)
    }

    func testAnExplicitValueIsExplained() throws {
        let explained = try Explained(
            rule: #"{"fractional":[{"cat":["x",{"var":"p"}]},["a",1],["b"],[{"var":"v"},{"+":[1,1]}]]}"#,
            ["p": "é", "v": "c"])
        XCTAssertEqual(explained.bucketing?.hashedText, "xé")
        XCTAssertEqual(explained.bucketing?.ranges.map(\.buckets), [0..<1, 1..<2, 2..<4])
        XCTAssertEqual(explained.bucketing?.ranges.last?.variant, "c")
        XCTAssertEqual(explained.rule?.steps.map(\.role), ["bucket by", "argument 3"])
    }

    func testHashRangesTouchAndMeetTheWinner() throws {
        let weights = [1, 0, 7, 33, 59, 2]
        let buckets = weights.enumerated().map { #"["v\#($0)",\#($1)]"# }.joined(separator: ",")
        let rule = #"{"fractional":[{"var":"p"},\#(buckets)]}"#
        for index in 0..<100 {
            let explained = try Explained(rule: rule, ["p": .string("key-\(index)")])
            let bucketing = try XCTUnwrap(explained.bucketing)
            let bounds = bucketing.ranges.compactMap(\.hashes)
            XCTAssertEqual(bounds.first?.lowerBound, 0)
            XCTAssertEqual(bounds.last?.upperBound, 1 << 32)
            for (left, right) in zip(bounds, bounds.dropFirst()) { XCTAssertEqual(left.upperBound, right.lowerBound) }
            let holding = bounds.firstIndex { $0.contains(UInt64(bucketing.hash)) }
            XCTAssertEqual(holding, bucketing.winnerIndex)
            XCTAssertEqual(bucketing.winner?.variant, explained.rule?.value)
            XCTAssertEqual(bucketing.bucket.map { bucketing.winner?.buckets.contains($0) }, true)
        }
    }

    func testEveryVersionFindsTheEnginesWinner() throws {
        let rule = #"{"fractional":[["a",10],["b",20],["c",30],["d",40]]}"#
        for version in FractionalVersion.allCases {
            var winners: [Int] = []
            for index in 0..<50 {
                let explained = try Explained(rule: rule, ["targetingKey": .string("user-\(index)")], version: version)
                let bucketing = try XCTUnwrap(explained.bucketing)
                XCTAssertEqual(bucketing.version, version)
                XCTAssertEqual(bucketing.winner?.variant, explained.rule?.value)
                XCTAssertEqual(bucketing.winner?.percent.contains(bucketing.percent), true)
                XCTAssertEqual(bucketing.winner?.hashes == nil, version == .v1)
                XCTAssertEqual(bucketing.bucket == nil, version == .v1)
                winners.append(bucketing.winnerIndex ?? -1)
            }
            XCTAssertEqual(Set(winners).count, 4)
        }
    }

    func testV3ShowsTheEncodingInHexadecimalDigits() throws {
        let explained = try Explained(rule: #"{"fractional":[{"var":"n"},["a"],["b"]]}"#, ["n": 500], version: .v3)
        XCTAssertEqual(explained.bucketing?.hashedText, "1901f4")
        XCTAssertEqual(explained.bucketing?.isUTF8, false)
        let implicit = try Explained(rule: halves, ["targetingKey": "u"], version: .v3)
        XCTAssertEqual(implicit.bucketing?.hashedText, "8261666175")
    }

    func testWhyThereIsNoBucket() throws {
        let cases: [(String, EvaluationContext, String)] = [
            (halves, [:], "there is no text targetingKey"),
            (halves, ["targetingKey": ""], "the targetingKey is empty"),
            (#"{"fractional":[]}"#, [:], "there are no variants"),
            (#"{"fractional":[5,["a"]]}"#, [:], "the value to bucket by is no text"),
            (#"{"fractional":["k",["a",0]]}"#, [:], "the weights' sum is 0"),
            (#"{"fractional":["k"]}"#, [:], "the weights' sum is 0"),
            (#"{"fractional":["k",["a"],"b"]}"#, [:], "argument 2 is no bucket"),
            (#"{"fractional":["k",[]]}"#, [:], "argument 1 is no bucket"),
            (#"{"fractional":["k",[["a"],1]]}"#, [:], "the variant of argument 1 is a list or an object"),
            (
                #"{"fractional":["k",["a",1.5]]}"#, [:],
                "the weight of argument 1 is no whole number up to 2147483647"
            ),
            (
                #"{"fractional":["k",["a",2147483647],["b",1]]}"#, [:], "the weights' sum is above 2147483647"
            ),
        ]
        for (rule, context, reason) in cases {
            let explained = try Explained(rule: rule, context)
            XCTAssertNil(explained.bucketing, rule)
            XCTAssertEqual(explained.rule?.notes, [reason], rule)
            XCTAssertEqual(explained.rule?.value, Value.null, rule)
            XCTAssertEqual(explained.explanation.details.variant, "d", rule)
        }
        let null = try Explained(rule: #"{"fractional":[null,["a"]]}"#, ["targetingKey": "k"], version: .v3)
        XCTAssertEqual(null.rule?.notes, ["the value to bucket by is null"])
    }

    func testArgumentsThatAVariableGives() throws {
        let explained = try Explained(rule: #"{"fractional":{"var":"all"}}"#, ["all": ["key", ["a", 1], ["b", 1]]])
        XCTAssertEqual(explained.bucketing?.hashedText, "key")
        XCTAssertEqual(explained.bucketing?.winner?.variant, explained.rule?.value)
        XCTAssertEqual(explained.rule?.steps.map(\.role), ["arguments"])
    }

    func testTheTargetingKeyOfAnElement() throws {
        let explained = try Explained(
            rule: #"{"map":[[{"targetingKey":"x","n":1}],{"fractional":[["a"]]}]}"#, ["targetingKey": "outer"])
        guard case .fractional(let bucketing?) = explained.rule?.steps.last?.steps.first?.subject else {
            return XCTFail("\(explained.ruleLines)")
        }
        XCTAssertEqual(bucketing.hashedText, "x")
    }

    func testManyVariantsAreShownUpToTheLimit() throws {
        let count = ExplanationLimits.maximumRanges + 50
        let buckets = (0..<count).map { #"["v\#($0)",\#($0 == count - 1 ? 1_000_000 : 1)]"# }.joined(separator: ",")
        let explained = try Explained(rule: #"{"fractional":["key",\#(buckets)]}"#)
        let bucketing = try XCTUnwrap(explained.bucketing)
        XCTAssertEqual(bucketing.ranges.count, ExplanationLimits.maximumRanges)
        XCTAssertEqual(bucketing.winnerIndex, count - 1)
        XCTAssertEqual(bucketing.winner?.variant, explained.rule?.value)
        XCTAssertFalse(explained.explanation.isComplete)
        XCTAssertTrue(explained.explanation.description.contains(#""v149": weight 1000000"#))
    }

    func testALongTextIsHashedWholeAndShownUpToTheLimit() throws {
        let text = String(repeating: "x", count: 5000)
        let explained = try Explained(rule: #"{"fractional":[{"var":"t"},["a"]]}"#, ["t": .string(text)])
        let bucketing = try XCTUnwrap(explained.bucketing)
        XCTAssertEqual(bucketing.hashedBytes.count, ExplanationLimits.maximumTextBytes)
        XCTAssertEqual(bucketing.hashedByteCount, 5000)
        let bytes = Array(text.utf8)
        XCTAssertEqual(bucketing.hash, bytes.withUnsafeBufferPointer { MurmurHash3.hash(ByteView($0)) })
    }

    func testALongTextIsCutBehindAWholeScalar() throws {
        let text = "x" + String(repeating: "é", count: 1000)
        let explained = try Explained(rule: #"{"fractional":[{"var":"t"},["a"]]}"#, ["t": .string(text)])
        let bucketing = try XCTUnwrap(explained.bucketing)
        XCTAssertEqual(bucketing.hashedBytes.count, ExplanationLimits.maximumTextBytes - 1)
        XCTAssertTrue(bucketing.isUTF8)
        XCTAssertTrue(explained.explanation.description.contains("é\" and 978 bytes more: 0x"))
    }
}
