import XCTest

@testable import Flagd

/// Random rules: the steps of each fit together, and its outcome is the evaluation's.
final class RandomRuleExplanationTests: XCTestCase {
    func testTheStepsOfRandomRulesFitTogether() throws {
        var random = SeededRandom(state: 20)
        var kinds: Set<String> = []
        let context: EvaluationContext = [
            "targetingKey": "user-1", "p": "a", "n": 3, "l": [1, "x", 0, [2]], "o": ["k": "b", "n": .null],
        ]
        for index in 0..<1000 {
            var writer = RandomRule(random: random)
            let rule = writer.rule(depth: 5)
            random = writer.random
            let version = FractionalVersion.allCases[index % 3]
            let evaluators = #"{"e0":\#(writer.rule(depth: 2)),"e1":{"$ref":"e0"}}"#
            let explained = try Explained(rule: rule, context, version: version, evaluators: evaluators)
            let details = explained.flags.evaluator.resolveValue("f", default: .null, context: context)
            XCTAssertEqual(explained.explanation.details, details, rule)
            if let step = explained.rule {
                check(step, rule, &kinds)
                if details.reason == .targetingMatch {
                    XCTAssertEqual(step.value.map { $0.stringValue ?? JSON.text(of: $0) }, details.variant, rule)
                }
                XCTAssertEqual(step.value == nil, details.errorCode == .parseError, rule)
            }
        }
        XCTAssertEqual(kinds.count, 13, "\(kinds.sorted())")
    }

    private func check(_ step: Explanation.Step, _ rule: String, _ kinds: inout Set<String>) {
        for inner in step.steps { check(inner, rule, &kinds) }
        guard let value = step.value else { return }
        guard let expected = expected(of: step) else { return }
        kinds.insert(expected.kind)
        XCTAssertEqual(value, expected.value, "\(step) in \(rule)")
    }

    /// What a step's value follows from the values of the steps in it; nil when it does not.
    private func expected(of step: Explanation.Step) -> (kind: String, value: Value)? {
        let last = step.steps.last?.value ?? .null
        let elements = step.steps.filter { if case .element = $0.subject { true } else { false } }
        switch step.subject {
        case .reference: return ("reference", last)
        case .list: return ("list", .list(step.steps.map { $0.value ?? .null }))
        case .element: return ("element", last)
        case .variable(_, false, true) where step.steps.last?.role == "default": return ("default", last)
        case .fractional(let bucketing): return ("fractional", bucketing?.winner?.variant ?? .null)
        case .operation("if"):
            let isBranch = step.steps.last?.role == "then" || step.steps.last?.role == "else"
            return ("if", isBranch ? last : .null)
        case .operation("and"), .operation("or"): return ("junction", last)
        case .operation("!"): return ("!", .boolean(!isTruthy(last)))
        case .operation("!!"): return ("!!", .boolean(isTruthy(last)))
        case .operation("map"): return ("map", .list(elements.map { $0.value ?? .null }))
        case .operation("reduce"): return ("reduce", lastElement(elements, step))
        case .operation("some"): return ("some", .boolean(elements.contains { isTruthy($0.value ?? .null) }))
        case .operation("all"):
            return ("all", .boolean(!elements.isEmpty && elements.allSatisfy { isTruthy($0.value ?? .null) }))
        default: return nil
        }
    }

    private func lastElement(_ elements: [Explanation.Step], _ step: Explanation.Step) -> Value {
        elements.last?.value ?? step.steps.first { $0.role == "initial" }?.value ?? .null
    }

    private func isTruthy(_ value: Value) -> Bool {
        switch value {
        case .null: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .unsignedInteger: true
        case .double(let value): value != 0
        case .string(let value): !value.isEmpty
        case .list(let value): !value.isEmpty
        case .structure(let value): !value.isEmpty
        }
    }
}

/// Writes random rules as JSON text.
private struct RandomRule {
    var random: SeededRandom

    mutating func rule(depth: Int) -> String {
        guard depth > 0, Int.random(in: 0..<8, using: &random) > 0 else { return scalar() }
        let operation = pick([
            "if", "?:", "and", "or", "!", "!!", "==", "+", "cat", "in", "map", "filter", "reduce", "all", "some",
            "none", "fractional", "var", "list", "missing", "$ref", "log", "max", "<", "nope",
        ])
        let arguments = (0..<Int.random(in: 0..<5, using: &random)).map { _ in rule(depth: depth - 1) }
        let list = "[" + arguments.joined(separator: ",") + "]"
        switch operation {
        case "list": return list
        case "$ref": return #"{"$ref":"\#(pick(["e0", "e1"]))"}"#
        case "var": return Bool.random(using: &random) ? #"{"var":\#(list)}"# : path()
        case "map", "filter", "reduce", "all", "some", "none":
            return #"{"\#(operation)":[\#(pick([#"{"var":"l"}"#, "[1,0,2]", list])),\#(arguments.first ?? path()),1]}"#
        case "fractional":
            return #"{"fractional":[\#(pick([scalar(), path(), #"["d"]"#])),["a",\#(scalar())],["b",2]]}"#
        case "nope": return Int.random(in: 0..<20, using: &random) == 0 ? #"{"nope":1}"# : scalar()
        default:
            let argument = arguments.count == 1 && Bool.random(using: &random) ? arguments[0] : list
            return #"{"\#(operation)":\#(argument)}"#
        }
    }

    private mutating func scalar() -> String {
        pick(["null", "true", "false", "0", "1", "2.5", #""a""#, #""b""#, #""""#, "[]", "{}", #"[1,"a"]"#, path()])
    }

    private mutating func path() -> String {
        let path = pick([
            "p", "n", "l", "o.k", "o.n", "l.1", "gone", "", "current", "accumulator", "$flagd.flagKey", "targetingKey",
        ])
        return #"{"var":"\#(path)"}"#
    }

    private mutating func pick(_ choices: [String]) -> String {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}

/// Random numbers that are the same in every run: SplitMix64.
private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
