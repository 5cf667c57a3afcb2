import FlagdTestSupport
import XCTest

@testable import Flagd

/// Every case of flagd's testbed that concerns evaluation, with its flags as a user writes them and as flagd sends them.
final class TestbedTests: XCTestCase {
    func testEvaluatorCases() throws {
        try check("testbed/evaluator-cases.jsonl", atLeast: 140)
    }

    func testProviderCases() throws {
        try check("testbed/provider-cases.jsonl", atLeast: 286)
    }

    private func check(_ path: String, atLeast count: Int) throws {
        let cases = try TestbedCase.load(path)
        XCTAssertGreaterThanOrEqual(cases.count, count)
        var evaluators = Evaluators()
        for testCase in cases {
            for payload in testCase.payloads {
                let outcome = try Self.evaluate(testCase, with: evaluators.evaluator(for: testCase, payload: payload))
                let differences = Self.differences(outcome, testCase)
                XCTAssert(differences.isEmpty, "\(testCase.id) with \(payload): \(differences.joined(separator: "; "))")
            }
        }
    }

    private static func evaluate(_ testCase: TestbedCase, with evaluator: Evaluator) throws -> Outcome {
        let key = testCase.flagKey
        let fallback = testCase.defaultValue
        let context = EvaluationContext(attributes: testCase.context)
        switch testCase.type {
        case "Boolean":
            let value = try XCTUnwrap(fallback.booleanValue)
            return Outcome(evaluator.resolveBoolean(key, default: value, context: context), Value.boolean)
        case "String":
            let value = try XCTUnwrap(fallback.stringValue)
            return Outcome(evaluator.resolveString(key, default: value, context: context), Value.string)
        case "Integer":
            let value = try XCTUnwrap(fallback.integerValue)
            return Outcome(evaluator.resolveInteger(key, default: value, context: context), Value.integer)
        case "Float":
            let value = try XCTUnwrap(fallback.doubleValue)
            return Outcome(evaluator.resolveDouble(key, default: value, context: context), Value.double)
        case "Object":
            return Outcome(evaluator.resolveObject(key, default: fallback, context: context)) { $0 }
        default:
            throw SharedData.DamagedData("\(testCase.id) has the unknown type \(testCase.type)")
        }
    }

    /// What differs from the expectation; what a case says nothing about is free.
    private static func differences(_ outcome: Outcome, _ testCase: TestbedCase) -> [String] {
        var differences: [String] = []
        for (name, wanted) in testCase.expected {
            let found: Value
            switch name {
            case "value": found = outcome.value
            case "reason": found = .string(outcome.reason)
            case "errorCode": found = outcome.errorCode.map(Value.string) ?? .null
            case "metadata":
                var metadata = outcome.metadata
                if testCase.selector != nil { metadata["scope"] = nil }
                found = .structure(metadata)
            default: found = .string("(nothing known of this)")
            }
            if found != wanted {
                differences.append("\(name) is \(JSON.text(of: found)), not \(JSON.text(of: wanted))")
            }
        }
        return differences
    }
}

/// One evaluator for each payload with its options, since compiling once is enough for many cases.
private struct Evaluators {
    private var known: [String: Evaluator] = [:]

    mutating func evaluator(for testCase: TestbedCase, payload: String) throws -> Evaluator {
        let key = "\(payload) \(testCase.fractionalVersion) \(testCase.selector ?? "") \(testCase.enrichedContext)"
        if let evaluator = known[key] { return evaluator }
        var options = EvaluationOptions()
        options.fractionalVersion = testCase.fractionalVersion
        options.selector = testCase.selector
        let flags = FlagPayload(
            bytes: try SharedData.bytes("testbed/\(payload)"), syncContext: testCase.enrichedContext)
        let evaluator = Evaluator(options: options)
        evaluator.publish(try FlagSet.compile([flags], options: options))
        known[key] = evaluator
        return evaluator
    }
}
