/// Why a text is not JSON, and where.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, in words.
    package let reason: String
    /// The offset of the byte where it was noticed.
    package let offset: Int

    /// The reason and the place.
    package var description: String { "\(reason) at byte \(offset)" }
}

/// The limits of a JSON text.
package enum JSONLimits {
    /// Brackets that may be open at once: 128 (specification: evaluation, "Payloads").
    package static let maximumDepth = 128
    /// The reason of an error that is one bracket too many.
    static let tooDeep = "more than \(maximumDepth) open brackets"
}
