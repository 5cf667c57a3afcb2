extension Explanation: CustomStringConvertible {
    /// The steps as a tree, one a line, and the outcome.
    public var description: String {
        var lines = ["flag '\(flagKey)'"]
        let outcome = outcomeLine
        for step in steps { step.write(to: &lines, indent: "", isLast: false) }
        if !isComplete { lines.append("├─ (more was evaluated than is shown)") }
        lines.append("└─ \(outcome)")
        return lines.joined(separator: "\n")
    }

    private var outcomeLine: String {
        var parts = ["value \(JSON.text(of: details.value))"]
        if let variant = details.variant { parts.append("variant '\(variant)'") }
        parts.append("reason \(details.reason.rawValue)")
        if let code = details.errorCode { parts.append("error \(code.rawValue)") }
        return parts.joined(separator: ", ")
    }
}

extension Explanation.Step: CustomStringConvertible {
    /// The step in one line, without those it took.
    public var description: String {
        let role = role.map { "\($0): " } ?? ""
        let notes = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
        guard let value, subject != .literal else { return role + title + notes }
        return "\(role)\(title) → \(JSON.text(of: value))\(notes)"
    }

    private var title: String {
        switch subject {
        case .fact(let words): words
        case .literal: value.map { JSON.text(of: $0) } ?? "a value"
        case .list: "list"
        case .operation(let name): name
        case .reference(let name): "$ref \(name)"
        case .variable(let path, let isFound, let usesDefault):
            "var \(JSON.text(of: .string(path)))" + (isFound ? "" : usesDefault ? " missing, default used" : " missing")
        case .fractional: "fractional"
        case .element(let value): JSON.text(of: value)
        }
    }

    /// Appends the step's line and those of the steps in it.
    fileprivate func write(to lines: inout [String], indent: String, isLast: Bool) {
        lines.append("\(indent)\(isLast ? "└─" : "├─") \(self)")
        let inner = indent + (isLast ? "   " : "│  ")
        var facts: [String] = []
        if case .fractional(let bucketing?) = subject { facts = bucketing.lines }
        for (index, fact) in facts.enumerated() {
            lines.append("\(inner)\(index + 1 == facts.count && steps.isEmpty ? "└─" : "├─") \(fact)")
        }
        for (index, step) in steps.enumerated() {
            step.write(to: &lines, indent: inner, isLast: index + 1 == steps.count)
        }
    }
}

extension Explanation.Bucketing {
    /// What was hashed: the text when it is UTF-8, else the bytes in hexadecimal digits.
    public var hashedText: String {
        let text = String(decoding: hashedBytes, as: UTF8.self)
        if isUTF8 { return text }
        return hashedBytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Whether the bytes that were hashed are UTF-8, as far as they are kept.
    public var isUTF8: Bool {
        // CBOR is never shown as text, though its bytes may happen to be some.
        version != .v3 && String(validating: hashedBytes, as: UTF8.self) != nil
    }

    /// The bucketing in words.
    fileprivate var lines: [String] {
        let kept = isUTF8 ? JSON.text(of: .string(hashedText)) : "0x" + hashedText
        let rest = hashedByteCount > hashedBytes.count ? " and \(hashedByteCount - hashedBytes.count) bytes more" : ""
        let place = bucket.map { "bucket \($0) of \(totalWeight)" } ?? "total weight \(totalWeight)"
        let number = "\(Self.hexadecimal(UInt64(hash))), \(place), at \(Self.percent(percent))"
        var lines = ["hashed \(kept)\(rest): \(number) (\(version.rawValue))"]
        for (index, range) in ranges.enumerated() { lines.append(range.line(isWinner: index == winnerIndex)) }
        if let winner, let winnerIndex, winnerIndex >= ranges.count { lines.append(winner.line(isWinner: true)) }
        if winner == nil { lines.append("no variant won") }
        return lines
    }

    /// A hash as it is usually written.
    static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// A percentage with at most four decimals.
    static func percent(_ number: Double) -> String {
        NumberText.describe((number * 10_000).rounded() / 10_000) + " %"
    }
}

extension Explanation.BucketRange {
    fileprivate func line(isWinner: Bool) -> String {
        var parts = ["\(JSON.text(of: variant)): weight \(buckets.count)"]
        if buckets.isEmpty {
            parts.append("never")
        } else {
            let percentages = (percent.lowerBound, percent.upperBound)
            parts.append(
                "\(Explanation.Bucketing.percent(percentages.0)) to \(Explanation.Bucketing.percent(percentages.1))")
            if let hashes {
                let first = Explanation.Bucketing.hexadecimal(hashes.lowerBound)
                let last = Explanation.Bucketing.hexadecimal(hashes.upperBound - 1)
                parts.append("buckets \(buckets.lowerBound) to \(buckets.upperBound - 1)")
                parts.append("hashes \(first) to \(last)")
            }
        }
        return parts.joined(separator: ", ") + (isWinner ? " ← won" : "")
    }
}
