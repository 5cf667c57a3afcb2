/// Values to JSON text and back, for those outside the engine.
package enum JSON {
    /// Parses a JSON text.
    ///
    /// Of duplicate members the last wins.
    ///
    /// - Throws: ``JSONError`` with the offset of the first byte that is wrong.
    package static func parse(_ text: [UInt8]) throws(JSONError) -> Value {
        let parsed: Result<Value, JSONError> = unsafe text.withUnsafeBufferPointer { buffer in
            unsafe parse(ByteView(buffer))
        }
        return try parsed.get()
    }

    /// A value as compact JSON, members in the order of their keys' UTF-8.
    ///
    /// Doubles that are no JSON number become `null`.
    package static func text(of value: Value) -> String {
        var text = ""
        write(value, to: &text)
        return text
    }

    static func parse(_ text: ByteView) -> Result<Value, JSONError> {
        var parser = JSONParser(text, arena: Arena())
        var tape = JSONTape()
        do throws(JSONError) {
            try parser.value(onto: &tape)
            try parser.finish()
            return .success(withExtendedLifetime(parser.arena) { tape.value(at: 0) })
        } catch {
            return .failure(error)
        }
    }

    private static func write(_ value: Value, to text: inout String) {
        switch value {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .unsignedInteger(let value): text += String(value)
        case .double(let value): text += value.isFinite ? NumberText.describe(value) : "null"
        case .string(let value): quote(value, to: &text)
        case .list(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                write(element, to: &text)
            }
            text += "]"
        case .structure(let structure):
            text += "{"
            for (index, member) in structure.enumerated() {
                if index > 0 { text += "," }
                quote(member.key, to: &text)
                text += ":"
                write(member.value, to: &text)
            }
            text += "}"
        }
    }

    /// A text in quotes, escaped as ECMAScript's JSON.stringify does (ECMA-262, 25.5.2.3).
    static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{08}": text += "\\b"
            case "\u{0c}": text += "\\f"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1f}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSONTape {
    /// The public value of the node at an index.
    func value(at index: Int) -> Value {
        switch self[index] {
        case .scalar(let value): Value(value)
        case .array: .list(elements(of: index).map { value(at: $0) })
        case .object: .structure(Structure(members: members(of: index).map { ($0.key.string, value(at: $0.value)) }))
        }
    }

    /// The engine's value of the node at an index, lists and objects laid out in an arena.
    func ruleValue(at index: Int, arena: Arena) -> RuleValue {
        switch self[index] {
        case .scalar(let value): return value
        case .array:
            let values = elements(of: index).map { ruleValue(at: $0, arena: arena) }
            return unsafe RuleValue(list: ValueList(arena.copy(values), count: values.count))
        case .object(let count, _):
            var builder = ObjectTableBuilder(capacity: count)
            var next = index + 1
            for _ in 0..<count {
                builder.add(key: text(at: next) ?? .empty, value: ruleValue(at: next + 1, arena: arena))
                next = end(of: next + 1)
            }
            return builder.build(in: arena)
        }
    }
}

extension Value {
    /// The public value of an engine's value; "failed" is null.
    init(_ value: RuleValue) {
        switch value.kind {
        case .null, .failed: self = .null
        case .boolean: self = .boolean(value.isTrue)
        case .integer: self = .integer(value.integer)
        case .unsigned: self = .unsignedInteger(value.bits)
        case .double: self = .double(value.double)
        case .text: self = .string(value.text.string)
        case .list: self = .list(value.elements.map { Value($0) })
        case .object:
            let table = value.members
            self = .structure(
                Structure(members: (0..<table.count).map { (table.key(at: $0).string, Value(table.value(at: $0))) }))
        }
    }
}

extension RuleValue {
    /// The engine's value of a public one, all of it copied into an arena.
    ///
    /// What is nested deeper than JSON may be is null, and so are doubles that are no numbers.
    init(_ value: Value, arena: Arena, depth: Int = 0) {
        switch value {
        case .null: self = .null
        case .boolean(let value): self.init(value)
        case .integer(let value): self.init(value)
        case .unsignedInteger(let value): self.init(unsigned: value)
        case .double(let value): self = value.isFinite ? RuleValue(value) : .null
        case .string(let text): self.init(arena.copy(text))
        case .list(let elements):
            guard depth < JSONLimits.maximumDepth else { self = .null; return }
            let values = elements.map { RuleValue($0, arena: arena, depth: depth + 1) }
            unsafe self.init(list: ValueList(arena.copy(values), count: values.count))
        case .structure(let structure):
            guard depth < JSONLimits.maximumDepth else { self = .null; return }
            var builder = ObjectTableBuilder()
            for (key, value) in structure {
                builder.add(key: arena.copy(key), value: RuleValue(value, arena: arena, depth: depth + 1))
            }
            self = builder.build(in: arena)
        }
    }
}
