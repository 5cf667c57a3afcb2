import Flagd

/// The types a flag can be asked for.
enum FlagType: String, CaseIterable, Sendable {
    case boolean, string, integer, double, object

    /// The type of a name in any case; `float` is `double`, as the testbed calls it.
    init?(name: String) {
        switch name.lowercased() {
        case "bool": self = .boolean
        case "int": self = .integer
        case "float": self = .double
        case let name:
            guard let type = FlagType(rawValue: name) else { return nil }
            self = type
        }
    }

    /// The names, for messages.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// What the caller's default is when none was given.
    var emptyValue: Value {
        switch self {
        case .boolean: false
        case .string: ""
        case .integer: 0
        case .double: .double(0)
        case .object: [:]
        }
    }

    /// Whether a value can be the caller's default for this type.
    func admits(_ value: Value) -> Bool {
        switch self {
        case .boolean: value.booleanValue != nil
        case .string: value.stringValue != nil
        case .integer: value.integerValue != nil
        case .double: value.doubleValue != nil
        case .object: true
        }
    }
}
