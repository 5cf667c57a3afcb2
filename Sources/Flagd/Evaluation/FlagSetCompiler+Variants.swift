/// Variants and metadata.
extension FlagSetCompiler {
    mutating func variants(_ members: FlagMembers, _ place: FlagPlace) -> VariantTable {
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
    mutating func metadataEntry(_ metadata: RuleValue) -> UInt32 {
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

    mutating func flagMetadata(_ members: FlagMembers, _ place: FlagPlace) -> RuleValue {
        guard let index = members.metadata else { return .null }
        if case .object(let count, _) = tape[index], count > 0 {
            if !tape.areMetadata(index) { reportMetadata(at: index, place) }
            return tape.ruleValue(at: index, arena: parts.arena)
        }
        if case .object = tape[index] { return .null }
        reportMetadata(at: index, place)
        return .null
    }

    private mutating func reportMetadata(at index: Int, _ place: FlagPlace) {
        for problem in tape.value(at: index).metadataProblems {
            report(place, problem.member, problem.reason, .warning)
        }
    }
}

extension Value {
    /// What metadata cannot hold of it: where, as a JSON pointer in the flag or payload, and why.
    var metadataProblems: [(member: String, reason: String)] {
        guard !isNull else { return [] }
        guard let structure = structureValue else { return [("/metadata", "the metadata are no object")] }
        return structure.filter { MetadataValue($0.value) == nil }.map { name, _ in
            (
                "/metadata/" + FlagPlace.escaped(name),
                "metadata are strings, numbers and booleans; this one is dropped"
            )
        }
    }
}
