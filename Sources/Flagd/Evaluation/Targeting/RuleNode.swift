/// What a node of a compiled rule does.
enum RuleOperation: UInt8 {
    /// Gives ``RuleNode/value``.
    case literal
    /// Gives the list of its children's values.
    case list
    /// Reads a prepared path (``RuleNode/path``) from the data of its ``RuleNode/scope``; the child is the default.
    case variable
    /// The element of an iteration, or a reduction's `current`.
    case element
    /// A reduction's `accumulator`.
    case accumulator
    /// Reads a path that the first child gives; the second is the default.
    case dynamicVariable
    /// `$flagd.timestamp`.
    case timestamp
    /// `if` and `?:`.
    case conditional
    /// A chain of `if (== var text)` over one path, found through a table (``RuleNode/dispatch``).
    case dispatch
    case and
    case or
    case not
    case truth
    case equal
    case notEqual
    case strictEqual
    case strictNotEqual
    case less
    case lessOrEqual
    case greater
    case greaterOrEqual
    /// `==`, `===`, `!=` or `!==` of a path and a constant text (``PathAndText``).
    case variableEqualsText
    /// `starts_with` or `ends_with` of a path and a constant text (``PathAndText``).
    case variableStartsWithText
    case variableEndsWithText
    /// `<`, `<=`, `>` or `>=` of a path and a constant number (``PathAndNumber``).
    case variableComparedWithNumber
    case add
    case subtract
    case multiply
    case divide
    case remainder
    case maximum
    case minimum
    case cat
    case substring
    case contains
    /// `in` a constant list (``RuleNode/constants``).
    case containedInConstants
    case merge
    case missing
    case missingSome
    case map
    case filter
    case reduce
    case all
    case none
    case some
    case log
    case startsWith
    case endsWith
    case semanticVersion
    /// `sem_ver` against a constant (``RuleNode/version``).
    case semanticVersionOfConstant
    case fractional
    /// `fractional` whose variants and weights are constants (``RuleNode/buckets``).
    case fractionalOfConstants
    /// An operator nobody knows: reaching it is an error. The value is its name.
    case unknown
}

/// Which data `var` reads where a rule stands.
enum RuleScope: UInt8 {
    /// The context with `$flagd` and the stream's context over it.
    case flag
    /// The element of a `map`, `filter`, `all`, `none` or `some`; or all data of a bare rule.
    case element
    /// `current` and `accumulator` of a `reduce`.
    case reduction
}

/// A node of a compiled rule: plain data whose children and constants live in the flag set's arena.
///
/// Invariant: the compiler wrote `childCount` nodes behind `children`, and constant data of the operation's own type behind `value`.
@safe struct RuleNode: BitwiseCopyable, @unchecked Sendable {
    let operation: RuleOperation
    /// The scope it stands in.
    let scope: RuleScope
    /// Whether a single bare argument gives the argument list when it evaluates to a list.
    let spreads: Bool
    /// Nodes below and including this one, and an eighth of the bytes of paths, for the step limit; capped.
    let weight: UInt32
    let childCount: UInt32
    private let children: UnsafePointer<RuleNode>?
    /// The literal, or the address of constant data.
    var value: RuleValue

    init(
        _ operation: RuleOperation, scope: RuleScope = .flag, spreads: Bool = false, value: RuleValue = .null,
        work: Int = 1, children: UnsafeBufferPointer<RuleNode>? = nil
    ) {
        self.operation = operation
        self.scope = scope
        self.spreads = spreads
        self.value = value
        childCount = UInt32(truncatingIfNeeded: unsafe children?.count ?? 0)
        unsafe self.children = unsafe children?.baseAddress
        var total = work
        for index in 0..<(unsafe children?.count ?? 0) { total += unsafe Int(children?[index].weight ?? 0) }
        weight = UInt32(clamping: total)
    }

    init(literal value: RuleValue) { unsafe self.init(.literal, value: value) }

    /// The node is not copied: an evaluation walks the arena.
    @inline(__always) func child(_ index: Int) -> RuleNodeReference {
        precondition(UInt(bitPattern: index) < UInt(childCount), "index out of range")
        guard let children = unsafe children else { preconditionFailure("a node with a count has children") }
        return unsafe RuleNodeReference(children + index)
    }

    /// The constant data of an operation that has some.
    @inline(__always) func constant<Constant>(_ type: Constant.Type) -> UnsafePointer<Constant> {
        guard let address = unsafe UnsafePointer<Constant>(bitPattern: UInt(value.bits)) else {
            preconditionFailure("the operation has constant data")
        }
        return unsafe address
    }
}

/// Where a node is.
///
/// Invariant: it lies in the arena of a flag set that is alive.
@safe struct RuleNodeReference: @unchecked Sendable {
    let address: UnsafePointer<RuleNode>

    init(_ address: UnsafePointer<RuleNode>) { unsafe self.address = unsafe address }

    @inline(__always) var operation: RuleOperation { unsafe address.pointee.operation }
    @inline(__always) var node: RuleNode { unsafe address.pointee }
    @inline(__always) var scope: RuleScope { unsafe address.pointee.scope }
    @inline(__always) var spreads: Bool { unsafe address.pointee.spreads }
    @inline(__always) var weight: Int { unsafe Int(address.pointee.weight) }
    @inline(__always) var value: RuleValue { unsafe address.pointee.value }
    @inline(__always) var childCount: Int { Int(unsafe address.pointee.childCount) }
    @inline(__always) func child(_ index: Int) -> RuleNodeReference { unsafe address.pointee.child(index) }
    /// Whether there are two arguments and no list in place of them.
    @inline(__always) var isPair: Bool { childCount == 2 && !spreads }
}
