/// What one evaluation of one rule may use.
///
/// A rule that needs more gives the error GENERAL, whatever its data.
package enum EvaluationLimits {
    /// Nodes evaluated inside `map`, `filter`, `reduce`, `all`, `none` and `some`, texts' bytes and lists' elements looked at by the
    /// operators included at an eighth each: 20 million, about a tenth of a second.
    package static let maximumSteps = 20_000_000
    /// Bytes of texts and lists that an evaluation builds: 64 MiB.
    package static let maximumScratchBytes = 64 << 20
    /// How deep lists and objects that a rule builds may be nested for printing, comparing and hashing them: 256.
    package static let maximumValueDepth = 256
    /// Bytes of texts and lists that are built beforehand of one rule's constants: 1 MiB.
    ///
    /// What needs more is built by each evaluation.
    package static let maximumFoldedBytes = 1 << 20
    /// Bytes of texts and lists that are built beforehand of the constants of all rules of a flag set together: 32 MiB.
    package static let maximumFoldedBytesInAll = 32 << 20
    /// Warnings about one rule that are reported, repeated ones counted: 1000.
    package static let maximumWarnings = 1000
    /// Warnings about all rules of a flag set together that are reported, repeated ones counted: 100 000.
    package static let maximumWarningsInAll = 100_000
    /// Evaluators that may refer to one another in a chain: 128.
    package static let maximumReferenceDepth = 128
    /// Nodes that `$ref` may add to one rule, 64 bytes of text counted as one more: a million.
    package static let maximumReferencedNodes = 1_000_000
    /// Nodes that `$ref` may add to all rules of a flag set together: 32 million.
    package static let maximumReferencedNodesInAll = 32_000_000
}
