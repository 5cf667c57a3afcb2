/// Compiles payloads, flag by flag as they are parsed: at no time is a whole payload on a tape.
struct FlagSetCompiler {
    private let options: EvaluationOptions
    var parts = FlagSetParts()
    var texts = TextInterner()
    var rules: RuleCompiler
    /// Rules of the payload at hand, and variants of all.
    var sharedRules = TapeCache<RuleNodeReference>()
    var sharedVariants = TapeCache<VariantTable>()
    var tape = JSONTape()
    /// The flags to take over where they have not changed.
    var earlier: EarlierFlags?
    /// Where the payload at hand begins among the records.
    private(set) var firstRecord = 0
    /// The records of the payload at hand whose rules refer to evaluators, which may stand behind the flags.
    var deferred: [Int] = []
    /// What is wrong with the payload's flags, and with its metadata: apart, since of several members of a name the last counts.
    var findings: [Finding] = []
    private var metadataDiagnostics: [FlagDiagnostic] = []
    /// What is wrong with the payload's last `flags`.
    var flagsProblem: JSONError?

    /// What is wrong with the flags of the payload at hand, and with which record.
    struct Finding {
        let record: Int?
        let diagnostic: FlagDiagnostic
    }

    /// - Parameters:
    ///   - payloadCount: how many payloads will be added.
    ///   - earlier: a set of as many payloads, compiled with the same options.
    init(options: EvaluationOptions, payloadCount: Int, earlier: FlagSet?) {
        self.options = options
        parts.stripeEntries = 1 + payloadCount
        parts.selector = options.selector
        rules = RuleCompiler(arena: parts.arena, fractionalVersion: options.fractionalVersion, isBare: false)
        guard let source = earlier?.foundation, source.payloads.count == payloadCount else { return }
        self.earlier = EarlierFlags(source)
        parts.stripeEntries = source.tables.stripeEntries
        texts = TextInterner(following: source.tables.texts.count)
        parts.records.reserveCapacity(source.details.count)
        parts.details.reserveCapacity(source.details.count)
    }

    /// The set of everything added.
    consuming func finish() -> FlagSet {
        parts.texts = texts.texts
        parts.earlier = earlier?.set
        return FlagSet(parts)
    }

    /// Parses and compiles one more payload, whose flags win over those of earlier ones.
    ///
    /// - Throws: ``PayloadError`` when the text is no payload, or in strict mode when a flag cannot be used.
    mutating func add(_ payload: FlagPayload) throws(PayloadError) {
        let storage = PayloadStorage(payload.bytes)
        if let context = payload.syncContext { parts.enrichment = (parts.enrichment ?? Structure()).merging(context) }
        parts.payloadMetadata.append(Structure())
        firstRecord = parts.records.count
        deferred.removeAll()
        // Other evaluators may stand in this payload.
        sharedRules.removeAll()
        findings.removeAll()
        metadataDiagnostics.removeAll()
        flagsProblem = nil
        let evaluators: (tape: JSONTape, text: ByteView)
        do throws(JSONError) {
            evaluators = try parse(storage.view)
        } catch {
            throw PayloadError(message: error.reason, offset: error.offset)
        }
        let position = parts.payloads.count
        parts.payloads.append(
            FlagSet.CompiledPayload(
                storage: storage, evaluatorsText: evaluators.text, records: firstRecord..<parts.records.count))
        let earlierText = earlier?.set.payloads[position].evaluatorsText
        compileDeferred(
            evaluators.tape, hasEarlierEvaluators: earlierText.map { $0 == evaluators.text } ?? false)
        for case let record? in findings.map(\.record) { parts.details[record].isFaultless = false }
        dropFindingsOfReplacedFlags()
        let diagnostics = metadataDiagnostics + findings.map(\.diagnostic)
        if options.isStrict, let error = diagnostics.first(where: { $0.severity == .error }) {
            throw PayloadError(message: "strict mode: \(error.pointer): \(error.reason)", offset: nil)
        }
        parts.diagnostics += diagnostics
    }

    /// Of several flags of one key only the last is there.
    private mutating func dropFindingsOfReplacedFlags() {
        var keys = KeySet(capacity: findings.count)
        for case let record? in findings.map(\.record) { _ = keys.insert(HashedKey(parts.details[record].key)) }
        guard keys.count > 0 else { return }
        var last = Array(repeating: -1, count: keys.count)
        for record in firstRecord..<parts.records.count {
            if let number = keys.position(of: HashedKey(parts.details[record].key)) { last[number] = record }
        }
        findings.removeAll { finding in
            guard let record = finding.record else { return false }
            return keys.position(of: HashedKey(parts.details[record].key)).map { last[$0] != record } ?? false
        }
    }

    /// Reads the payload's members.
    ///
    /// Of duplicate ones the last wins.
    private mutating func parse(_ text: ByteView) throws(JSONError) -> (tape: JSONTape, text: ByteView) {
        var parser = JSONParser(text, arena: parts.arena)
        var evaluators = (tape: JSONTape(), text: ByteView.empty)
        guard parser.peek() == UInt8(ascii: "{") else {
            throw parser.error(text.isEmpty ? "the payload is empty" : "the payload is no JSON object")
        }
        try parser.beginObject()
        var isFirst = true
        while let name = try parser.nextKey(isFirst: isFirst) {
            isFirst = false
            if name == ByteView("flags") {
                try flags(&parser)
            } else if name == ByteView("$evaluators") {
                evaluators.tape.removeAll()
                evaluators.text = try parser.rawValue(onto: &evaluators.tape)
            } else {
                tape.removeAll()
                try parser.value(onto: &tape)
                if name == ByteView("metadata") { setMetadata() }
            }
        }
        try parser.finish()
        if let flagsProblem { throw flagsProblem }
        return evaluators
    }

    private mutating func setMetadata() {
        let value = tape.value(at: 0)
        parts.payloadMetadata[parts.payloadMetadata.count - 1] = value.structureValue.map { FlagSet.scalars($0) } ?? [:]
        metadataDiagnostics = value.metadataProblems.map { problem in
            FlagDiagnostic(flagKey: nil, pointer: problem.member, reason: problem.reason, severity: .warning)
        }
    }
}
