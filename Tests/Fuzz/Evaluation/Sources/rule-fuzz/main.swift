import FuzzSupport

@testable import Flagd

/// A rule and data that the bytes make.
///
/// The rule gives the same whether its constants are known to the compiler or read from the data, and whether it stands in a flag or
/// in an evaluator.
func test(_ input: [UInt8]) {
    var decisions = FuzzedInput(input[...])
    let version = decisions.one(of: FractionalVersion.allCases)
    let data = FuzzedRule.data(&decisions)
    let rule = FuzzedRule(&decisions, depth: 6)
    let prepared = RuleEvaluation.evaluate(
        rule: Array(rule.text(readsConstants: false).utf8), data: Array(data.utf8), fractionalVersion: version)
    let unprepared = RuleEvaluation.evaluate(
        rule: Array(rule.text(readsConstants: true).utf8), data: Array(data.utf8), fractionalVersion: version)
    switch (prepared, unprepared) {
    case (.success(let left), .success(let right)): precondition(left == right)
    // Limits may be reached a little earlier or later, and surplus arguments are dropped only where nothing can be reached.
    case (.failure(let failure), _) where failure.code == .general: break
    case (_, .failure(let failure)) where failure.code == .general: break
    default: precondition(prepared == unprepared)
    }
    testFlag(rule.text(readsConstants: false), data, version)
}

func testFlag(_ rule: String, _ data: String, _ version: FractionalVersion) {
    let variants = #""variants":{"a":"a","b":"b","true":true,"1":1,"":"empty","x":null},"defaultVariant":"b""#
    let inFlag = #"{"flags":{"f":{\#(variants),"targeting":\#(rule)}}}"#
    let inEvaluator = #"{"flags":{"f":{\#(variants),"targeting":{"$ref":"e"}}},"$evaluators":{"e":\#(rule)}}"#
    guard case .structure(let attributes)? = try? JSON.parse(Array(data.utf8)) else { return }
    let context = EvaluationContext(attributes: attributes)
    let outcomes = [inFlag, inEvaluator].map { payload in
        let options = EvaluationOptions(fractionalVersion: version, reportsSplit: true, clock: { 1 }, log: { _ in })
        guard let set = try? FlagSet.compile([FlagPayload(bytes: Array(payload.utf8))], options: options) else {
            preconditionFailure("a payload is rejected")
        }
        let evaluator = Evaluator(options: options)
        evaluator.publish(set)
        return evaluator.resolveValue("f", default: "caller", context: context)
    }
    precondition(outcomes[0] == outcomes[1])
    precondition((outcomes[0].reason == .error) == (outcomes[0].errorCode != nil))
    precondition(outcomes[0].errorMessage?.contains("'f'") ?? true)
}

fuzz { bytes, count in
    test(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
