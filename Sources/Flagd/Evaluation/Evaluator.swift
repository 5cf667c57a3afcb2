/// Evaluates flags from the newest published set.
///
/// Every function runs on the caller's thread, takes no lock that an update holds, and allocates nothing unless the flag's rule
/// builds text or lists.
final class Evaluator: Sendable {
    let options: EvaluationOptions
    private let snapshot: Snapshot
    /// Whether a clock or a log of the user's is to be called.
    private let hasHooks: Bool

    init(options: EvaluationOptions = EvaluationOptions(), snapshot: Snapshot = Snapshot()) {
        self.options = options
        self.snapshot = snapshot
        hasHooks = options.clock != nil || options.log != nil
    }

    /// Makes a set the one that every thread evaluates from when this returns.
    func publish(_ set: FlagSet) { snapshot.publish(set) }

    /// Takes the set away.
    ///
    /// Evaluations answer PROVIDER_NOT_READY, or PROVIDER_FATAL, until the next one is published.
    func withdraw(fatal: Bool = false) { snapshot.withdraw(isFatal: fatal) }

    /// The published set.
    var current: FlagSet? { snapshot.set }

    /// Resolves a flag whose value is a boolean.
    @inline(__always)
    func resolveBoolean(_ flagKey: String, default defaultValue: Bool, context: EvaluationContext?)
        -> ResolutionDetails<Bool>
    {
        resolve(flagKey, defaultValue, context, wanted: "a boolean") { variant, _, _ in
            variant.value.kind == .boolean ? variant.value.isTrue : nil
        }
    }

    /// Resolves a flag whose value is a text.
    @inline(__always)
    func resolveString(_ flagKey: String, default defaultValue: String, context: EvaluationContext?)
        -> ResolutionDetails<String>
    {
        resolve(flagKey, defaultValue, context, wanted: "a string") { variant, tables, reader in
            guard variant.value.kind == .text else { return nil }
            return tables.string(variant.valueText, of: variant.value, reader)
        }
    }

    /// Resolves a flag whose value is a number without fraction, in 64 bits.
    @inline(__always)
    func resolveInteger(_ flagKey: String, default defaultValue: Int64, context: EvaluationContext?)
        -> ResolutionDetails<Int64>
    {
        resolve(flagKey, defaultValue, context, wanted: "a 64-bit integer") { variant, _, _ in
            switch variant.value.kind {
            case .integer: variant.value.integer
            case .double: Int64(exactly: variant.value.double)
            default: nil
            }
        }
    }

    /// Resolves a flag whose value is a number that a double represents exactly.
    @inline(__always)
    func resolveDouble(_ flagKey: String, default defaultValue: Double, context: EvaluationContext?)
        -> ResolutionDetails<Double>
    {
        resolve(flagKey, defaultValue, context, wanted: "a double") { variant, _, _ in
            switch variant.value.kind {
            case .double: variant.value.double
            case .integer: Double(exactly: variant.value.integer)
            case .unsigned: Double(exactly: variant.value.bits)
            default: nil
            }
        }
    }

    /// Resolves a flag whose value is an object or a list.
    @inline(__always)
    func resolveObject(_ flagKey: String, default defaultValue: Value, context: EvaluationContext?)
        -> ResolutionDetails<Value>
    {
        resolve(flagKey, defaultValue, context, wanted: "an object") { variant, tables, reader in
            guard variant.value.kind == .object || variant.value.kind == .list else { return nil }
            return tables.object(variant, reader)
        }
    }

    /// Resolves a flag of any type.
    @inline(__always)
    func resolveValue(_ flagKey: String, default defaultValue: Value, context: EvaluationContext?)
        -> ResolutionDetails<Value>
    {
        resolve(flagKey, defaultValue, context, wanted: "a value") { variant, tables, reader in
            switch variant.value.kind {
            case .object, .list: tables.object(variant, reader)
            case .text: .string(tables.string(variant.valueText, of: variant.value, reader))
            default: Value(variant.value)
            }
        }
    }

    /// Resolves every flag, in the payload's order.
    func evaluateAll(context: EvaluationContext?) -> [(flagKey: String, details: ResolutionDetails<Value>)] {
        guard let set = current else { return [] }
        // An evaluator of its own, so that all are of one set whatever is published meanwhile.
        let frozen = Evaluator(options: options)
        frozen.publish(set)
        return set.liveRecords.map { record in
            let key = set.tables.key(at: record).string
            return (key, frozen.resolveValue(key, default: .null, context: context))
        }
    }
}

extension Evaluator {
    /// The one way of every resolution.
    ///
    /// The closure reads a variant's value; nil is a type mismatch. All of this is inlined into the public functions: details are
    /// too large to be handed from function to function for nothing.
    @inline(__always)
    private func resolve<Resolved>(
        _ flagKey: String, _ fallback: Resolved, _ context: EvaluationContext?, wanted: StaticString,
        _ read: (VariantReference, FlagTablesReference, Snapshot.Reader) -> Resolved?
    ) -> ResolutionDetails<Resolved> {
        // User code runs before a stripe is taken and after it is left.
        if hasHooks { return resolveWithHooks(flagKey, fallback, context, wanted, read) }
        return resolve(flagKey, fallback, context, wanted, timestamp: nil, log: nil, read)
    }

    @inline(never)
    private func resolveWithHooks<Resolved>(
        _ flagKey: String, _ fallback: Resolved, _ context: EvaluationContext?, _ wanted: StaticString,
        _ read: (VariantReference, FlagTablesReference, Snapshot.Reader) -> Resolved?
    ) -> ResolutionDetails<Resolved> {
        let log = options.log.map { _ in LogLines() }
        let details = resolve(flagKey, fallback, context, wanted, timestamp: options.clock?(), log: log, read)
        for line in log?.lines ?? [] { options.log?(line) }
        return details
    }

    // One exit, to which every part of the details comes on its own: put together earlier they would be copied.
    @inline(__always)
    private func resolve<Resolved>(
        _ flagKey: String, _ fallback: Resolved, _ context: EvaluationContext?, _ wanted: StaticString,
        timestamp: Int64?, log: LogLines?,
        _ read: (VariantReference, FlagTablesReference, Snapshot.Reader) -> Resolved?
    ) -> ResolutionDetails<Resolved> {
        var value = fallback
        var text: String?
        var reason = ResolutionReason.error
        var errorCode: ErrorCode?
        var failure: Unmanaged<EvaluationFailure>?
        var metadata = FlagMetadata()
        let reader = snapshot.enter()
        if let tables = reader.tables {
            if let record = tables.find(flagKey) {
                let outcome = choose(record, tables) { rule in
                    let request = unsafe Request(
                        context: context?.table ?? .empty, timestamp: timestamp,
                        log: log.map { unsafe .passUnretained($0) })
                    return run(rule, record, tables, request)
                }
                reason = outcome.reason
                unsafe failure = outcome.failure
                if let variant = record.variant(outcome.variant) {
                    text = tables.string(variant.nameText, of: variant.name, reader)
                    if let found = read(variant, tables, reader) {
                        value = found
                    } else {
                        reason = .error
                        unsafe failure = .passRetained(.typeMismatch(record, variant, wanted))
                    }
                }
                metadata = tables.metadata(record.metadata, record, reader)
                if let failure = unsafe failure?.takeRetainedValue() {
                    errorCode = failure.code
                    metadata = metadata.with(failure)
                }
            } else {
                errorCode = .flagNotFound
                text = flagKey
                metadata = tables.metadata(0, nil, reader)
            }
        } else {
            errorCode = reader.isFatal ? .providerFatal : .providerNotReady
            text = flagKey
        }
        reader.leave()
        // The rule reads it through plain pointers.
        withExtendedLifetime(context) {}
        return ResolutionDetails(
            value: value, reason: reason, errorCode: errorCode, text: text, flagMetadata: metadata)
    }
}

/// What an evaluation is given beside the flag.
@safe struct Request {
    /// The caller's context, which the caller keeps alive.
    let context: ObjectTable
    /// The time of a clock that is not the system's.
    let timestamp: Int64?
    /// Takes what the rule logs; the caller keeps it alive.
    let log: Unmanaged<LogLines>?
}

/// What a flag's state and rule say: a variant and the reason, or what went wrong.
///
/// Invariant: a failure is retained for whoever gets the outcome. Plain data, so that nothing is counted where all is well.
@safe struct Outcome {
    /// Negative without one, as with every failure.
    let variant: Int32
    let reason: ResolutionReason
    let failure: Unmanaged<EvaluationFailure>?

    @inline(__always) init(variant: Int32, reason: ResolutionReason) {
        self.variant = variant
        self.reason = reason
        unsafe failure = nil
    }

    init(_ failure: EvaluationFailure) {
        variant = -1
        reason = .error
        unsafe self.failure = .passRetained(failure)
    }
}

extension Evaluator {
    @inline(__always)
    private func choose(
        _ record: FlagRecordReference, _ tables: FlagTablesReference, _ run: (RuleNodeReference) -> Outcome
    ) -> Outcome {
        if record.state != .enabled {
            return record.state == .disabled ? Outcome(variant: -1, reason: .disabled) : unusable(record, tables)
        }
        if let rule = record.rule { return run(rule) }
        return defaultVariant(record, tables, reason: .static)
    }

    @inline(__always)
    private func defaultVariant(
        _ record: FlagRecordReference, _ tables: FlagTablesReference, reason: ResolutionReason
    ) -> Outcome {
        let index = record.defaultVariant
        if index >= 0 { return Outcome(variant: index, reason: reason) }
        if index == FlagRecord.noDefault { return Outcome(variant: -1, reason: .default) }
        return unknownDefaultVariant(record, tables)
    }

    @inline(never)
    private func unusable(_ record: FlagRecordReference, _ tables: FlagTablesReference) -> Outcome {
        let reason = tables.owner.unusableReasons[tables.position(of: record)]
        return Outcome(.unusable(record.key.string, reason ?? ""))
    }

    @inline(never)
    private func unknownDefaultVariant(_ record: FlagRecordReference, _ tables: FlagTablesReference) -> Outcome {
        let name = tables.owner.details[tables.position(of: record)].defaultVariant.text.string
        return Outcome(.unknownDefaultVariant(record.key.string, name))
    }

    /// Runs a flag's rule and turns its result into a variant.
    @inline(never)
    private func run(
        _ rule: RuleNodeReference, _ record: FlagRecordReference, _ tables: FlagTablesReference, _ request: Request
    ) -> Outcome {
        unsafe withUnsafeTemporaryAllocation(byteCount: Scratch.stackBytes, alignment: 16) { buffer in
            var machine = RuleMachine(
                context: request.context, enrichment: tables.enrichment, flagKey: RuleValue(record.key),
                timestamp: request.timestamp, fractionalVersion: options.fractionalVersion,
                scratch: unsafe Scratch(buffer))
            unsafe machine.log = request.log
            let value = machine.evaluate(rule)
            let index = variantIndex(of: value, record, &machine)
            var outcome = Outcome(
                variant: index, reason: value.isSplit && options.reportsSplit ? .split : .targetingMatch)
            if index < 0 || machine.hasStopped {
                outcome = unresolved(value, record, tables, &machine)
            }
            machine.scratch.free()
            return outcome
        }
    }

    /// The variant that a rule's result names; negative without one.
    @inline(__always)
    private func variantIndex(
        of value: RuleValue, _ record: FlagRecordReference, _ machine: inout RuleMachine
    ) -> Int32 {
        // Only texts are marked.
        if value.mark > 0 { return Int32(value.mark) - 1 }
        return switch value.kind {
        case .boolean: record.variantIndex(of: value.isTrue)
        case .text, .integer, .unsigned, .double: record.record.variantIndex(named: machine.text(of: value))
        case .null, .failed, .list, .object: -1
        }
    }

    /// What a result means that names no variant.
    @inline(never)
    private func unresolved(
        _ value: RuleValue, _ record: FlagRecordReference, _ tables: FlagTablesReference,
        _ machine: inout RuleMachine
    ) -> Outcome {
        if machine.hasStopped { return Outcome(machine.failure(record.key.string)) }
        return switch value.kind {
        case .null, .failed: defaultVariant(record, tables, reason: .default)
        case .list, .object: Outcome(.notAVariantName(record.key.string))
        default: Outcome(.unknownVariant(record.key.string, machine.text(of: value).excerpt))
        }
    }
}

extension EvaluationFailure {
    @inline(never)
    fileprivate static func typeMismatch(
        _ record: FlagRecordReference, _ variant: VariantReference, _ wanted: StaticString
    ) -> EvaluationFailure {
        .typeMismatch(
            record.key.string, found: variant.value.typeInWords, wanted: String(describing: wanted))
    }
}

extension RuleMachine {
    /// Why there is no result, in words.
    fileprivate func failure(_ flagKey: String) -> EvaluationFailure {
        switch stop {
        case .unknownOperator: .unknownOperator(flagKey, stopName.string)
        case .limit: .limitExceeded(flagKey, stopName.string)
        // Comparisons take steps without being able to say so.
        case .none: .limitExceeded(flagKey, "EvaluationLimits.maximumSteps")
        }
    }
}

/// What evaluations hand out.
extension FlagTablesReference {
    /// A short text from the set's table, or the stripe's copy of a long one.
    @inline(__always)
    func string(_ place: FlagText, of value: RuleValue, _ reader: Snapshot.Reader) -> String {
        if place.isShared { return texts[place.index] }
        return reader.entry(place.index, of: self) { CachedText(value.text.string) }.text
    }

    /// The stripe's copy of an object or a list.
    func object(_ variant: VariantReference, _ reader: Snapshot.Reader) -> Value {
        reader.entry(variant.valueText.index, of: self) { CachedValue(Value(variant.value)) }.value
    }

    /// The stripe's copy of metadata: the set's at 0, else a flag's.
    @inline(__always)
    func metadata(_ entry: Int, _ record: FlagRecordReference?, _ reader: Snapshot.Reader) -> FlagMetadata {
        if entry <= payloadCount && !hasSetMetadata { return FlagMetadata() }
        let storage = reader.handOut(entry, of: self) {
            owner.metadata(ofRecord: record.map { position(of: $0) })
        }
        return FlagMetadata(storage: storage)
    }
}

/// A stripe's copy of a long text.
final class CachedText: Sendable {
    let text: String

    init(_ text: String) { self.text = text }
}

/// A stripe's copy of an object or a list.
final class CachedValue: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}

extension RuleValue {
    /// The type of a variant's value, for messages.
    var typeInWords: String {
        switch kind {
        case .null, .failed: "null"
        case .boolean: "a boolean"
        case .integer, .unsigned, .double: "the number \(JSON.text(of: Value(self)))"
        case .text: "a string"
        case .list: "a list"
        case .object: "an object"
        }
    }
}
