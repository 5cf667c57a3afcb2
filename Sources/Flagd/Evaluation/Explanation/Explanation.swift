/// How a flag came to its value: the path taken through its state and its rule, with the value of every step.
///
/// Only what was evaluated is there: of an `if` the conditions up to the first that holds and the branch behind it, of `and` and `or`
/// the arguments up to the one that decides. ``description`` is a tree to read, ``structure`` the same as data.
public struct Explanation: Sendable, Equatable {
    /// The flag's key, as it was asked for.
    public let flagKey: String
    /// What the evaluation gives: the same as ``FlagdProvider`` resolves, with `null` as the caller's default.
    public let details: ResolutionDetails<Value>
    /// The time of the evaluation, `$flagd.timestamp`: whole seconds since 1970; nil when no flag set was there.
    public let timestamp: Int64?
    /// The steps, in the order they were taken.
    public let steps: [Step]
    /// Whether every step and every value is shown in full.
    ///
    /// A limit of what is shown never changes ``details``.
    public let isComplete: Bool

    /// A step of an evaluation.
    public struct Step: Sendable, Equatable {
        /// What the step is about.
        public let subject: Subject
        /// What the step is to the one around it, such as `condition 1`, `then` or `element 0`; nil for a plain argument.
        public let role: String?
        /// What it gives; nil when the step has no value of its own, or the evaluation ended in it.
        ///
        /// Long texts and large lists are cut, which a note says.
        public let value: Value?
        /// What else there is to know, in words.
        public let notes: [String]
        /// The steps it took.
        public let steps: [Step]
    }

    /// What a step is about.
    public enum Subject: Sendable, Equatable {
        /// The flag's state, its default variant or the outcome, in words.
        case fact(String)
        /// A value that stands in the rule as it is.
        case literal
        /// A list whose elements are evaluated.
        case list
        /// An operator, by its name.
        case operation(String)
        /// `$ref`, by the evaluator's name.
        case reference(String)
        /// `var`, by its path.
        ///
        /// Not found is a path that leads nowhere, or to `null`; the default is then used when there is one.
        case variable(path: String, isFound: Bool, usesDefault: Bool)
        // Boxed, as steps are copied all along the way up.
        /// `fractional`, with how it bucketed; nil when it could not, which a note explains.
        indirect case fractional(Bucketing?)
        /// An element that an iteration looks at; its step's value is what the iteration's body gives.
        case element(Value)
    }

    /// How `fractional` put a context into a bucket (specification: evaluation, "fractional").
    public struct Bucketing: Sendable, Equatable {
        /// The algorithm.
        public let version: FractionalVersion
        /// The bytes that were hashed, at most the first 1024 of them.
        public let hashedBytes: [UInt8]
        /// How many bytes were hashed.
        public let hashedByteCount: Int
        /// Their MurmurHash3, 32 bits, unsigned.
        public let hash: UInt32
        /// The sum of all weights.
        public let totalWeight: UInt64
        /// The bucket's number, from 0 up to and without ``totalWeight``; nil with ``FractionalVersion/v1``, which has no numbers.
        public let bucket: UInt64?
        /// Where the hash stands, in percent.
        public let percent: Double
        /// The variants with what is theirs; at most 100.
        public let ranges: [BucketRange]
        /// The variant that won; nil when none did.
        public let winner: BucketRange?
        /// The winner's position among all variants.
        public let winnerIndex: Int?
    }

    /// What belongs to one variant of a `fractional`.
    public struct BucketRange: Sendable, Equatable {
        /// The variant's name; `null` is the default variant.
        public let variant: Value
        /// The bucket numbers: as many as its weight, behind those of the variants before it.
        public let buckets: Range<UInt64>
        /// The same in percent of all.
        public let percent: Range<Double>
        /// The hashes that fall into it; nil with ``FractionalVersion/v1``, whose hashes lie on both sides of zero.
        public let hashes: Range<UInt64>?
    }
}
