/// Makes public values of the engine's, as much of them as an explanation shows.
///
/// A rule can build values that hold one another many times over: this looks at no more than it keeps.
struct ValueExcerpt {
    /// Whether something was left out.
    private(set) var isCut = false
    private var remaining = ExplanationLimits.maximumValueParts

    /// A value, cut where it is too large.
    mutating func value(_ value: RuleValue, depth: Int = 0) -> Value {
        switch value.kind {
        case .text: return .string(text(value.text))
        case .list:
            let shown = shownCount(of: value.count, depth)
            return .list((0..<shown).map { self.value(value.elements[$0], depth: depth + 1) })
        case .object:
            let shown = shownCount(of: value.count, depth)
            let members = value.members
            return .structure(
                Structure(
                    members: (0..<shown).map {
                        (text(members.key(at: $0)), self.value(members.value(at: $0), depth: depth + 1))
                    }))
        default: return Value(value)
        }
    }

    private mutating func shownCount(of count: Int, _ depth: Int) -> Int {
        let shown = depth < ExplanationLimits.maximumValueDepth ? min(count, remaining) : 0
        remaining -= shown
        if shown < count { isCut = true }
        return shown
    }

    /// A text, cut behind a whole scalar.
    mutating func text(_ text: ByteView) -> String {
        guard text.count > ExplanationLimits.maximumTextBytes else { return text.string }
        isCut = true
        var end = ExplanationLimits.maximumTextBytes
        while end > 0, text[end] & 0xc0 == 0x80 { end -= 1 }
        return text[0..<end].string
    }
}
