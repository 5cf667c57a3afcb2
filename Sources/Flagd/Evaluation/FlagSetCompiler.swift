/// Compiles payloads, flag by flag as they are parsed: at no time is a whole payload on a tape.
struct FlagSetCompiler {
    private let options: EvaluationOptions
    private var parts = FlagSetParts()
    private var texts = TextInterner()
    private var rules: RuleCompiler
    /// Rules of the payload at hand, and variants of all.
    private var sharedRules = TapeCache<RuleNodeReference>()
    private var sharedVariants = TapeCache<VariantTable>()
    private var tape = JSONTape()
    /// Where the payload at hand begins among the records.
    private var firstRecord = 0
    /// The records of the payload at hand whose rules refer to evaluators, which may stand behind the flags.
    private var deferred: [Int] = []
    private var findings: [Finding] = []
    /// What is wrong with the payload's last `flags`.
    private var flagsProblem: JSONError?

    /// What is wrong with the payload at hand, and with which record when it is about a flag.
    private struct Finding {
        let record: Int?
        let diagnostic: FlagDiagnostic
    }

    /// - Parameter payloadCount: how many payloads will be added.
    init(options: EvaluationOptions, payloadCount: Int) {
        self.options = options
        parts.stripeEntries = 1 + payloadCount
        parts.selector = options.selector
        rules = RuleCompiler(arena: parts.arena, fractionalVersion: options.fractionalVersion, isBare: false)
    }

    /// The set of everything added.
    consuming func finish() -> FlagSet {
        parts.texts = texts.texts
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
        flagsProblem = nil
        let evaluators: (tape: JSONTape, text: ByteView)
        do throws(JSONError) {
            evaluators = try parse(storage.view)
        } catch {
            throw PayloadError(message: error.reason, offset: error.offset)
        }
        parts.payloads.append(FlagSet.CompiledPayload(storage: storage, evaluatorsText: evaluators.text))
        compileDeferred(evaluators.tape)
        dropFindingsOfReplacedFlags()
        let diagnostics = findings.map(\.diagnostic)
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
        findings.removeAll { $0.record == nil && $0.diagnostic.pointer.utf8.starts(with: "/metadata".utf8) }
        checkMetadata(value, nil)
    }
}

/// The flags of a payload.
extension FlagSetCompiler {
    private mutating func flags(_ parser: inout JSONParser) throws(JSONError) {
        parts.records.removeLast(parts.records.count - firstRecord)
        parts.details.removeLast(parts.details.count - firstRecord)
        findings.removeAll { $0.diagnostic.pointer.utf8.starts(with: "/flags".utf8) }
        deferred.removeAll()
        flagsProblem = nil
        switch parser.peek() {
        case UInt8(ascii: "{"): try objectForm(&parser)
        case UInt8(ascii: "["): try arrayForm(&parser)
        case UInt8(ascii: "n"):
            tape.removeAll()
            try parser.value(onto: &tape)
        default:
            tape.removeAll()
            let start = parser.position
            try parser.value(onto: &tape)
            flagsProblem = JSONError(reason: "'flags' is neither an object nor a list", offset: start)
        }
    }

    private mutating func objectForm(_ parser: inout JSONParser) throws(JSONError) {
        try parser.beginObject()
        var isFirst = true
        while let key = try parser.nextKey(isFirst: isFirst) {
            isFirst = false
            tape.removeAll()
            let (raw, isTooDeep) = try parser.rawValueOfAnyDepth(onto: &tape)
            let place = FlagPlace(key: key, index: nil, record: parts.records.count)
            flag(key, raw: raw, isTooDeep: isTooDeep, place: place)
        }
    }

    private mutating func arrayForm(_ parser: inout JSONParser) throws(JSONError) {
        try parser.beginArray()
        var seen = KeySet(capacity: 16)
        var index = 0
        while try parser.nextElement(isFirst: index == 0) {
            tape.removeAll()
            let (raw, isTooDeep) = try parser.rawValueOfAnyDepth(onto: &tape)
            if let key = try isTooDeep ? textKey(past: raw) : textKey() {
                let place = FlagPlace(key: key, index: index, record: parts.records.count)
                if !seen.insert(HashedKey(key)) {
                    report(place, "", "the key stands there more than once; the last one wins", .warning)
                }
                flag(key, raw: raw, isTooDeep: isTooDeep, place: place)
            } else {
                report(nil, "/flags/\(index)", "an element without a text 'key' is dropped", .warning)
            }
            index += 1
        }
    }

    /// The key of the element on the tape; nil when it has none that is text.
    private func textKey() -> ByteView? {
        tape.count > 0 ? tape.member(ByteView("key"), of: 0).flatMap { tape.text(at: $0) } : nil
    }

    /// The key of an element that is nested too deeply for a tape.
    private func textKey(past raw: ByteView) throws(JSONError) -> ByteView? {
        var parser = JSONParser(raw, arena: parts.arena)
        guard parser.peek() == UInt8(ascii: "{") else { return nil }
        try parser.beginObject()
        var found: ByteView?
        var isFirst = true
        while let name = try parser.nextKey(isFirst: isFirst) {
            isFirst = false
            if name == ByteView("key") {
                var value = JSONTape()
                found = try parser.rawValueOfAnyDepth(onto: &value).isTooDeep ? nil : value.text(at: 0)
            } else {
                try parser.skipValue()
            }
        }
        return found
    }

    /// Notes what is wrong with a member of a flag, or of the payload.
    private mutating func report(
        _ place: FlagPlace?, _ member: String, _ reason: String, _ severity: FlagDiagnostic.Severity
    ) {
        let diagnostic = FlagDiagnostic(
            flagKey: place?.key.string, pointer: (place?.pointer ?? "") + member, reason: reason, severity: severity)
        findings.append(Finding(record: place?.record, diagnostic: diagnostic))
    }

    /// Compiles the rules that refer to evaluators, now that all of the payload was seen.
    private mutating func compileDeferred(_ tape: JSONTape) {
        guard !deferred.isEmpty else { return }
        rules.evaluators = RuleEvaluators(tape, arena: parts.arena)
        for record in deferred {
            let detail = parts.details[record]
            self.tape.removeAll()
            var parser = JSONParser(detail.raw, arena: parts.arena)
            // These bytes were parsed once already.
            guard (try? parser.value(onto: &self.tape)) != nil else { continue }
            let place = FlagPlace(key: detail.key, index: detail.arrayIndex, record: record)
            guard let members = FlagMembers(self.tape), let targeting = members.targeting,
                rules.evaluators?.leadToNoRule(self.tape, at: targeting) == false
            else { continue }
            compileRule(targeting, of: record, place: place)
        }
        rules.evaluators = nil
    }
}

/// Where a flag stands in its payload.
struct FlagPlace {
    let key: ByteView
    /// The index in the array form.
    let index: Int?
    /// The index of its record.
    let record: Int

    /// The place as a JSON pointer (RFC 6901).
    var pointer: String {
        if let index { return "/flags/\(index)" }
        return "/flags/" + FlagPlace.escaped(key.string)
    }

    /// A member's name as it stands in a JSON pointer (RFC 6901, section 3).
    static func escaped(_ name: String) -> String {
        var escaped = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// One flag.
extension FlagSetCompiler {
    /// Compiles the flag on the tape into a record.
    private mutating func flag(_ key: ByteView, raw: ByteView, isTooDeep: Bool, place: FlagPlace) {
        if isTooDeep {
            return append(place, raw: raw, unusable: ("", "it has more than \(JSONLimits.maximumDepth) open brackets"))
        }
        guard let members = FlagMembers(tape) else {
            return append(place, raw: raw, unusable: ("", "it is no object"))
        }
        let isDisabled = members.state.flatMap { tape.text(at: $0) }.map { $0 == ByteView("DISABLED") } ?? false
        if let problem = members.problem(on: tape) {
            return append(place, raw: raw, unusable: problem, isDisabled: isDisabled)
        }
        if let state = members.state, let text = tape.text(at: state), !isDisabled, !(text == ByteView("ENABLED")) {
            report(place, "/state", "the state '\(text.string)' is unknown and means enabled", .warning)
        }
        let variants = self.variants(members, place)
        let defaultName = members.defaultVariant.flatMap { tape.text(at: $0) } ?? .empty
        let defaultVariant =
            defaultName.isEmpty ? FlagRecord.noDefault : variants.index(of: defaultName) ?? FlagRecord.unknownDefault
        if defaultVariant == FlagRecord.unknownDefault {
            report(
                place, "/defaultVariant", "the default variant '\(defaultName.string)' is none of the variants",
                .warning)
        }
        let metadata = flagMetadata(members, place)
        let targeting = members.targeting.flatMap { tape.isNoRule(at: $0) ? nil : $0 }
        parts.details.append(
            FlagDetail(
                key: key, raw: raw, payload: parts.payloads.count, arrayIndex: place.index, metadata: metadata,
                defaultVariant: RuleValue(defaultName), usesEvaluators: targeting.map { mayRefer(from: $0) } ?? false))
        parts.records.append(
            unsafe FlagRecord(
                key: HashedKey(key).key, rule: nil, variants: variants.base, variantCount: Int32(variants.count),
                defaultVariant: defaultVariant, trueVariant: variants.index(of: ByteView("true")) ?? -1,
                falseVariant: variants.index(of: ByteView("false")) ?? -1,
                metadata: metadataEntry(metadata),
                state: isDisabled ? .disabled : .enabled))
        guard let targeting else { return }
        let record = parts.records.count - 1
        if parts.details[record].usesEvaluators {
            deferred.append(record)
        } else {
            compileRule(targeting, of: record, place: place, variants: variants)
        }
    }

    private mutating func append(
        _ place: FlagPlace, raw: ByteView, unusable problem: (member: String, reason: String), isDisabled: Bool = false
    ) {
        report(place, problem.member, problem.reason, .error)
        var detail = FlagDetail(
            key: place.key, raw: raw, payload: parts.payloads.count, arrayIndex: place.index, metadata: .null,
            defaultVariant: .null, usesEvaluators: false)
        detail.unusableReason = problem.reason
        if let members = FlagMembers(tape) { detail.metadata = flagMetadata(members, place) }
        parts.records.append(
            unsafe FlagRecord(
                key: HashedKey(place.key).key, rule: nil, variants: nil, variantCount: 0,
                defaultVariant: FlagRecord.noDefault, trueVariant: -1, falseVariant: -1,
                metadata: metadataEntry(detail.metadata),
                state: isDisabled ? .disabled : .unusable))
        parts.details.append(detail)
    }

    /// Whether a `$ref` may stand in a rule.
    private func mayRefer(from index: Int) -> Bool {
        (index..<tape.end(of: index)).contains { position in
            tape.text(at: position).map { $0 == ByteView("$ref") } ?? false
        }
    }

    private mutating func compileRule(
        _ targeting: Int, of position: Int, place: FlagPlace, variants: VariantTable? = nil
    ) {
        let record = parts.records[position]
        let shared = unsafe sharedRules.place(of: tape, targeting, circumstances: UInt(bitPattern: record.variants))
        if let shared, let rule = sharedRules.find(shared, tape, targeting) {
            parts.records[position] = unsafe record.with(rule: rule.address, state: record.state)
            return
        }
        rules.begin(flagKey: place.key, variants: variants ?? VariantTable(record, arena: parts.arena))
        let rule = rules.compileRule(tape, at: targeting)
        if let rule {
            if let shared, rules.warnings.reasons.isEmpty, !rules.usesFlagKey {
                sharedRules.store(rule, shared, tape, targeting)
            }
            parts.records[position] = unsafe record.with(rule: rule.address, state: record.state)
        } else {
            let reason = rules.failure ?? "its rule cannot be compiled"
            report(place, "/targeting", reason, .error)
            parts.details[position].unusableReason = reason
            parts.records[position] = unsafe record.with(
                rule: nil, state: record.state == .disabled ? .disabled : .unusable)
        }
        for warning in rules.warnings.reasons { report(place, "/targeting", warning, .warning) }
    }
}

/// Variants and metadata.
extension FlagSetCompiler {
    private mutating func variants(_ members: FlagMembers, _ place: FlagPlace) -> VariantTable {
        guard let index = members.variants, case .object(let count, _) = tape[index] else { return .empty }
        let shared = sharedVariants.place(of: tape, index)
        if let shared, let table = sharedVariants.find(shared, tape, index) { return table }
        let reports = findings.count
        let memory = unsafe parts.arena.allocate(VariantRecord.self, count: count)
        var filled = 0
        var next = index + 1
        // Scanning all for each of many would be quadratic.
        var names = count > ObjectTable.scanLimit ? KeySet(capacity: count) : nil
        for _ in 0..<count {
            guard let name = tape.text(at: next) else { break }
            let position =
                names?.position(inserting: HashedKey(name)) ?? (unsafe VariantTable.scan(memory, filled, name))
                ?? filled
            unsafe (memory + position).initialize(to: variant(name, at: next + 1))
            filled = max(filled, position + 1)
            next = tape.end(of: next + 1)
        }
        let table = unsafe VariantTable(memory, count: filled, arena: parts.arena)
        checkTypes(table, place)
        // What there is to report is reported of each flag.
        if let shared, findings.count == reports { sharedVariants.store(table, shared, tape, index) }
        return table
    }

    private mutating func variant(_ name: ByteView, at index: Int) -> VariantRecord {
        let value = tape.ruleValue(at: index, arena: parts.arena)
        let valueText: FlagText
        switch value.kind {
        case .text: valueText = text(value.text)
        case .list, .object: valueText = nextStripeEntry()
        default: valueText = .none
        }
        return VariantRecord(name: RuleValue(name), value: value, nameText: text(name), valueText: valueText)
    }

    private mutating func text(_ text: ByteView) -> FlagText {
        text.count <= FlagText.longestShared ? .shared(texts.index(of: text)) : nextStripeEntry()
    }

    private mutating func nextStripeEntry() -> FlagText {
        parts.stripeEntries += 1
        return .perStripe(parts.stripeEntries - 1)
    }

    /// The entry of a flag's own metadata in the stripes' caches, else its payload's.
    private mutating func metadataEntry(_ metadata: RuleValue) -> UInt32 {
        guard metadata.count > 0 else { return UInt32(parts.payloads.count + 1) }
        parts.stripeEntries += 1
        return UInt32(parts.stripeEntries - 1)
    }

    private mutating func checkTypes(_ variants: VariantTable, _ place: FlagPlace) {
        var common: FlagDescription.ValueType?
        var isMixed = false
        for index in 0..<variants.count {
            let value = variants[index].value
            if let type = value.flagType {
                if let both = FlagDescription.ValueType.common(common ?? type, type) {
                    common = both
                } else {
                    isMixed = true
                }
            } else {
                report(place, "/variants", "a variant's value is null", .warning)
            }
            if value.isBeyondExactDoubles {
                let name = FlagPlace.escaped(variants[index].name.text.string)
                report(
                    place, "/variants/\(name)", "the integer is beyond ±(2^53−1), which other providers round", .warning
                )
            }
        }
        if isMixed { report(place, "/variants", "the variants have different types", .warning) }
    }

    private mutating func flagMetadata(_ members: FlagMembers, _ place: FlagPlace) -> RuleValue {
        guard let index = members.metadata else { return .null }
        if case .object(let count, _) = tape[index], count > 0 {
            if !tape.areMetadata(index) { checkMetadata(tape.value(at: index), place) }
            return tape.ruleValue(at: index, arena: parts.arena)
        }
        if case .object = tape[index] { return .null }
        checkMetadata(tape.value(at: index), place)
        return .null
    }

    /// Checks a flag's metadata, or the payload's.
    private mutating func checkMetadata(_ value: Value, _ place: FlagPlace?) {
        guard !value.isNull else { return }
        guard let structure = value.structureValue else {
            return report(place, "/metadata", "the metadata are no object", .warning)
        }
        for (name, value) in structure where MetadataValue(value) == nil {
            report(
                place, "/metadata/" + FlagPlace.escaped(name),
                "metadata are strings, numbers and booleans; this one is dropped", .warning)
        }
    }
}
