/// A UTF-8 JSON parser (RFC 8259) that writes onto a tape, or is driven member by member.
///
/// Strict grammar; duplicate members are kept for the reader to decide; a byte order mark at the start is skipped; text must be
/// well-formed UTF-8; a lone surrogate escape is U+FFFD; at most ``JSONLimits/maximumDepth`` open brackets.
struct JSONParser {
    let text: ByteView
    /// Where texts with escapes are decoded to.
    let arena: Arena
    private var cursor: ByteCursor
    /// Open brackets, those of a reader who drives the parser included.
    private var depth = 0

    init(_ text: ByteView, arena: Arena) {
        self.text = text
        self.arena = arena
        cursor = ByteCursor(text)
        _ = cursor.consume("\u{feff}")
    }

    var position: Int { cursor.offset }

    func error(_ reason: String) -> JSONError { cursor.error(reason) }

    /// The next byte that is no white space, not consumed; 0 at the end.
    mutating func peek() -> UInt8 { cursor.token() }

    /// Demands that nothing but white space follows.
    mutating func finish() throws(JSONError) {
        _ = peek()
        if cursor.remaining > 0 { throw error("text behind the value") }
    }

    /// Reads a whole value onto a tape and gives its bytes.
    mutating func rawValue(onto tape: inout JSONTape) throws(JSONError) -> ByteView {
        _ = peek()
        let start = cursor
        try value(onto: &tape)
        return cursor.bytes(since: start)
    }
}

/// Whole values.
extension JSONParser {
    /// Reads a whole value onto a tape.
    mutating func value(onto tape: inout JSONTape) throws(JSONError) {
        var reading = JSONReading(cursor: cursor, depth: depth)
        while try !tape.write({ nodes throws(JSONError) in try read(&reading, &nodes) }) {}
        cursor = reading.cursor
    }

    /// Reads on to the end of the value, or until there is no more room for nodes; says whether the value has ended.
    private mutating func read(_ reading: inout JSONReading, _ nodes: inout JSONTapeWriter) throws(JSONError) -> Bool {
        // Both stay in registers, as long as they are handed to inlined functions only.
        var (state, writer) = (reading, nodes)
        defer { (reading, nodes) = (state, writer) }
        while writer.hasRoomForMember {
            if state.isObject { writer.append(RuleValue(try key(&state.cursor))) }
            switch state.cursor.token() {
            case UInt8(ascii: "\""):
                state.cursor.advance()
                writer.append(RuleValue(try text(&state.cursor)))
            case UInt8(ascii: "{"):
                if try !state.open(.object, &writer) { continue }
            case UInt8(ascii: "["):
                if try !state.open(.list, &writer) { continue }
            case UInt8(ascii: "t"): writer.append(try state.literal("true", RuleValue(true)))
            case UInt8(ascii: "f"): writer.append(try state.literal("false", RuleValue(false)))
            case UInt8(ascii: "n"): writer.append(try state.literal("null", .null))
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): writer.append(try number(&state.cursor))
            default: throw state.cursor.error(state.cursor.remaining > 0 ? "unexpected byte" : "unexpected end of text")
            }
            if try state.hasEnded(&writer) { return true }
        }
        return false
    }

    /// A member's name, with the cursor at its value.
    @inline(__always) private mutating func key(_ cursor: inout ByteCursor) throws(JSONError) -> ByteView {
        guard cursor.consume(token: UInt8(ascii: "\"")) else { throw cursor.error("a member's name was expected") }
        let key = try text(&cursor)
        guard cursor.consume(token: UInt8(ascii: ":")) else { throw cursor.error("':' was expected") }
        return key
    }
}

/// Values that are nested too deeply.
extension JSONParser {
    /// Reads a whole value onto a tape and gives its bytes, as ``rawValue(onto:)`` does; reads past one with more open brackets than
    /// are allowed, which leaves the tape empty.
    mutating func rawValueOfAnyDepth(onto tape: inout JSONTape) throws(JSONError) -> (raw: ByteView, isTooDeep: Bool) {
        _ = peek()
        let start = cursor
        do throws(JSONError) {
            try value(onto: &tape)
            return (cursor.bytes(since: start), false)
        } catch {
            guard error.reason == JSONLimits.tooDeep else { throw error }
        }
        tape.removeAll()
        cursor = start
        try skipValue()
        return (cursor.bytes(since: start), true)
    }

    /// Reads past an object or a list if it is a known one, which was found well-formed as deep as here, and gives its bytes.
    mutating func skip(_ known: ByteView) -> ByteView? {
        _ = peek()
        let start = cursor
        return cursor.consume(known) ? cursor.bytes(since: start) : nil
    }

    /// Reads past a value of any depth and checks its grammar, without recursion.
    mutating func skipValue() throws(JSONError) {
        var scalar = JSONTape()
        // Whether each open bracket is an object's.
        var open: [Bool] = []
        repeat {
            let first = peek()
            var isFirst = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            if isFirst {
                cursor.advance()
                depth &+= 1
                open.append(first == UInt8(ascii: "{"))
            } else {
                scalar.removeAll()
                try value(onto: &scalar)
            }
            while let isObject = open.last {
                let hasMore = isObject ? try nextKey(isFirst: isFirst) != nil : try nextElement(isFirst: isFirst)
                if hasMore { break }
                open.removeLast()
                isFirst = false
            }
        } while !open.isEmpty
    }
}

/// Driving the parser by hand.
extension JSONParser {
    mutating func beginObject() throws(JSONError) {
        guard cursor.consume(token: UInt8(ascii: "{")) else { throw error("an object was expected") }
        try enter()
    }

    /// The key of the next member with the parser at its value; nil when the object has ended.
    mutating func nextKey(isFirst: Bool) throws(JSONError) -> ByteView? {
        if cursor.consume(token: UInt8(ascii: "}")) {
            depth &-= 1
            return nil
        }
        if !isFirst && !cursor.consume(token: UInt8(ascii: ",")) { throw error("',' or '}' was expected") }
        var place = cursor
        defer { cursor = place }
        return try key(&place)
    }

    mutating func beginArray() throws(JSONError) {
        guard cursor.consume(token: UInt8(ascii: "[")) else { throw error("a list was expected") }
        try enter()
    }

    /// Whether another element follows, with the parser at it; false when the list has ended.
    mutating func nextElement(isFirst: Bool) throws(JSONError) -> Bool {
        if cursor.consume(token: UInt8(ascii: "]")) {
            depth &-= 1
            return false
        }
        if !isFirst && !cursor.consume(token: UInt8(ascii: ",")) { throw error("',' or ']' was expected") }
        return true
    }

    private mutating func enter() throws(JSONError) {
        depth &+= 1
        if depth > JSONLimits.maximumDepth { throw error(JSONLimits.tooDeep) }
    }
}

/// Scalars.
extension JSONParser {
    @inline(__always) private func number(_ cursor: inout ByteCursor) throws(JSONError) -> RuleValue {
        if let few = NumberText.parseFewDigits(&cursor) { return few }
        guard let (value, length) = NumberText.parseJSON(text[cursor.offset..<text.count]) else {
            throw cursor.error("not a number JSON can hold")
        }
        cursor.advance(by: length)
        return value
    }

    /// A text without its quotes, its escapes decoded, with the cursor behind the first quote.
    @inline(__always) private mutating func text(_ place: inout ByteCursor) throws(JSONError) -> ByteView {
        if let plain = place.consumePlainText() { return plain }
        cursor = place
        let text = try anyText()
        place.advance(to: cursor)
        return text
    }

    private mutating func anyText() throws(JSONError) -> ByteView {
        let start = cursor
        try skipPlainText()
        let plain = cursor.bytes(since: start)
        return cursor.consume(UInt8(ascii: "\"")) ? plain : try escapedText(behind: plain)
    }

    /// Advances to the next quote or backslash.
    private mutating func skipPlainText() throws(JSONError) {
        while true {
            cursor.skipPlainBlocks()
            guard cursor.remaining > 0 else { throw error("a text that does not end") }
            let byte = cursor.byte
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            if byte < 0x20 { throw error("a control character in a text") }
            if byte < 0x80 {
                cursor.advance()
            } else {
                guard let length = UTF8Validation.sequenceLength(in: text, at: position) else {
                    throw error("ill-formed UTF-8")
                }
                cursor.advance(by: length)
            }
        }
    }

    private mutating func escapedText(behind first: ByteView) throws(JSONError) -> ByteView {
        var decoded = first.array
        while !cursor.consume(UInt8(ascii: "\"")) {
            // A backslash.
            cursor.advance()
            try escape(into: &decoded)
            let start = cursor
            try skipPlainText()
            unsafe cursor.bytes(since: start).withBuffer { unsafe decoded.append(contentsOf: $0) }
        }
        return unsafe decoded.withUnsafeBufferPointer { unsafe arena.copy(ByteView($0)) }
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        guard cursor.remaining > 0 else { throw error("a text that does not end") }
        let byte = cursor.byte
        cursor.advance()
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0c)
        case UInt8(ascii: "n"): decoded.append(0x0a)
        case UInt8(ascii: "r"): decoded.append(0x0d)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"): decoded.append(contentsOf: try unicodeEscape())
        default: throw error("an unknown escape")
        }
    }

    /// The scalar of `\uXXXX` or of a pair of them; half a pair is U+FFFD.
    private mutating func unicodeEscape() throws(JSONError) -> String.UTF8View {
        let unit = try hexadecimalUnit()
        var scalar = Unicode.Scalar(UInt32(unit))
        let behind = cursor
        if unit & 0xfc00 == 0xd800, cursor.remaining >= 6, cursor.consume("\\u") {
            let low = try hexadecimalUnit()
            if low & 0xfc00 == 0xdc00 {
                scalar = Unicode.Scalar(0x10000 + (UInt32(unit) & 0x3ff) << 10 + UInt32(low) & 0x3ff)
            } else {
                cursor = behind
            }
        }
        return String(Character(scalar ?? "\u{fffd}")).utf8
    }

    private mutating func hexadecimalUnit() throws(JSONError) -> UInt16 {
        guard cursor.remaining >= 4 else { throw error("an unknown escape") }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(cursor.byte)).hexDigitValue else {
                throw error("an unknown escape")
            }
            unit = unit << 4 | UInt16(digit)
            cursor.advance()
        }
        return unit
    }
}
