import XCTest

@testable import Flagd

/// Explanations of the flag `f` of ``TestFlags``, for tests.
struct Explained {
    let flags: TestFlags
    let explanation: Explanation

    init(_ flags: TestFlags, _ context: EvaluationContext? = nil, key: String = "f") {
        self.flags = flags
        explanation = flags.evaluator.explain(key, context: context)
    }

    /// Explains a rule at a fixed time.
    init(
        rule: String, _ context: EvaluationContext? = nil, version: FractionalVersion = .v2,
        evaluators: String = "{}"
    ) throws {
        var options = EvaluationOptions()
        options.fractionalVersion = version
        options.clock = { 1_700_000_000 }
        let variants = #"{"a":"a","b":"b","c":"c","d":"d"}"#
        let flag = #"{"state":"ENABLED","variants":\#(variants),"defaultVariant":"d","targeting":\#(rule)}"#
        self.init(
            try TestFlags(#"{"flags":{"f":\#(flag)},"$evaluators":\#(evaluators)}"#, options: options), context)
    }

    /// The step of the rule.
    var rule: Explanation.Step? { explanation.steps.first { $0.role == "rule" } }

    /// The steps of the rule, one a line, indented by two spaces.
    var ruleLines: [String] { rule.map { Self.lines(of: $0, indent: "") } ?? [] }

    /// How the rule's `fractional` bucketed.
    var bucketing: Explanation.Bucketing? {
        if case .fractional(let bucketing) = rule?.subject { bucketing } else { nil }
    }

    private static func lines(of step: Explanation.Step, indent: String) -> [String] {
        [indent + step.description] + step.steps.flatMap { lines(of: $0, indent: indent + "  ") }
    }
}

/// Checks the steps of a rule, one a line.
func assertExplained(
    _ rule: String, _ context: EvaluationContext? = nil, evaluators: String = "{}", gives expected: [String],
    file: StaticString = #filePath, line: UInt = #line
) throws {
    let explained = try Explained(rule: rule, context, evaluators: evaluators)
    XCTAssertEqual(explained.ruleLines, expected, file: file, line: line)
    XCTAssertEqual(
        explained.explanation.details, explained.flags.evaluator.resolveValue("f", default: .null, context: context),
        file: file, line: line)
    XCTAssertTrue(explained.explanation.isComplete, file: file, line: line)
}
