/// One field as it stands on the wire, groups excepted: the reader skips those.
package struct ProtobufField: Equatable, Sendable {
    /// The value by wire type; what it means is up to the message.
    package enum Value: Equatable, Sendable {
        /// Wire type 0.
        case varint(UInt64)
        /// Wire type 1, little endian.
        case fixed64(UInt64)
        /// Wire type 2; a slice of the message, not a copy.
        case bytes(ArraySlice<UInt8>)
        /// Wire type 5, little endian.
        case fixed32(UInt32)
    }

    /// The field number, 1 to 2^29 − 1.
    package var number: Int

    /// The value.
    package var value: Value

    /// Creates a field.
    package init(number: Int, value: Value) {
        self.number = number
        self.value = value
    }
}

/// Cuts a message into its fields (protobuf encoding specification).
///
/// It looks at bytes it has and allocates nothing, so that a length of 4 GB costs nothing but an error.
package struct ProtobufReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private let maximumDepth: Int
    private let level: Int

    /// Reads `bytes` as the inside of one message.
    ///
    /// - Parameters:
    ///   - bytes: The message, without tag or length.
    ///   - level: How many messages stand around the fields, this one counted; groups count on from here.
    ///   - maximumDepth: See ``ProtobufLimits/maximumDepth``.
    package init(_ bytes: ArraySlice<UInt8>, level: Int = 1, maximumDepth: Int = ProtobufLimits.standard.maximumDepth) {
        self.bytes = bytes
        self.position = bytes.startIndex
        self.level = level
        self.maximumDepth = maximumDepth
    }

    /// The next field that is no group, or nil at the end.
    ///
    /// - Throws: ``ProtobufError`` for everything the encoding does not allow; the reader is of no use afterwards.
    package mutating func nextField() throws(ProtobufError) -> ProtobufField? {
        while position < bytes.endIndex {
            let tag = try readTag()
            switch tag.wireType {
            case 3: try skipGroup(tag.number)
            case 4: throw .unmatchedGroup
            default: return ProtobufField(number: tag.number, value: try readValue(tag.wireType))
            }
        }
        return nil
    }

    private mutating func readTag() throws(ProtobufError) -> (number: Int, wireType: Int) {
        let tag = try readVarint()
        guard tag <= UInt64(UInt32.max), tag >> 3 != 0 else { throw .invalidFieldNumber }
        return (Int(tag >> 3), Int(tag & 7))
    }

    private mutating func readValue(_ wireType: Int) throws(ProtobufError) -> ProtobufField.Value {
        switch wireType {
        case 0: return .varint(try readVarint())
        case 1: return .fixed64(try readLittleEndian(count: 8))
        case 2: return .bytes(try readBytes())
        case 5: return .fixed32(UInt32(truncatingIfNeeded: try readLittleEndian(count: 4)))
        default: throw .invalidWireType(wireType)
        }
    }

    private mutating func readVarint() throws(ProtobufError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < bytes.endIndex else { throw .truncated }
            let byte = bytes[position]
            position &+= 1
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else { throw .varintTooLong }
            value |= UInt64(byte & 0x7f) << shift
            guard byte & 0x80 != 0 else { return value }
            shift &+= 7
        }
    }

    private mutating func readLittleEndian(count: Int) throws(ProtobufError) -> UInt64 {
        guard bytes.endIndex &- position >= count else { throw .truncated }
        var value: UInt64 = 0
        for index in 0..<count {
            value |= UInt64(bytes[position &+ index]) << UInt64(index &* 8)
        }
        position &+= count
        return value
    }

    private mutating func readBytes() throws(ProtobufError) -> ArraySlice<UInt8> {
        let length = try readVarint()
        guard length <= UInt64(bytes.endIndex &- position) else { throw .truncated }
        let end = position &+ Int(length)
        defer { position = end }
        return bytes[position..<end]
    }

    /// Skips to the END_GROUP of `number`; groups inside are kept on a list, not on the call stack.
    private mutating func skipGroup(_ number: Int) throws(ProtobufError) {
        var open = [number]
        guard level < maximumDepth else { throw .tooDeep(limit: maximumDepth) }
        while let innermost = open.last {
            let tag = try readTag()
            switch tag.wireType {
            case 3:
                guard level &+ open.count < maximumDepth else { throw .tooDeep(limit: maximumDepth) }
                open.append(tag.number)
            case 4:
                guard tag.number == innermost else { throw .unmatchedGroup }
                open.removeLast()
            default:
                _ = try readValue(tag.wireType)
            }
        }
    }
}
