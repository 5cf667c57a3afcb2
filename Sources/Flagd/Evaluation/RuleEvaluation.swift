/// Evaluates a rule without a flag, as JsonLogic engines do: for the program's batch mode and for comparing with other engines.
package enum RuleEvaluation {
    /// Why a rule has no result.
    package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// OpenFeature's code.
        package let code: ErrorCode
        /// What went wrong, in words.
        package let description: String
    }

    /// Evaluates a rule on data, both JSON texts.
    ///
    /// Nothing is added to the data; `fractional` reads `$flagd.flagKey` and `targetingKey` from them.
    package static func evaluate(
        rule: [UInt8], data: [UInt8], fractionalVersion: FractionalVersion = .v2
    ) -> Result<Value, Failure> {
        unsafe rule.withUnsafeBufferPointer { rule in
            unsafe data.withUnsafeBufferPointer { data in
                unsafe evaluate(rule: ByteView(rule), data: ByteView(data), fractionalVersion)
            }
        }
    }

    private static func evaluate(
        rule: ByteView, data: ByteView, _ version: FractionalVersion
    ) -> Result<Value, Failure> {
        let arena = Arena()
        defer { withExtendedLifetime(arena) {} }
        let ruleTape: JSONTape
        let dataTape: JSONTape
        do throws(JSONError) {
            ruleTape = try parse(rule, arena)
            dataTape = try parse(data, arena)
        } catch {
            return .failure(Failure(code: .parseError, description: error.description))
        }
        var compiler = RuleCompiler(arena: arena, fractionalVersion: version, isBare: true)
        guard let node = compiler.compileRule(ruleTape, at: 0) else {
            return .failure(Failure(code: .parseError, description: compiler.failure ?? "the rule cannot be used"))
        }
        return run(node, dataTape.ruleValue(at: 0, arena: arena), version)
    }

    private static func parse(_ text: ByteView, _ arena: Arena) throws(JSONError) -> JSONTape {
        var parser = JSONParser(text, arena: arena)
        var tape = JSONTape()
        try parser.value(onto: &tape)
        try parser.finish()
        return tape
    }

    private static func run(
        _ node: RuleNodeReference, _ data: RuleValue, _ version: FractionalVersion
    ) -> Result<Value, Failure> {
        unsafe withUnsafeTemporaryAllocation(byteCount: Scratch.stackBytes, alignment: 16) { buffer in
            var machine = unsafe RuleMachine(
                context: .empty, enrichment: .empty, flagKey: .emptyText,
                timestamp: nil, fractionalVersion: version, scratch: Scratch(buffer))
            machine.element = data
            defer { machine.scratch.free() }
            let value = machine.evaluate(node)
            if !machine.hasStopped && machine.canWalk(value) { return .success(Value(value)) }
            if machine.stop == .unknownOperator {
                let name = machine.stopName.string
                return .failure(Failure(code: .parseError, description: "the operator '\(name)' is unknown"))
            }
            return .failure(Failure(code: .general, description: "the rule needs more than EvaluationLimits allow"))
        }
    }
}
