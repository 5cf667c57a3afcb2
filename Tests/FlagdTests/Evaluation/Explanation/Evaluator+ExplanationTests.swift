import FlagdTestSupport
import XCTest

@testable import Flagd

final class EvaluatorExplanationTests: XCTestCase {
    func testWithoutAFlagSet() {
        let evaluator = Evaluator()
        let explanation = evaluator.explain("f", context: nil)
        XCTAssertEqual(explanation.details.errorCode, .providerNotReady)
        XCTAssertNil(explanation.timestamp)
        XCTAssertEqual(
            explanation.steps.map(\.description),
            ["no flag set: flag 'f': no flag set has been loaded yet"])
        evaluator.withdraw(fatal: true)
        XCTAssertEqual(evaluator.explain("f", context: nil).details.errorCode, .providerFatal)
    }

    func testTheSystemsClock() throws {
        let flags = try TestFlags(rule: #"{"var":"$flagd.timestamp"}"#)
        let timestamp = try XCTUnwrap(flags.evaluator.explain("f", context: nil).timestamp)
        XCTAssertGreaterThan(timestamp, 1_600_000_000)
    }

    func testIsOfOneSetWhateverIsPublishedMeanwhile() throws {
        let sets = try [#"{"cat":["a"]}"#, #"{"cat":["b"]}"#].map { try TestFlags(rule: $0).set }
        let evaluator = Evaluator()
        evaluator.publish(sets[0])
        let seen = Seen()
        DispatchQueue.concurrentPerform(iterations: 3) { worker in
            for index in 0..<300 {
                if worker == 0 {
                    evaluator.publish(sets[index % 2])
                } else {
                    let explanation = evaluator.explain("f", context: nil)
                    seen.note(explanation.steps.first { $0.role == "rule" }?.value, explanation.details.value)
                }
            }
        }
        XCTAssertEqual(seen.pairs.filter { $0 != $1 }.count, 0)
        XCTAssertEqual(seen.pairs.count, 600)
    }

    /// Every flag of the testbed with every context of its cases: the rule's step and the details say what an evaluation says.
    func testTheTestbedsFlags() throws {
        var explained = 0
        for file in ["testbed/evaluator-cases.jsonl", "testbed/provider-cases.jsonl"] {
            var known: [String: TestFlags] = [:]
            for line in try SharedData.lines(file) {
                let members = try XCTUnwrap(try JSON.parse(line).structureValue)
                let key = try XCTUnwrap(members["flagKey"]?.stringValue)
                let context = EvaluationContext(attributes: members["context"]?.structureValue ?? [:])
                for member in ["flagsFile", "wireFile"] {
                    let path = try XCTUnwrap(members[member]?.stringValue)
                    let flags = try known[path] ?? TestFlags(try SharedData.text("testbed/" + path))
                    known[path] = flags
                    let explanation = flags.evaluator.explain(key, context: context)
                    let details = flags.evaluator.resolveValue(key, default: .null, context: context)
                    XCTAssertEqual(explanation.details, details, "\(path) \(key)")
                    XCTAssertTrue(explanation.isComplete, "\(path) \(key)")
                    check(explanation, "\(path) \(key)")
                    explained += 1
                }
            }
        }
        XCTAssertGreaterThan(explained, 800)
    }

    /// Checks that a rule's step names the variant, and that each `fractional` has the value of its winner.
    private func check(_ explanation: Explanation, _ name: String) {
        let rule = explanation.steps.first { $0.role == "rule" }
        if explanation.details.reason == .targetingMatch {
            XCTAssertEqual(rule?.value.map(Self.text), explanation.details.variant, name)
        }
        if let rule { checkBucketing(rule, name) }
    }

    private func checkBucketing(_ step: Explanation.Step, _ name: String) {
        if case .fractional(let bucketing) = step.subject {
            XCTAssertEqual(bucketing?.winner?.variant ?? .null, step.value, name)
        }
        for inner in step.steps { checkBucketing(inner, name) }
    }

    private static func text(_ value: Value) -> String { value.stringValue ?? JSON.text(of: value) }
}

/// What a rule's step and the details said.
private final class Seen: @unchecked Sendable {
    private let lock = NSLock()
    private var noted: [(Value?, Value?)] = []

    var pairs: [(Value?, Value?)] { lock.withLock { noted } }

    func note(_ step: Value?, _ value: Value) { lock.withLock { noted.append((step, value)) } }
}
