/// A member of a flag's metadata.
public enum MetadataValue: Sendable, Equatable {
    /// A boolean.
    case boolean(Bool)
    /// A whole number, exact.
    case integer(Int64)
    /// Any other number.
    case double(Double)
    /// A text.
    case string(String)

    /// Compares text by UTF-8 and numbers by their value: 1 and 1.0 are equal.
    public static func == (left: MetadataValue, right: MetadataValue) -> Bool { left.value == right.value }

    /// The same as a ``Value``.
    public var value: Value {
        switch self {
        case .boolean(let value): .boolean(value)
        case .integer(let value): .integer(value)
        case .double(let value): .double(value)
        case .string(let value): .string(value)
        }
    }
}

/// The metadata of an evaluation: the set's, the flag's over it, and `scope` (specification: evaluation, "Resolving a flag", 6).
///
/// A reference into the flag set when it comes from an evaluation: copying it costs no allocation.
public struct FlagMetadata: Sendable {
    /// The members, sorted by the UTF-8 of their keys.
    ///
    /// Nil without any, so that an empty one costs nothing.
    private let storage: Storage?

    /// What an evaluation hands out.
    final class Storage: Sendable {
        let members: [(key: String, value: MetadataValue)]
        /// What went wrong in the evaluation that these are of; see ``ResolutionDetails``.
        let failure: EvaluationFailure?

        init(members: [(key: String, value: MetadataValue)], failure: EvaluationFailure? = nil) {
            self.members = members
            self.failure = failure
        }

        /// Keeps what metadata can be: strings, numbers and booleans.
        convenience init(_ structure: Structure) {
            self.init(
                members: structure.compactMap { member in
                    MetadataValue(member.value).map { (key: member.key, value: $0) }
                })
        }
    }

    /// Makes one without members.
    public init() { storage = nil }

    /// Refers to members that an evaluation prepared.
    init(storage: Storage?) { self.storage = storage }

    /// The same members with what went wrong.
    func with(_ failure: EvaluationFailure) -> FlagMetadata {
        FlagMetadata(storage: Storage(members: storage?.members ?? [], failure: failure))
    }

    /// What went wrong, as ``with(_:)`` put it there.
    var failure: EvaluationFailure? { storage?.failure }

    /// Makes one of members; of equal keys the last wins.
    public init(_ members: [(String, MetadataValue)]) {
        var merged = Structure()
        for (key, value) in members { merged[key] = value.value }
        self.init(storage: merged.isEmpty ? nil : Storage(merged))
    }

    /// The member of a key, compared by UTF-8.
    public subscript(key: String) -> MetadataValue? {
        storage?.members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }
}

extension MetadataValue {
    /// The metadata value of a value; nil for null, lists and objects, which metadata cannot hold.
    init?(_ value: Value) {
        switch value {
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .unsignedInteger(let value): self = .double(Double(value))
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .null, .list, .structure: return nil
        }
    }
}

extension FlagMetadata: RandomAccessCollection {
    /// The index of the first member.
    public var startIndex: Int { 0 }
    /// The index behind the last member.
    public var endIndex: Int { storage?.members.count ?? 0 }
    /// The member at a position, in the order of the keys' UTF-8.
    public subscript(position: Int) -> (key: String, value: MetadataValue) {
        guard let storage else { preconditionFailure("index out of range") }
        return storage.members[position]
    }
}

extension FlagMetadata: Equatable, ExpressibleByDictionaryLiteral {
    /// Whether both have the same keys with equal values.
    public static func == (left: FlagMetadata, right: FlagMetadata) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { $0.key.utf8.elementsEqual($1.key.utf8) && $0.value == $1.value }
    }

    /// Makes metadata of a literal.
    public init(dictionaryLiteral elements: (String, MetadataValue)...) { self.init(elements) }
}
