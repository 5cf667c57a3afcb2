/// An entry of the dynamic table with its size on the wire.
package struct HPACKTableEntry: Equatable, Sendable {
    /// What an entry counts beyond its bytes (RFC 7541 section 4.1).
    package static let overhead = 32

    /// The field.
    package let field: HeaderField

    /// Bytes of the name before text was repaired: the size rules count the wire form.
    package let nameLength: Int

    /// Bytes of the value before text was repaired.
    package let valueLength: Int

    /// Bytes of name and value, and 32.
    package var size: Int { nameLength &+ valueLength &+ Self.overhead }

    /// Creates an entry whose name and value took these numbers of bytes.
    package init(_ field: HeaderField, nameLength: Int, valueLength: Int) {
        self.field = field
        self.nameLength = nameLength
        self.valueLength = valueLength
    }

    /// Creates an entry for a field of valid text.
    package init(_ field: HeaderField) {
        self.init(field, nameLength: field.name.utf8.count, valueLength: field.value.utf8.count)
    }
}

/// The dynamic table of one direction (RFC 7541 sections 2.3.2 and 4): a ring, newest entry first.
package struct HPACKDynamicTable: Sendable {
    private var slots: [HPACKTableEntry?] = []
    private var newest = 0

    /// The number of entries.
    package private(set) var count = 0

    /// The sum of the entries' sizes.
    package private(set) var size = 0

    /// The size above which old entries are evicted.
    package private(set) var maximumSize: Int

    /// Creates an empty table; nothing is allocated before the first entry.
    package init(maximumSize: Int) { self.maximumSize = maximumSize }

    /// The entry `place` insertions ago, 0 for the newest; nil beyond the oldest.
    package func entry(_ place: Int) -> HPACKTableEntry? {
        guard place >= 0, place < count else { return nil }
        return slots[(newest &+ place) % slots.count]
    }

    /// Changes the limit and evicts what no longer fits (RFC 7541 section 4.3).
    package mutating func setMaximumSize(_ newSize: Int) {
        maximumSize = newSize
        evict(untilAtMost: newSize)
    }

    /// Inserts an entry; one larger than the table just empties it (RFC 7541 section 4.4).
    package mutating func insert(_ entry: HPACKTableEntry) {
        evict(untilAtMost: maximumSize &- entry.size)
        guard entry.size <= maximumSize else { return }
        if count == slots.count { grow() }
        newest = (newest &+ slots.count &- 1) % slots.count
        slots[newest] = entry
        count &+= 1
        size &+= entry.size
    }

    /// The place of the newest entry with this name, and of one with this value too.
    func find(_ field: HeaderField) -> HPACKMatch {
        var match = HPACKMatch()
        for place in 0..<count {
            guard let entry = entry(place), entry.field.name.hasSameBytes(as: field.name) else { continue }
            if match.name == nil { match.name = place }
            if entry.field.value.hasSameBytes(as: field.value) {
                match.field = place
                break
            }
        }
        return match
    }

    private mutating func evict(untilAtMost limit: Int) {
        while size > limit, count > 0 {
            let oldest = (newest &+ count &- 1) % slots.count
            size &-= slots[oldest]?.size ?? 0
            slots[oldest] = nil
            count &-= 1
        }
    }

    private mutating func grow() {
        var larger: [HPACKTableEntry?] = []
        larger.reserveCapacity(max(8, slots.count &* 2))
        for place in 0..<count { larger.append(entry(place)) }
        while larger.count < max(8, slots.count &* 2) { larger.append(nil) }
        slots = larger
        newest = 0
    }
}
