extension FlagSet {
    /// The keys added, removed or changed since an older set, sorted by UTF-8.
    ///
    /// A change is any difference in a flag's state, default variant, variants, targeting or metadata; how the JSON is laid out and
    /// the daemon's `source` are none. Flags whose bytes are the same are not looked into.
    ///
    /// O(n) in the flags' number; only flags whose bytes differ cost more.
    func changedKeys(from old: FlagSet?) -> [String] {
        guard let old else { return liveRecords.map(tables.key(at:)).sortedTexts }
        let comparison = FlagComparison(old: old, new: self)
        var changed: [ByteView] = []
        var search = RecordSearch(old)
        var found = 0
        for position in 0..<tables.recordCount where isLive(position) {
            let key = tables.key(at: position)
            let former = search.find(key)
            if former != nil { found += 1 }
            if let former, comparison.isSame(former, position) { continue }
            changed.append(key)
        }
        // When all the old ones were found, none was removed.
        for position in found == old.count ? [] : old.liveRecords {
            let key = old.tables.key(at: position)
            if tables.find(key) == nil { changed.append(key) }
        }
        return changed.sortedTexts
    }
}

/// Finds one flag after the other in a set: without a table where the order is the set's own.
private struct RecordSearch {
    private let set: FlagSet
    private var next = 0

    init(_ set: FlagSet) { self.set = set }

    /// The record of a flag; nil when it is not there.
    mutating func find(_ key: ByteView) -> Int? {
        let isNext = next < set.tables.recordCount && set.tables.key(at: next) == key && set.isLive(next)
        guard let found = isNext ? next : set.tables.find(key) else { return nil }
        next = found + 1
        return found
    }
}

extension [ByteView] {
    /// The texts in byte order.
    fileprivate var sortedTexts: [String] { sorted { $0.compare($1) < 0 }.map(\.string) }
}

/// Compares the flags of two sets.
private final class FlagComparison {
    private let old: FlagSet
    private let new: FlagSet
    private let haveOneBase: Bool
    /// What is known of each old payload and each new one, so that it is found once and not for each flag.
    private var differences: [PayloadDifference?]

    private struct PayloadDifference {
        let hasSameMetadata: Bool
        /// The names, as UTF-8, of evaluators that mean something else now.
        let changedEvaluators: Set<[UInt8]>
    }

    init(old: FlagSet, new: FlagSet) {
        self.old = old
        self.new = new
        haveOneBase = old.base === new.base
        differences = Array(repeating: nil, count: old.payloads.count * new.payloads.count)
    }

    /// Whether a flag means the same in both.
    func isSame(_ former: Int, _ position: Int) -> Bool {
        let (before, after) = (old.details[former], new.details[position])
        let payloads = difference(before.payload, after.payload)
        let usesEvaluators = before.usesEvaluators || after.usesEvaluators
        let hasSameEvaluators = payloads.changedEvaluators.isEmpty || !usesEvaluators
        if hasSameEvaluators && payloads.hasSameMetadata && hasSameBytes(former, position) { return true }
        guard
            FlagMetadata(storage: old.metadata(ofRecord: former))
                == FlagMetadata(storage: new.metadata(ofRecord: position))
        else { return false }
        let contents = Contents(after.raw)
        guard Contents(before.raw) == contents else { return false }
        return hasSameEvaluators
            || payloads.changedEvaluators.isDisjoint(with: contents.targeting.references)
    }

    /// Flags that both sets have of one need not be compared.
    private func hasSameBytes(_ former: Int, _ position: Int) -> Bool {
        if haveOneBase, let origin = new.baseRecord(of: position), origin == old.baseRecord(of: former) { return true }
        return old.details[former].raw == new.details[position].raw
    }

    /// What is different in a payload of the old set and one of the new, by their positions.
    private func difference(_ former: Int, _ position: Int) -> PayloadDifference {
        let place = former * new.payloads.count + position
        if let known = differences[place] { return known }
        let (before, after) = (old.payloads[former].evaluatorsText, new.payloads[position].evaluatorsText)
        let difference = PayloadDifference(
            hasSameMetadata: old.payloadMetadata[former] == new.payloadMetadata[position],
            changedEvaluators: before == after ? [] : changedEvaluators(evaluators(before), evaluators(after)))
        differences[place] = difference
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
