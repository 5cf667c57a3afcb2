/// What was made of values on a tape, so that equal values share it: in a set of many flags most have the variants of others, and
/// many the rule.
///
/// Direct mapped and of a fixed size: what is rare is soon replaced.
struct TapeCache<Made> {
    /// No slots before anything is stored: small updates make no use of them.
    private var entries: [Entry?] = []

    private struct Entry {
        let place: Place
        let nodes: [RuleValue]
        let made: Made
    }

    /// Where a value belongs in the cache.
    struct Place: Equatable {
        fileprivate let hash: UInt64
        /// What the value alone does not say, and what is made of it depends on.
        fileprivate let circumstances: UInt
    }

    static var slotCount: Int { 1024 }
    /// Values of more nodes are not kept.
    static var longestValue: Int { 64 }

    /// The place of the value at an index; nil when it is too long.
    ///
    /// O(n).
    func place(of tape: JSONTape, _ index: Int, circumstances: UInt = 0) -> Place? {
        guard tape.end(of: index) - index <= TapeCache.longestValue else { return nil }
        return Place(hash: tape.contentHash(of: index), circumstances: circumstances)
    }

    /// What was made of an equal value; nil when nothing was, or it is forgotten.
    ///
    /// O(n).
    func find(_ place: Place, _ tape: JSONTape, _ index: Int) -> Made? {
        guard !entries.isEmpty, let entry = entries[slot(place)], entry.place == place,
            tape.hasContent(entry.nodes, at: index)
        else {
            return nil
        }
        return entry.made
    }

    mutating func store(_ made: Made, _ place: Place, _ tape: JSONTape, _ index: Int) {
        if entries.isEmpty { entries = Array(repeating: nil, count: TapeCache.slotCount) }
        entries[slot(place)] = Entry(place: place, nodes: tape.content(of: index), made: made)
    }

    mutating func removeAll() { entries.removeAll() }

    private func slot(_ place: Place) -> Int {
        Int(truncatingIfNeeded: place.hash ^ UInt64(place.circumstances) &* TextHash.secret) & (TapeCache.slotCount - 1)
    }
}

extension JSONTape {
    /// A hash of the value at an index, wherever on a tape it stands.
    fileprivate func contentHash(of index: Int) -> UInt64 {
        var hash = TextHash.processSeed
        for position in index..<end(of: index) {
            let node = node(at: position)
            let content: UInt64
            switch node.kind {
            case .text: content = TextHash.hash(node.text)
            // Their bits say where they end on the tape.
            case .list, .object: content = UInt64(truncatingIfNeeded: node.count)
            default: content = node.bits
            }
            hash = TextHash.fold(hash ^ content, TextHash.secret ^ UInt64(node.kind.rawValue))
        }
        return hash
    }

    fileprivate func content(of index: Int) -> [RuleValue] { (index..<end(of: index)).map { node(at: $0) } }

    fileprivate func hasContent(_ nodes: [RuleValue], at index: Int) -> Bool {
        guard end(of: index) - index == nodes.count else { return false }
        for (offset, known) in nodes.enumerated() {
            let node = node(at: index + offset)
            guard node.kind == known.kind else { return false }
            switch node.kind {
            case .text: guard node.text == known.text else { return false }
            case .list, .object: guard node.count == known.count else { return false }
            default: guard node.bits == known.bits else { return false }
            }
        }
        return true
    }
}
