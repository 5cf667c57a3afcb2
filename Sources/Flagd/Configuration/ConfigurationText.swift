/// How a setting's text becomes a value: trimmed, strict, in a range (specification: provider, "Configuration").
enum ConfigurationText {
    /// `true`, `false`, `1`, `0`, `yes` or `no` in any case, else nil.
    static func boolean(_ text: String) -> Bool? {
        switch trimmed(text).lowercased() {
        case "true", "1", "yes": true
        case "false", "0", "no": false
        default: nil
        }
    }

    /// A decimal number of ASCII digits, with a minus sign or without, in the range; else nil.
    static func integer(_ text: String, in range: ClosedRange<Int>) -> Int? {
        let digits = trimmed(text)
        let unsigned = digits.hasPrefix("-") ? digits.dropFirst() : Substring(digits)
        guard !unsigned.isEmpty, unsigned.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard let value = Int(digits), range.contains(value) else { return nil }
        return value
    }

    /// Whole seconds (`60`) or numbers with units (`60s`, `1m30s`, `500ms`, `1h`), each unit at most once and descending; else nil.
    static func interval(_ text: String, in range: ClosedRange<Int>) -> Duration? {
        var rest = Substring(trimmed(text))
        if let seconds = integer(String(rest), in: 0...range.upperBound / 1000) {
            return bounded(seconds * 1000, range)
        }
        var total = 0
        for (unit, milliseconds) in [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)] {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let tail = rest.dropFirst(digits.count)
            guard !digits.isEmpty, tail.prefix(while: \.isLetter) == unit else { continue }
            guard let count = integer(String(digits), in: 0...range.upperBound / milliseconds) else { return nil }
            total += count * milliseconds
            rest = tail.dropFirst(unit.count)
        }
        return rest.isEmpty && !trimmed(text).isEmpty ? bounded(total, range) : nil
    }

    /// The parts between commas, trimmed, without empty ones.
    static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    /// The text without white space around it.
    static func trimmed(_ text: String) -> String {
        let isSpace: (Character) -> Bool = \.isWhitespace
        let head = text.drop(while: isSpace)
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(head[...last])
    }

    private static func bounded(_ milliseconds: Int, _ range: ClosedRange<Int>) -> Duration? {
        range.contains(milliseconds) ? .milliseconds(milliseconds) : nil
    }
}

extension Duration {
    /// Whole milliseconds, rounded down; bounded by what an `Int` holds.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        return Int(clamping: product &+ attoseconds / 1_000_000_000_000_000)
    }
}
