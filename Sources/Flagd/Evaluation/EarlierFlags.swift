/// The flags of an earlier set, for a compilation that takes over those whose bytes have not changed: most updates change a few of
/// many.
///
/// What is taken over stays in the earlier set's memory, which the new set keeps alive. The earlier set stands on no other
/// (``FlagSet/foundation``), so that updates form no chain. Limits that count over all flags of a set count what is compiled anew.
struct EarlierFlags {
    /// The set to take from.
    let set: FlagSet
    /// The set's records of the payload at hand.
    private var records = 0..<0
    /// The record that is looked at first: payloads keep their order.
    private var next = 0

    /// A set of whose flags less was taken over, or whose flags are less of the new set's, is given up: 3/4 of the bytes.
    static let leastShare = 0.75

    /// Whether a set that flags were taken from is kept for the next update: by the bytes taken, its own, and the new set's.
    static func isWorthwhile(taken: Int, of own: Int, for all: Int) -> Bool {
        taken > 0 && Double(taken) >= Double(max(own, all)) * leastShare
    }

    /// A flag that has not changed.
    struct Taken {
        let detail: FlagDetail
        let record: FlagRecord
    }

    init(_ set: FlagSet) { self.set = set }

    /// Turns to the first flag of a payload.
    mutating func begin(payload: Int) {
        records = set.payloads[payload].records
        next = records.lowerBound
    }

    /// Reads past a flag of the object form if it has not changed.
    mutating func take(_ key: ByteView, _ parser: inout JSONParser) -> Taken? {
        guard let record = record(of: key) else { return nil }
        next = record + 1
        return take(record, index: nil, &parser)
    }

    /// Reads past a flag of the array form if it has not changed.
    mutating func takeElement(_ index: Int, _ parser: inout JSONParser) -> Taken? {
        guard records.contains(next), let taken = take(next, index: index, &parser) else { return nil }
        next += 1
        return taken
    }

    /// Notes a flag of the array form that has changed.
    mutating func pass(_ key: ByteView) {
        if let record = record(of: key) { next = record + 1 }
    }

    private func record(of key: ByteView) -> Int? {
        if records.contains(next), set.details[next].key == key { return next }
        guard let found = set.tables.find(key), records.contains(found) else { return nil }
        return found
    }

    private func take(_ record: Int, index: Int?, _ parser: inout JSONParser) -> Taken? {
        var detail = set.details[record]
        // The same bytes have another key in the other form.
        guard detail.isFaultless, (detail.arrayIndex == nil) == (index == nil), let raw = parser.skip(detail.raw) else {
            return nil
        }
        detail.raw = raw
        detail.arrayIndex = index
        detail.origin = record
        return Taken(detail: detail, record: set.tables.record(record))
    }
}
