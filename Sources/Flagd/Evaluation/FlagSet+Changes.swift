extension FlagSet {
    /// The keys added, removed or changed since an older set, sorted by UTF-8.
    ///
    /// A change is any difference in a flag's state, default variant, variants, targeting or metadata; how the JSON is laid out and
    /// the daemon's `source` are none. Flags whose bytes are the same are not looked into.
    func changedKeys(from old: FlagSet?) -> [String] {
        var changed: [ByteView] = []
        let comparison = old.map { FlagComparison(old: $0, new: self) }
        for position in liveRecords {
            let key = tables.key(at: position)
            if let former = old?.tables.find(key), comparison?.isSame(former, position) ?? false { continue }
            changed.append(key)
        }
        for position in old?.liveRecords ?? [] {
            guard let key = old?.tables.key(at: position), tables.find(key) == nil else { continue }
            changed.append(key)
        }
        return changed.sorted { $0.compare($1) < 0 }.map(\.string)
    }
}

/// Compares the flags of two sets.
private final class FlagComparison {
    private let old: FlagSet
    private let new: FlagSet
    /// What is known of payloads, so that it is found once and not for each flag.
    private var differences: [PayloadPair: PayloadDifference] = [:]

    /// A payload of the old set and one of the new, by their positions.
    private struct PayloadPair: Hashable {
        let old: Int
        let new: Int
    }

    private struct PayloadDifference {
        let hasSameMetadata: Bool
        /// The names, as UTF-8, of evaluators that mean something else now.
        let changedEvaluators: Set<[UInt8]>
    }

    init(old: FlagSet, new: FlagSet) {
        self.old = old
        self.new = new
    }

    /// Whether a flag means the same in both.
    func isSame(_ former: Int, _ position: Int) -> Bool {
        let (before, after) = (old.details[former], new.details[position])
        let payloads = difference(PayloadPair(old: before.payload, new: after.payload))
        let usesEvaluators = before.usesEvaluators || after.usesEvaluators
        let hasSameEvaluators = payloads.changedEvaluators.isEmpty || !usesEvaluators
        if before.raw == after.raw && hasSameEvaluators && payloads.hasSameMetadata { return true }
        guard
            FlagMetadata(storage: old.metadata(ofRecord: former))
                == FlagMetadata(storage: new.metadata(ofRecord: position))
        else { return false }
        let contents = Contents(after.raw)
        guard Contents(before.raw) == contents else { return false }
        return hasSameEvaluators
            || payloads.changedEvaluators.isDisjoint(with: contents.targeting.references)
    }

    private func difference(_ pair: PayloadPair) -> PayloadDifference {
        if let known = differences[pair] { return known }
        let (before, after) = (old.payloads[pair.old].evaluatorsText, new.payloads[pair.new].evaluatorsText)
        let difference = PayloadDifference(
            hasSameMetadata: old.payloadMetadata[pair.old] == new.payloadMetadata[pair.new],
            changedEvaluators: before == after ? [] : changedEvaluators(evaluators(before), evaluators(after)))
        differences[pair] = difference
        return difference
    }

    private func evaluators(_ text: ByteView) -> Structure {
        if case .success(.structure(let found)) = JSON.parse(text) { found } else { [:] }
    }

    /// The evaluators that differ, and those that refer to them.
    ///
    /// O(n): references are followed backwards, not substituted.
    private func changedEvaluators(_ before: Structure, _ after: Structure) -> Set<[UInt8]> {
        var referrers: [[UInt8]: [[UInt8]]] = [:]
        for (name, rule) in after {
            for target in rule.references { referrers[target, default: []].append(Array(name.utf8)) }
        }
        var pending = (before.keys + after.keys).filter { before[$0] != after[$0] }.map { Array($0.utf8) }
        var changed = Set(pending)
        while let name = pending.popLast() {
            for referrer in referrers[name] ?? [] where changed.insert(referrer).inserted { pending.append(referrer) }
        }
        return changed
    }

    /// What a flag says but for its metadata.
    private struct Contents: Equatable {
        var state: Value = "ENABLED"
        var defaultVariant = Value.null
        var variants = Value.null
        var targeting = Value.null
        /// The whole of what is no flag.
        var other = Value.null

        init(_ raw: ByteView) {
            guard case .success(let value) = JSON.parse(raw) else {
                // Nested too deeply: nobody looks into it.
                other = .string(raw.string)
                return
            }
            guard let flag = value.structureValue else {
                other = value
                return
            }
            if let state = flag["state"], !state.isNull { self.state = state }
            if let variant = flag["defaultVariant"], variant != "" { defaultVariant = variant }
            variants = flag["variants"] ?? .null
            if let targeting = flag["targeting"], targeting != .structure([:]) { self.targeting = targeting }
        }
    }
}

extension Value {
    /// The names, as UTF-8, in all `{"$ref":"name"}` of a rule.
    fileprivate var references: Set<[UInt8]> {
        var names: Set<[UInt8]> = []
        collectReferences(into: &names)
        return names
    }

    private func collectReferences(into names: inout Set<[UInt8]>) {
        switch self {
        case .list(let elements): for element in elements { element.collectReferences(into: &names) }
        case .structure(let structure):
            if structure.count == 1, let name = structure["$ref"]?.stringValue { names.insert(Array(name.utf8)) }
            for member in structure { member.value.collectReferences(into: &names) }
        default: break
        }
    }
}
