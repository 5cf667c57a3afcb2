/// One flag.
extension FlagSetCompiler {
    /// Compiles the flag on the tape into a record.
    mutating func flag(_ key: ByteView, raw: ByteView, isTooDeep: Bool, place: FlagPlace) {
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
        parts.unusableReasons[parts.records.count] = problem.reason
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

    mutating func compileRule(
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
            if let shared, rules.warnings.reasons.isEmpty, !rules.warnings.areCut, !rules.usesFlagKey {
                sharedRules.store(rule, shared, tape, targeting)
            }
            parts.records[position] = unsafe record.with(rule: rule.address, state: record.state)
        } else {
            let reason = rules.failure ?? "its rule cannot be compiled"
            report(place, "/targeting", reason, .error)
            parts.unusableReasons[position] = reason
            parts.records[position] = unsafe record.with(
                rule: nil, state: record.state == .disabled ? .disabled : .unusable)
        }
        for warning in rules.warnings.reasons { report(place, "/targeting", warning, .warning) }
        if rules.warnings.areCut { parts.details[position].isFaultless = false }
    }
}
