/// Something in a payload that cannot work, or hardly as meant.
public struct FlagDiagnostic: Sendable, Equatable {
    /// How bad it is.
    public enum Severity: String, Sendable, CaseIterable {
        /// The flag cannot be used: its evaluation gives PARSE_ERROR.
        case error
        /// The flag works, but a part of it does not.
        case warning
    }

    /// The flag it is about; nil when it is about the payload.
    public let flagKey: String?
    /// Where in the payload, as a JSON pointer (RFC 6901).
    public let pointer: String
    /// What is wrong, in words.
    public let reason: String
    /// How bad it is.
    public let severity: Severity

    /// Makes a diagnostic.
    public init(flagKey: String?, pointer: String, reason: String, severity: Severity) {
        self.flagKey = flagKey
        self.pointer = pointer
        self.reason = reason
        self.severity = severity
    }
}

extension FlagDiagnostic: CustomStringConvertible {
    /// The severity, the place and the reason in one line.
    public var description: String { "\(severity.rawValue): \(pointer): \(reason)" }
}

/// Why a payload was rejected as a whole; the last good flag set stays.
struct PayloadError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, in words.
    let message: String
    /// The offset of the byte where it was noticed, when the text is no JSON.
    let offset: Int?

    var description: String { offset.map { "\(message) at byte \($0)" } ?? message }
}

/// A flag as a list of flags shows it.
public struct FlagDescription: Sendable, Equatable {
    /// The type that all variants of a flag share.
    public enum ValueType: String, Sendable, CaseIterable {
        /// Booleans.
        case boolean
        /// Texts.
        case string
        /// Numbers without a fraction.
        case integer
        /// Numbers.
        case double
        /// Objects or lists.
        case object
    }

    /// The flag's key.
    public let key: String
    /// The values by the names of their variants.
    public let variants: Structure
    /// The name of the default variant; nil without one.
    public let defaultVariant: String?
    /// Whether the flag is enabled.
    public let isEnabled: Bool
    /// Whether it has a rule.
    public let hasTargeting: Bool
    /// The variants' common type; nil when they have none, or the flag cannot be used.
    public let type: ValueType?
    /// The set's metadata, the flag's over it.
    public let metadata: FlagMetadata
}
