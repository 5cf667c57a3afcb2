/// Where the reading of a value stands: between two nodes of the tape.
///
/// While a container is open, its node holds the index of the one around it and how many elements or members that one had before.
struct JSONReading {
    var cursor: ByteCursor
    /// Open brackets.
    private var depth: Int
    /// The index of the innermost open container's node.
    private var container = -1
    /// How many elements or members it has so far.
    private var count = 0
    /// What closes it; 0 outside of all.
    private var closingBracket: UInt8 = 0

    init(cursor: ByteCursor, depth: Int) {
        self.cursor = cursor
        self.depth = depth
    }

    /// Opens a container, whose bracket the cursor is at; says whether it is empty and closed again.
    @inline(__always) mutating func open(
        _ kind: RuleValue.Kind, _ writer: inout JSONTapeWriter
    ) throws(JSONError) -> Bool {
        cursor.advance()
        depth &+= 1
        if depth > JSONLimits.maximumDepth { throw cursor.error(JSONLimits.tooDeep) }
        let node = writer.count
        writer.append(RuleValue(container: kind, index: container, count: count))
        container = node
        count = 0
        closingBracket = kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
        guard cursor.consume(token: closingBracket) else { return false }
        close(&writer)
        return true
    }

    /// Whether it is an object.
    @inline(__always) var isObject: Bool { closingBracket == UInt8(ascii: "}") }

    @inline(__always) private mutating func close(_ writer: inout JSONTapeWriter) {
        let node = writer[container]
        writer[container] = RuleValue(container: node.kind, index: writer.count, count: count)
        depth &-= 1
        container = Int(truncatingIfNeeded: node.bits)
        count = node.count
        closingBracket = container < 0 ? 0 : writer[container].kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
    }

    /// Reads what follows a value, closing the containers that end with it; says whether the outermost value has ended.
    @inline(__always) mutating func hasEnded(_ writer: inout JSONTapeWriter) throws(JSONError) -> Bool {
        while closingBracket != 0 {
            count &+= 1
            if cursor.consume(token: UInt8(ascii: ",")) { return false }
            guard cursor.consume(token: closingBracket) else {
                throw cursor.error(isObject ? "',' or '}' was expected" : "',' or ']' was expected")
            }
            close(&writer)
        }
        return true
    }

    /// The value of a word that the cursor is at.
    @inline(__always) mutating func literal(_ word: StaticString, _ value: RuleValue) throws(JSONError) -> RuleValue {
        guard cursor.consume(word) else { throw cursor.error("unexpected byte") }
        return value
    }
}

extension ByteCursor {
    /// What is wrong with the bytes here.
    @inline(never) func error(_ reason: String) -> JSONError { JSONError(reason: reason, offset: offset) }
}
