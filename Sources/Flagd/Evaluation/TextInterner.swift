/// The distinct short texts of a set, so that a name like `on` stands there once.
struct TextInterner {
    private(set) var texts: [String] = []
    /// The index of the first text.
    private let start: Int
    /// 1 + the index of a text, 0 where free; twice as many as texts at least.
    private var slots = [UInt32](repeating: 0, count: 64)
    private var keys: [RuleValue] = []

    /// - Parameter start: how many texts of another set stand before these.
    init(following start: Int = 0) { self.start = start }

    /// The index of a text, which must live as long as the interner.
    mutating func index(of text: ByteView) -> Int {
        if (texts.count + 1) * 2 > slots.count { grow() }
        let slot = freeOrEqualSlot(text)
        if slots[slot] == 0 {
            texts.append(text.string)
            keys.append(RuleValue(text))
            slots[slot] = UInt32(texts.count)
        }
        return start + Int(slots[slot]) - 1
    }

    private func freeOrEqualSlot(_ text: ByteView) -> Int {
        var slot = Int(truncatingIfNeeded: TextHash.hash(text)) & (slots.count - 1)
        while slots[slot] != 0, !(keys[Int(slots[slot]) - 1].text == text) { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for (index, key) in keys.enumerated() { slots[freeOrEqualSlot(key.text)] = UInt32(index + 1) }
    }
}
