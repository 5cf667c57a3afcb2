/// What an evaluation knows about its subject: a targeting key and attributes.
///
/// A context is prepared once, when it is made, and can be used for any number of evaluations: make it once a request, not once a
/// flag. Making it takes O(n) time and two allocations.
public struct EvaluationContext: Sendable {
    private let storage: ContextStorage

    /// Makes a context without attributes.
    public init() { self.init(targetingKey: nil, attributes: Structure()) }

    /// Makes a context.
    ///
    /// - Parameters:
    ///   - targetingKey: who or what is evaluated; what `fractional` buckets by. It wins over an attribute of that name.
    ///   - attributes: everything else that rules may read. Nesting below ``Structure`` is followed 128 levels deep.
    public init(targetingKey: String? = nil, attributes: Structure = [:]) {
        var members = attributes
        if let targetingKey { members["targetingKey"] = .string(targetingKey) }
        storage = ContextStorage(members)
    }

    /// Makes a context of a dictionary's entries.
    ///
    /// - Parameters:
    ///   - targetingKey: who or what is evaluated. It wins over an attribute of that name.
    ///   - attributes: everything else that rules may read.
    public init(targetingKey: String? = nil, attributes: [String: Value]) {
        self.init(targetingKey: targetingKey, attributes: Structure(attributes))
    }

    /// The attributes as the engine reads them, in memory that lives as long as this context.
    @inline(__always) var table: ObjectTable { storage.table }

    /// Who or what is evaluated; nil without a text of that name.
    public var targetingKey: String? { self["targetingKey"]?.stringValue }

    /// Everything that rules may read, `targetingKey` included.
    public var attributes: Structure { storage.attributes }

    /// An attribute, compared by UTF-8.
    ///
    /// O(log n).
    public subscript(key: String) -> Value? { storage.attributes[key] }

    /// This context with another's attributes over its own.
    public func merging(_ other: EvaluationContext) -> EvaluationContext {
        EvaluationContext(attributes: attributes.merging(other.attributes))
    }
}

extension EvaluationContext: ExpressibleByDictionaryLiteral {
    /// Makes a context of attributes, `targetingKey` among them.
    ///
    /// Of equal keys the last wins.
    public init(dictionaryLiteral elements: (String, Value)...) {
        self.init(attributes: Structure(members: elements))
    }
}

extension EvaluationContext: Equatable {
    /// Whether both have the same attributes.
    public static func == (left: EvaluationContext, right: EvaluationContext) -> Bool {
        left.attributes == right.attributes
    }
}
