/// A UTF-8 JSON parser (RFC 8259) that writes onto a tape, or is driven member by member.
///
/// Strict grammar; duplicate members are kept for the reader to decide; a byte order mark at the start is skipped; text must be
/// well-formed UTF-8; a lone surrogate escape is U+FFFD; at most ``JSONLimits/maximumDepth`` open brackets.
struct JSONParser {
    let text: ByteView
    /// Where texts with escapes are decoded to.
    let arena: Arena
    private(set) var position = 0
    /// Open brackets, those of a reader who drives the parser included.
    private var depth = 0
    /// Whether the last error was one bracket too many.
    private var isTooDeep = false

    init(_ text: ByteView, arena: Arena) {
        self.text = text
        self.arena = arena
        if text.count >= 3 && text[0] == 0xef && text[1] == 0xbb && text[2] == 0xbf { position = 3 }
    }

    func error(_ reason: String) -> JSONError { JSONError(reason: reason, offset: position) }

    /// The next byte that is no white space, not consumed; 0 at the end.
    @inline(__always) mutating func peek() -> UInt8 {
        while position < text.count {
            let byte = text[position]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
            position &+= 1
        }
        return 0
    }

    @inline(__always) private mutating func consume(_ byte: UInt8) -> Bool {
        guard peek() == byte, position < text.count else { return false }
        position &+= 1
        return true
    }

    /// Demands that nothing but white space follows.
    mutating func finish() throws(JSONError) {
        _ = peek()
        if position < text.count { throw error("text behind the value") }
    }

    /// Reads a whole value onto a tape.
    mutating func value(onto tape: inout JSONTape) throws(JSONError) {
        switch peek() {
        case UInt8(ascii: "{"): try object(onto: &tape)
        case UInt8(ascii: "["): try array(onto: &tape)
        case UInt8(ascii: "\""): tape.append(RuleValue(try string()))
        case UInt8(ascii: "t"): try literal("true", RuleValue(true), onto: &tape)
        case UInt8(ascii: "f"): try literal("false", RuleValue(false), onto: &tape)
        case UInt8(ascii: "n"): try literal("null", .null, onto: &tape)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): tape.append(try number())
        default: throw error(position < text.count ? "unexpected byte" : "unexpected end of text")
        }
    }

    /// Reads a whole value onto a tape and gives its bytes.
    mutating func rawValue(onto tape: inout JSONTape) throws(JSONError) -> ByteView {
        _ = peek()
        let start = position
        try value(onto: &tape)
        return text[start..<position]
    }

    private mutating func literal(
        _ word: StaticString, _ value: RuleValue, onto tape: inout JSONTape
    ) throws(JSONError) {
        let expected = ByteView(word)
        guard text.count - position >= expected.count,
            text[position..<(position + expected.count)] == expected
        else { throw error("unexpected byte") }
        position += expected.count
        tape.append(value)
    }

    private mutating func object(onto tape: inout JSONTape) throws(JSONError) {
        let node = tape.open(isObject: true)
        var count = 0
        try beginObject()
        while let key = try nextKey(isFirst: count == 0) {
            tape.append(RuleValue(key))
            try value(onto: &tape)
            count &+= 1
        }
        tape.close(node, count: count)
    }

    private mutating func array(onto tape: inout JSONTape) throws(JSONError) {
        let node = tape.open(isObject: false)
        var count = 0
        try beginArray()
        while try nextElement(isFirst: count == 0) {
            try value(onto: &tape)
            count &+= 1
        }
        tape.close(node, count: count)
    }
}

/// Values that are nested too deeply.
extension JSONParser {
    /// Reads a whole value onto a tape and gives its bytes, as ``rawValue(onto:)`` does; reads past one with more open brackets than
    /// are allowed, which leaves the tape empty.
    mutating func rawValueOfAnyDepth(onto tape: inout JSONTape) throws(JSONError) -> (raw: ByteView, isTooDeep: Bool) {
        _ = peek()
        let start = (position: position, depth: depth)
        do throws(JSONError) {
            try value(onto: &tape)
            return (text[start.position..<position], false)
        } catch {
            guard isTooDeep else { throw error }
        }
        isTooDeep = false
        tape.removeAll()
        (position, depth) = start
        try skipValue()
        return (text[start.position..<position], true)
    }

    /// Reads past an object or a list if it is a known one, which was found well-formed as deep as here, and gives its bytes.
    mutating func skip(_ known: ByteView) -> ByteView? {
        _ = peek()
        guard text.count - position >= known.count else { return nil }
        let found = text[position..<(position + known.count)]
        guard found == known else { return nil }
        position += known.count
        return found
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
                position &+= 1
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
        guard consume(UInt8(ascii: "{")) else { throw error("an object was expected") }
        try enter()
    }

    /// The key of the next member with the parser at its value; nil when the object has ended.
    mutating func nextKey(isFirst: Bool) throws(JSONError) -> ByteView? {
        if consume(UInt8(ascii: "}")) {
            depth &-= 1
            return nil
        }
        if !isFirst && !consume(UInt8(ascii: ",")) { throw error("',' or '}' was expected") }
        guard peek() == UInt8(ascii: "\"") else { throw error("a member's name was expected") }
        let key = try string()
        guard consume(UInt8(ascii: ":")) else { throw error("':' was expected") }
        return key
    }

    mutating func beginArray() throws(JSONError) {
        guard consume(UInt8(ascii: "[")) else { throw error("a list was expected") }
        try enter()
    }

    /// Whether another element follows, with the parser at it; false when the list has ended.
    mutating func nextElement(isFirst: Bool) throws(JSONError) -> Bool {
        if consume(UInt8(ascii: "]")) {
            depth &-= 1
            return false
        }
        if !isFirst && !consume(UInt8(ascii: ",")) { throw error("',' or ']' was expected") }
        return true
    }

    private mutating func enter() throws(JSONError) {
        depth &+= 1
        guard depth > JSONLimits.maximumDepth else { return }
        isTooDeep = true
        throw error("more than \(JSONLimits.maximumDepth) open brackets")
    }
}

/// Scalars.
extension JSONParser {
    private mutating func number() throws(JSONError) -> RuleValue {
        let rest = text[position..<text.count]
        guard let (value, length) = NumberText.parseJSON(rest) else { throw error("not a number JSON can hold") }
        position += length
        return value
    }

    /// A text without its quotes, its escapes decoded.
    private mutating func string() throws(JSONError) -> ByteView {
        position &+= 1
        let start = position
        // Most texts are short: their end is found without a call.
        if position &+ 8 <= text.count {
            position &+= JSONParser.specialBytes(in: text.word(at: position)).trailingZeroBitCount >> 3
        }
        if position == text.count || text[position] != UInt8(ascii: "\"") { try skipPlainText() }
        if text[position] == UInt8(ascii: "\"") {
            position &+= 1
            return text[start..<(position &- 1)]
        }
        return try escapedString(from: start)
    }

    /// Advances to the next quote or backslash.
    private mutating func skipPlainText() throws(JSONError) {
        while true {
            while position &+ 8 <= text.count {
                let special = JSONParser.specialBytes(in: text.word(at: position))
                if special == 0 {
                    position &+= 8
                } else {
                    position &+= special.trailingZeroBitCount >> 3
                    break
                }
            }
            guard position < text.count else { throw error("a text that does not end") }
            let byte = text[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            if byte < 0x20 { throw error("a control character in a text") }
            if byte < 0x80 {
                position &+= 1
            } else {
                guard let length = UTF8Validation.sequenceLength(in: text, at: position) else {
                    throw error("ill-formed UTF-8")
                }
                position &+= length
            }
        }
    }

    /// The high bit of each of eight bytes that is a control character, a quote, a backslash or no ASCII.
    ///
    /// The lowest is surely right; a higher one may be the borrow of one below it.
    @inline(__always) private static func specialBytes(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5c)
        let found = (word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones) | word
        return found & highs
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> ByteView {
        var decoded = text[start..<position].array
        while true {
            let plain = position
            try skipPlainText()
            unsafe text[plain..<position].withBuffer { unsafe decoded.append(contentsOf: $0) }
            position &+= 1
            if text[position &- 1] == UInt8(ascii: "\"") { break }
            try escape(into: &decoded)
        }
        return unsafe decoded.withUnsafeBufferPointer { unsafe arena.copy(ByteView($0)) }
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        guard position < text.count else { throw error("a text that does not end") }
        let byte = text[position]
        position &+= 1
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
        if unit & 0xfc00 == 0xd800, text.count - position >= 6, text[position] == UInt8(ascii: "\\"),
            text[position + 1] == UInt8(ascii: "u")
        {
            let before = position
            position += 2
            let low = try hexadecimalUnit()
            if low & 0xfc00 == 0xdc00 {
                scalar = Unicode.Scalar(0x10000 + (UInt32(unit) & 0x3ff) << 10 + UInt32(low) & 0x3ff)
            } else {
                position = before
            }
        }
        return String(Character(scalar ?? "\u{fffd}")).utf8
    }

    private mutating func hexadecimalUnit() throws(JSONError) -> UInt16 {
        guard text.count - position >= 4 else { throw error("an unknown escape") }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(text[position])).hexDigitValue else {
                throw error("an unknown escape")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
