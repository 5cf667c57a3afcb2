/// A value of a flag, of an evaluation context or of a rule's result: JSON's types, with exact integers.
///
/// Two strings are equal when their UTF-8 is: `"é"` as one scalar and as two are different values, unlike with Swift's own `==`
/// (specification: evaluation, "Context"). An integer and a double are equal when they are the same number.
public enum Value: Sendable {
    /// JSON's `null`.
    case null
    /// A boolean. It is never a number.
    case boolean(Bool)
    /// A whole number in [−2^63, 2^63−1], exact.
    case integer(Int64)
    /// A whole number above 2^63−1, up to 2^64−1, exact. Smaller numbers are ``integer(_:)``.
    case unsignedInteger(UInt64)
    /// A number with a fraction or an exponent. Always finite when it comes from a payload.
    case double(Double)
    /// A text.
    case string(String)
    /// An ordered list.
    case list([Value])
    /// An object.
    case structure(Structure)
}

extension Value: Equatable {
    /// Compares by value: text by its UTF-8, numbers exactly, objects regardless of the order of their members.
    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.unsignedInteger(let a), .unsignedInteger(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.integer(let a), .double(let b)), (.double(let b), .integer(let a)): Int64(exactly: b) == a
        case (.integer(let a), .unsignedInteger(let b)), (.unsignedInteger(let b), .integer(let a)):
            UInt64(exactly: a) == b
        case (.unsignedInteger(let a), .double(let b)), (.double(let b), .unsignedInteger(let a)):
            UInt64(exactly: b) == a
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.list(let a), .list(let b)): a == b
        case (.structure(let a), .structure(let b)): a == b
        default: false
        }
    }
}

// Not by a nil literal: next to optionals it would be ambiguous what nil means.
extension Value: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Makes a ``boolean(_:)``.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// Makes an ``integer(_:)``.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// Makes a ``double(_:)``.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// Makes a ``string(_:)``.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Makes a ``list(_:)``.
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
    /// Makes a ``structure(_:)``.
    ///
    /// Of two equal keys the later one wins.
    public init(dictionaryLiteral elements: (String, Value)...) { self = .structure(Structure(members: elements)) }
}

extension Value {
    /// Makes an ``integer(_:)`` of any Swift integer in [−2^63, 2^63−1] and an ``unsignedInteger(_:)`` of a larger one.
    public init(_ value: UInt64) {
        if let small = Int64(exactly: value) { self = .integer(small) } else { self = .unsignedInteger(value) }
    }

    /// The boolean, or nil when this is something else.
    public var booleanValue: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The text, or nil when this is something else.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The whole number when nothing is lost (`10.0` is 10), else nil.
    public var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The number as a double when it is exactly representable, else nil.
    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(exactly: value)
        case .unsignedInteger(let value): Double(exactly: value)
        case .double(let value): value
        default: nil
        }
    }

    /// The elements, or nil when this is no list.
    public var listValue: [Value]? {
        if case .list(let value) = self { value } else { nil }
    }

    /// The object, or nil when this is something else.
    public var structureValue: Structure? {
        if case .structure(let value) = self { value } else { nil }
    }

    /// Whether this is ``null``.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }
}
