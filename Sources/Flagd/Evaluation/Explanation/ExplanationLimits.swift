/// How much of an evaluation an ``Explanation`` shows, and what making it may cost.
///
/// A rule that is larger, or reads more, is explained as far as these go; ``Explanation/isComplete`` is then false.
package enum ExplanationLimits {
    /// Steps in all: 1000.
    package static let maximumSteps = 1000
    /// Steps inside one another: 64.
    package static let maximumDepth = 64
    /// Arguments of one operator and elements of one iteration: 20.
    package static let maximumElements = 20
    /// Variants of one `fractional`, the winner beside them: 100.
    package static let maximumRanges = 100
    /// Elements and members of one value, those nested in them included: 100.
    package static let maximumValueParts = 100
    /// Lists and objects inside one another in one value: 16.
    package static let maximumValueDepth = 16
    /// Bytes of one text, and of what `fractional` hashes: 1024.
    package static let maximumTextBytes = 1024
    /// Nodes compiled and steps of ``EvaluationLimits/maximumSteps`` taken for all values together: 40 million, a second or two of a
    /// rule made for it.
    package static let maximumWork = 40_000_000
}
