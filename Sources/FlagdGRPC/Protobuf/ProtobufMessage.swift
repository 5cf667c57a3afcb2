/// A message the client sends.
package protocol ProtobufEncodable: Sendable {
    /// The message on the wire, without tag or length.
    func encoded() -> [UInt8]
}

/// A message the client receives.
package protocol ProtobufDecodable: Sendable {
    /// The message with every field at its default.
    init()

    /// Takes one field, by the rules of merging: a scalar replaces, a message merges, a repeated field grows.
    ///
    /// A number that is unknown, or known with another wire type, is ignored.
    mutating func merge(_ field: ProtobufField, budget: inout ProtobufBudget) throws(ProtobufError)
}

extension ProtobufDecodable {
    /// Decodes a whole message.
    ///
    /// - Parameters:
    ///   - bytes: The message; byte fields stay slices of it.
    ///   - limits: What it may cost.
    /// - Throws: ``ProtobufError`` when the bytes are no such message or cost more.
    package init(
        protobuf bytes: ArraySlice<UInt8>, limits: ProtobufLimits = .standard
    ) throws(ProtobufError) {
        self.init()
        var budget = ProtobufBudget(limits)
        try merge(bytes, budget: &budget)
    }

    /// Merges the fields of `bytes` into this message, one level deeper than the budget stands.
    package mutating func merge(_ bytes: ArraySlice<UInt8>, budget: inout ProtobufBudget) throws(ProtobufError) {
        try budget.enter()
        var reader = ProtobufReader(bytes, level: budget.level, maximumDepth: budget.limits.maximumDepth)
        while let field = try reader.nextField() {
            try merge(field, budget: &budget)
        }
        budget.leave()
    }
}

/// What is left of a message's ``ProtobufLimits`` while it is decoded.
package struct ProtobufBudget: Equatable, Sendable {
    /// The limits it began with.
    package let limits: ProtobufLimits

    /// How many messages are open; the outermost is 1.
    package private(set) var level = 0

    private var values = 0

    /// A budget nothing has been taken from.
    package init(_ limits: ProtobufLimits) {
        self.limits = limits
    }

    /// Opens a message.
    ///
    /// - Throws: ``ProtobufError/tooDeep(limit:)``.
    package mutating func enter() throws(ProtobufError) {
        guard level < limits.maximumDepth else { throw .tooDeep(limit: limits.maximumDepth) }
        level &+= 1
    }

    /// Closes the message opened last.
    package mutating func leave() {
        level &-= 1
    }

    /// Pays for one list element or map entry.
    ///
    /// - Throws: ``ProtobufError/tooManyValues(limit:)``.
    package mutating func payForValue() throws(ProtobufError) {
        guard values < limits.maximumValues else { throw .tooManyValues(limit: limits.maximumValues) }
        values &+= 1
    }
}

extension ProtobufField {
    /// The value as `string` if it is length-delimited, nil otherwise.
    ///
    /// - Throws: ``ProtobufError/invalidUTF8(field:)``.
    package func string() throws(ProtobufError) -> String? {
        guard let bytes = try utf8() else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes of a `string` field, checked and not copied, or nil if it is not length-delimited.
    ///
    /// - Throws: ``ProtobufError/invalidUTF8(field:)``.
    package func utf8() throws(ProtobufError) -> ArraySlice<UInt8>? {
        guard case .bytes(let bytes) = value else { return nil }
        guard UTF8Validation.isValid(bytes.span) else { throw .invalidUTF8(field: number) }
        return bytes
    }
}
