/// Why bytes are no valid protobuf message.
///
/// Every case is reachable from the wire, so each is an error the caller gets, never a trap
/// (protobuf encoding specification, "Message Structure").
package enum ProtobufError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes end inside a field, or a length reaches beyond the end.
    case truncated

    /// A varint has more than ten bytes, or more than 64 bits of value.
    case varintTooLong

    /// A tag whose field number is 0 or above 2^29 − 1.
    case invalidFieldNumber

    /// A tag with wire type 6 or 7, which do not exist.
    case invalidWireType(Int)

    /// An END_GROUP without its START_GROUP, or one that closes another field's group.
    case unmatchedGroup

    /// Messages and groups nest deeper than ``ProtobufLimits/maximumDepth``.
    case tooDeep(limit: Int)

    /// More list elements and map entries than ``ProtobufLimits/maximumValues``.
    case tooManyValues(limit: Int)

    /// A `string` field that is not UTF-8.
    case invalidUTF8(field: Int)

    /// One sentence for people, without a full stop.
    package var description: String {
        switch self {
        case .truncated: "the message ends inside a field"
        case .varintTooLong: "a varint is longer than 64 bits"
        case .invalidFieldNumber: "a field number is out of range"
        case .invalidWireType(let type): "wire type \(type) does not exist"
        case .unmatchedGroup: "a group ends that was not begun"
        case .tooDeep(let limit): "messages nest deeper than \(limit) levels"
        case .tooManyValues(let limit): "there are more than \(limit) values"
        case .invalidUTF8(let field): "string field \(field) is not valid UTF-8"
        }
    }
}

/// What a decoder lets a peer's message cost.
package struct ProtobufLimits: Hashable, Sendable {
    /// How deep messages and groups may nest; the outermost message is level 1.
    ///
    /// Default: 100, as in the reference implementations.
    package var maximumDepth: Int

    /// How many list elements and map entries one message may hold, all levels together.
    ///
    /// Default: 100 000.
    ///
    /// Two bytes on the wire are enough for one list element of 24 bytes, hence a limit of its own beside the message size.
    package var maximumValues: Int

    /// Creates limits; the defaults are those of the properties.
    package init(maximumDepth: Int = 100, maximumValues: Int = 100_000) {
        self.maximumDepth = maximumDepth
        self.maximumValues = maximumValues
    }

    /// The default limits.
    package static let standard = ProtobufLimits()
}
