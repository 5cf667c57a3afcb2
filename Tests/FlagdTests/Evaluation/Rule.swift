import XCTest

@testable import Flagd

/// Bare rules for tests, as JSON text.
enum Rule {
    /// What a rule gives, or why it has no result.
    static func evaluate(
        _ rule: String, _ data: String = "{}", version: FractionalVersion = .v2
    ) -> Result<Value, RuleEvaluation.Failure> {
        RuleEvaluation.evaluate(rule: Array(rule.utf8), data: Array(data.utf8), fractionalVersion: version)
    }

    /// What a rule gives, as JSON; a failure in words.
    static func text(_ rule: String, _ data: String = "{}", version: FractionalVersion = .v2) -> String {
        switch evaluate(rule, data, version: version) {
        case .success(let value): JSON.text(of: value)
        case .failure(let failure): "\(failure.code.rawValue): \(failure)"
        }
    }
}

extension Rule {
    /// What a rule gives with so many steps, as JSON, or the limit that it reached.
    static func text(
        _ rule: String, _ data: String = "{}", steps: Int, version: FractionalVersion = .v2
    ) throws -> String {
        let arena = Arena()
        defer { withExtendedLifetime(arena) {} }
        let (rule, data) = (Array(rule.utf8), Array(data.utf8))
        return try rule.withUnsafeBufferPointer { rule in
            try data.withUnsafeBufferPointer { data in
                let tapes = try [rule, data].map { text throws in
                    var parser = JSONParser(ByteView(text), arena: arena)
                    var tape = JSONTape()
                    try parser.value(onto: &tape)
                    return tape
                }
                var compiler = RuleCompiler(arena: arena, fractionalVersion: version, isBare: true)
                let node = try XCTUnwrap(compiler.compileRule(tapes[0], at: 0), compiler.failure ?? "")
                var machine = RuleMachine(
                    context: .empty, enrichment: .empty, flagKey: .emptyText, timestamp: nil,
                    fractionalVersion: version,
                    scratch: Scratch(UnsafeMutableRawBufferPointer(start: nil, count: 0)))
                defer { machine.scratch.free() }
                machine.element = tapes[1].ruleValue(at: 0, arena: arena)
                machine.remainingSteps = steps
                let value = machine.evaluate(node)
                if !machine.hasStopped && machine.canWalk(value) { return JSON.text(of: Value(value)) }
                return machine.stop == .none ? "steps" : machine.stopName.string
            }
        }
    }
}

/// Checks what a rule gives, as compact JSON with sorted members.
func assertRule(
    _ rule: String, _ data: String = "{}", gives expected: String, version: FractionalVersion = .v2,
    file: StaticString = #filePath, line: UInt = #line
) {
    XCTAssertEqual(Rule.text(rule, data, version: version), expected, "\(rule) of \(data)", file: file, line: line)
}

/// Checks an operator on constants, on variables, and on one variable that holds the whole argument list: the compiler prepares each
/// in its own way.
func assertOperator(
    _ name: String, _ arguments: String..., gives expected: String, file: StaticString = #filePath, line: UInt = #line
) {
    let constants = arguments.joined(separator: ",")
    let names = arguments.indices.map { #"{"var":"a\#($0)"}"# }.joined(separator: ",")
    let data = "{" + arguments.enumerated().map { #""a\#($0)":\#($1)"# }.joined(separator: ",") + "}"
    assertRule(#"{"\#(name)":[\#(constants)]}"#, gives: expected, file: file, line: line)
    assertRule(#"{"\#(name)":[\#(names)]}"#, data, gives: expected, file: file, line: line)
    if arguments.count == 2 {
        assertRule(#"{"\#(name)":[{"var":"a0"},\#(arguments[1])]}"#, data, gives: expected, file: file, line: line)
        assertRule(#"{"\#(name)":[\#(arguments[0]),{"var":"a1"}]}"#, data, gives: expected, file: file, line: line)
    }
    if !["!", "!!", "log", "if", "?:", "and", "or"].contains(name) {
        assertRule(
            #"{"\#(name)":{"var":"all"}}"#, #"{"all":[\#(constants)]}"#, gives: expected, file: file, line: line)
    }
}
