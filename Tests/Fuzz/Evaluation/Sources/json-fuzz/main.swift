import FuzzSupport

@testable import Flagd

/// First byte: what the rest is.
func test(_ input: [UInt8]) {
    guard let mode = input.first else { return }
    let rest = Array(input.dropFirst())
    switch mode % 3 {
    case 0: testValue(rest)
    case 1: testNumber(rest)
    default: testPayload(rest)
    }
}

/// What is parsed is well-formed UTF-8, and is printed as the same when it was printed and parsed.
///
/// A large double is printed like the integer of its shortest digits: the values may differ.
func testValue(_ text: [UInt8]) {
    guard let value = try? JSON.parse(text) else { return }
    precondition(String(validating: text, as: UTF8.self) != nil)
    let printed = JSON.text(of: value)
    guard let again = try? JSON.parse(Array(printed.utf8)) else { preconditionFailure("what is printed is no JSON") }
    precondition(JSON.text(of: again) == printed)
    let arena = Arena()
    precondition(Value(RuleValue(value, arena: arena)) == value)
    withExtendedLifetime(arena) {}
}

/// A number is the same by JSON's grammar and by the wider one, and is what the standard library reads.
func testNumber(_ text: [UInt8]) {
    text.withUnsafeBufferPointer { buffer in
        let view = ByteView(buffer)
        let loose = NumberText.parseLoosely(view).map { Value($0) }
        if let (strict, length) = NumberText.parseJSON(view), length == view.count {
            precondition(loose == Value(strict))
            if case .double(let number) = Value(strict) { precondition(number == Double(view.string)) }
        }
        guard case .double(let number)? = loose, number.isFinite else { return }
        let printed = NumberText.describe(number)
        precondition(Double(printed) == number)
    }
}

/// A payload is rejected, or compiles into flags that can be evaluated and have not changed.
func testPayload(_ text: [UInt8]) {
    guard let set = try? FlagSet.compile([FlagPayload(bytes: text)], options: EvaluationOptions(selector: "s")) else {
        return
    }
    let evaluator = Evaluator()
    evaluator.publish(set)
    let contexts: [EvaluationContext?] = [nil, ["targetingKey": "u", "a": 1, "b": ["x", 2.5]]]
    for context in contexts {
        for (key, details) in evaluator.evaluateAll(context: context) {
            precondition((details.reason == .error) == (details.errorCode != nil))
            precondition((details.errorMessage == nil) == (details.errorCode == nil))
            precondition(details.flagMetadata["scope"] != nil)
            _ = evaluator.resolveBoolean(key, default: false, context: context)
            _ = evaluator.resolveString(key, default: "", context: context)
            _ = evaluator.resolveInteger(key, default: 0, context: context)
            _ = evaluator.resolveDouble(key, default: 0, context: context)
            _ = evaluator.resolveObject(key, default: .null, context: context)
        }
    }
    precondition(set.flags.count == set.count)
    precondition(set.changedKeys(from: set).isEmpty)
    precondition(set.changedKeys(from: nil).count == set.count)
    guard let same = try? FlagSet.compile([FlagPayload(bytes: text + [0x20])], options: EvaluationOptions()) else {
        preconditionFailure("white space behind a payload matters")
    }
    precondition(set.diagnostics == same.diagnostics)
    for step in 1...4 { testUpdate(text, set, at: step * text.count / 5) }
}

/// A payload with one byte changed becomes the same after the former one as alone.
func testUpdate(_ former: [UInt8], _ earlier: FlagSet, at position: Int) {
    var text = former
    text[position] ^= 1
    let payload = FlagPayload(bytes: text)
    let options = EvaluationOptions(selector: "s")
    let own = try? FlagSet.compile([payload], options: options)
    let after = try? FlagSet.compile([payload], options: options, after: earlier)
    precondition((own == nil) == (after == nil))
    guard let own, let after else { return }
    precondition(own.diagnostics == after.diagnostics)
    precondition(after.changedKeys(from: own).isEmpty)
    precondition(after.changedKeys(from: earlier) == own.changedKeys(from: earlier))
    let evaluators = [Evaluator(), Evaluator()]
    evaluators[0].publish(own)
    evaluators[1].publish(after)
    let outcomes = evaluators.map { evaluator in
        evaluator.evaluateAll(context: ["targetingKey": "u", "a": 1]).map { key, details in
            [key, JSON.text(of: details.value), details.variant, details.reason.rawValue, details.errorMessage]
        }
    }
    precondition(outcomes[0] == outcomes[1])
}

fuzz { bytes, count in
    test(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
