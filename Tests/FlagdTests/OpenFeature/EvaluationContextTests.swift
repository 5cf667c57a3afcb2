import XCTest

@testable import Flagd

final class EvaluationContextTests: XCTestCase {
    func testTargetingKey() {
        XCTAssertNil(EvaluationContext().targetingKey)
        XCTAssertEqual(EvaluationContext(targetingKey: "u").targetingKey, "u")
        XCTAssertEqual(EvaluationContext(targetingKey: "").targetingKey, "")
        XCTAssertEqual((["targetingKey": "u"] as EvaluationContext).targetingKey, "u")
        XCTAssertNil((["targetingKey": 5] as EvaluationContext).targetingKey)
        let attributes: Structure = ["targetingKey": "attribute", "a": 1]
        XCTAssertEqual(EvaluationContext(targetingKey: "u", attributes: attributes).targetingKey, "u")
        XCTAssertEqual(EvaluationContext(attributes: attributes).targetingKey, "attribute")
    }

    func testAttributes() {
        let context: EvaluationContext = ["b": 1, "a": [true], "targetingKey": "u"]
        XCTAssertEqual(context["b"], 1)
        XCTAssertNil(context["c"])
        XCTAssertEqual(context.attributes, ["a": [true], "b": 1, "targetingKey": "u"])
        XCTAssertEqual(
            EvaluationContext(targetingKey: "u", attributes: ["b": 1, "a": [true]] as [String: Value]), context)
        XCTAssertEqual((["a": 1, "a": 2] as EvaluationContext)["a"], 2)
    }

    func testMerging() {
        let base = EvaluationContext(targetingKey: "u", attributes: ["a": 1, "b": 1] as Structure)
        let merged = base.merging(["b": 2, "c": 3])
        XCTAssertEqual(merged.attributes, ["a": 1, "b": 2, "c": 3, "targetingKey": "u"])
        XCTAssertEqual(base.merging(EvaluationContext(targetingKey: "v")).targetingKey, "v")
        XCTAssertEqual(base["b"], 1)
    }

    func testTableHasWhatTheEngineReads() {
        let context: EvaluationContext = ["n": .unsignedInteger(.max), "nan": .double(.nan), "o": ["x": ["é"]], "": 0]
        XCTAssertEqual(context.table.count, 4)
        let find = { (key: StaticString) in context.table.find(HashedKey(ByteView(key))) }
        XCTAssertEqual(find("n").map { Value($0) }, .unsignedInteger(.max))
        XCTAssertEqual(find("nan").map { Value($0) }, .null)
        XCTAssertEqual(find("o").map { Value($0) }, ["x": ["é"]])
        XCTAssertEqual(find("").map { Value($0) }, 0)
        XCTAssertNil(find("none"))
    }
}
