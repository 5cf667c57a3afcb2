/// `cat`, `substr` and the text of values.
extension RuleMachine {
    /// The text of a value as `cat` writes it; a text is itself.
    mutating func text(of value: RuleValue) -> ByteView {
        switch value.kind {
        case .text: return value.text
        case .null, .failed: return .empty
        case .boolean: return value.isTrue ? ByteView("true") : ByteView("false")
        default:
            guard canWalk(value) else { return .empty }
            var writer = TextWriter(limit: scratch.remainingBytes)
            writer.write(value)
            guard !writer.isOverLimit, spend(writer.bytes.count >> 3) else {
                reachLimit("EvaluationLimits.maximumScratchBytes")
                return .empty
            }
            return unsafe writer.bytes.withUnsafeBufferPointer { unsafe place(ByteView($0)) }
        }
    }

    /// Whether all of a value may be looked at: the lists and objects that a rule builds can hold one another many times over, and
    /// be nested without end.
    ///
    /// O(n), taken from the steps.
    mutating func canWalk(_ value: RuleValue, depth: Int = 0) -> Bool {
        switch value.kind {
        case .text: return spend(value.count >> 3)
        case .list:
            guard isWithin(depth), spend(value.count) else { return false }
            for element in value.elements where !canWalk(element, depth: depth + 1) { return false }
            return true
        case .object:
            guard isWithin(depth), spend(value.count) else { return false }
            let members = value.members
            for index in 0..<members.count where !canWalk(members.value(at: index), depth: depth + 1) { return false }
            return true
        default: return true
        }
    }

    private mutating func isWithin(_ depth: Int) -> Bool {
        if depth < EvaluationLimits.maximumValueDepth { return true }
        reachLimit("EvaluationLimits.maximumValueDepth")
        return false
    }

    /// A copy of bytes in the scratch memory.
    private mutating func place(_ bytes: ByteView) -> ByteView {
        guard let target = unsafe room(for: bytes.count) else { return .empty }
        unsafe bytes.copy(to: target)
        return unsafe ByteView(target, count: bytes.count)
    }

    /// Scratch memory for the bytes of a text; nil when the limit is reached.
    @inline(__always) private mutating func room(for count: Int) -> UnsafeMutablePointer<UInt8>? {
        if let target = unsafe scratch.bytes(count) { return unsafe target }
        reachLimit("EvaluationLimits.maximumScratchBytes")
        return nil
    }

    /// `cat`.
    mutating func concatenate(_ arguments: ValueList) -> RuleValue {
        var areTexts = true
        arguments.visit { argument in
            areTexts = argument.kind == .text
            return areTexts
        }
        if areTexts { return join(arguments) }
        return unsafe withUnsafeTemporaryAllocation(of: RuleValue.self, capacity: arguments.count) { pieces in
            for index in 0..<arguments.count {
                unsafe pieces.initializeElement(at: index, to: RuleValue(text(of: arguments[index])))
            }
            return unsafe join(ValueList(pieces))
        }
    }

    /// Two texts, one behind the other.
    mutating func join(_ first: ByteView, _ second: ByteView) -> RuleValue {
        let total = first.count &+ second.count
        guard spend(total >> 3), let target = unsafe room(for: total) else { return .emptyText }
        unsafe first.copy(to: target)
        unsafe second.copy(to: target + first.count)
        return unsafe RuleValue(ByteView(target, count: total))
    }

    /// Texts one behind the other.
    private mutating func join(_ texts: ValueList) -> RuleValue {
        if texts.count == 1 { return RuleValue(texts[0].text) }
        var total = 0
        texts.visit { piece in
            total &+= piece.count
            return true
        }
        guard spend(total >> 3), let target = unsafe room(for: total) else { return .emptyText }
        var next = unsafe target
        texts.visit { piece in
            unsafe piece.text.copy(to: next)
            unsafe next += piece.count
            return true
        }
        return unsafe RuleValue(ByteView(target, count: total))
    }

    /// `substr`, counting Unicode scalars.
    mutating func substring(_ arguments: ValueList) -> RuleValue {
        let source = text(of: arguments.isEmpty ? .null : arguments[0])
        guard spend(source.count >> 3) else { return .emptyText }
        let total = TextSearch.scalarCount(source)
        let start = arguments.count > 1 ? Arithmetic.truncated(arguments[1]) : 0
        let from = start >= 0 ? min(start, total) : max(total &+ max(start, -total), 0)
        let rest = total - from
        var length = rest
        if arguments.count > 2 {
            let wanted = Arithmetic.truncated(arguments[2])
            length = wanted >= 0 ? min(wanted, rest) : max(rest &+ max(wanted, -rest), 0)
        }
        let begin = TextSearch.offset(ofScalar: from, in: source)
        let tail = source[begin..<source.count]
        return RuleValue(tail[0..<TextSearch.offset(ofScalar: length, in: tail)])
    }
}

/// Writes values as `cat` prints them: lists joined by commas, objects as JSON with sorted keys.
struct TextWriter {
    private(set) var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Whether more was written than allowed; writing has stopped then.
    var isOverLimit: Bool { bytes.count > limit }

    mutating func write(_ value: RuleValue) {
        guard !isOverLimit else { return }
        switch value.kind {
        case .null, .failed: break
        case .boolean: append(value.isTrue ? "true" : "false")
        case .integer: append(String(value.integer))
        case .unsigned: append(String(value.bits))
        case .double: append(NumberText.describe(value.double))
        case .text: unsafe value.text.withBuffer { unsafe bytes.append(contentsOf: $0) }
        case .list:
            for (index, element) in value.elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(element)
            }
        case .object: writeJSON(value)
        }
    }

    /// JSON without white space, members in the order of their keys' UTF-8.
    mutating func writeJSON(_ value: RuleValue) {
        guard !isOverLimit else { return }
        switch value.kind {
        case .null, .failed: append("null")
        case .boolean, .integer, .unsigned, .double: write(value)
        case .text: quote(value.text)
        case .list:
            append("[")
            for (index, element) in value.elements.enumerated() {
                if index > 0 { append(",") }
                writeJSON(element)
            }
            append("]")
        case .object:
            let table = value.members
            let sorted = (0..<table.count).sorted { table.key(at: $0).compare(table.key(at: $1)) < 0 }
            append("{")
            for (position, member) in sorted.enumerated() {
                if position > 0 { append(",") }
                quote(table.key(at: member))
                append(":")
                writeJSON(table.value(at: member))
            }
            append("}")
        }
    }

    private mutating func quote(_ text: ByteView) {
        var quoted = ""
        JSON.quote(text.string, to: &quoted)
        append(quoted)
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
