/// Turns a rule on a tape into nodes in an arena: operators looked up, `$ref` substituted, paths split, constants folded and tables
/// built, so that an evaluation does none of it.
struct RuleCompiler {
    let arena: Arena
    let fractionalVersion: FractionalVersion
    /// Whether the rule belongs to no flag: its data are all there is.
    let isBare: Bool
    /// The flag's key.
    private(set) var flagKey = ByteView.empty
    /// What literals name.
    private var variants = VariantTable.empty
    /// What `$ref` names; a bare rule has no `$ref`.
    var evaluators: RuleEvaluators?
    /// Whether the flag's key stands in the rule at hand, which then is no other flag's.
    var usesFlagKey = false
    /// Nodes that `$ref` has added to the rule at hand, and to all.
    private var referencedNodes = 0
    private var referencedNodesInAll = 0
    var folding = FoldingBudget()
    /// The paths in evaluators, by where their texts lie: made once, however often the evaluators are substituted.
    private var evaluatorPaths: [TextPlace: RuleValue] = [:]

    /// Why the rule cannot be used.
    private(set) var failure: String?
    /// What can never work, in words.
    private(set) var warnings = RuleWarnings()

    private(set) var scope: RuleScope
    /// How many nodes were made whose evaluation is noticed outside: unknown operators and `log`.
    private(set) var effects = 0
    /// The evaluators being substituted, outermost first.
    private var references: [ByteView] = []
    private var stack: [RuleNode] = []
    /// Where the last search for an operator on the tape at hand began and stopped.
    private var search: (start: Int, stop: Int)?

    init(arena: Arena, fractionalVersion: FractionalVersion, isBare: Bool) {
        self.arena = arena
        self.fractionalVersion = fractionalVersion
        self.isBare = isBare
        scope = isBare ? .element : .flag
    }

    /// Turns to the rule of another flag.
    mutating func begin(flagKey: ByteView, variants: VariantTable) {
        self.flagKey = flagKey
        self.variants = variants
        failure = nil
        usesFlagKey = false
        referencedNodes = 0
        folding.beginRule()
        warnings.beginRule()
        stack.removeAll(keepingCapacity: true)
    }

    /// The rule that begins at an index of a tape; nil when it cannot be used, for the reason in ``failure``.
    mutating func compileRule(_ tape: JSONTape, at index: Int) -> RuleNodeReference? {
        search = nil
        let node = compile(tape, index, depth: 1)
        guard failure == nil else { return nil }
        return unsafe RuleNodeReference(UnsafePointer(arena.store(node)))
    }

    mutating func fail(_ reason: String) {
        if failure == nil { failure = reason }
    }

    mutating func warn(_ reason: @autoclosure () -> String) { warnings.add(reason()) }

    /// The node of the value at an index, which would open the bracket of the given number.
    mutating func compile(_ tape: JSONTape, _ index: Int, depth: Int) -> RuleNode {
        guard failure == nil else { return RuleNode(literal: .null) }
        switch tape[index] {
        case .scalar(let value): return RuleNode(literal: marked(value))
        case .array(let count, _):
            guard checkDepth(depth) else { return RuleNode(literal: .null) }
            if isConstant(tape, index) { return RuleNode(literal: data(tape, index, depth: depth)) }
            let base = compileElements(tape, index, count: count, depth: depth + 1)
            return foldingList(from: base)
        case .object:
            guard checkDepth(depth) else { return RuleNode(literal: .null) }
            guard let (name, argument) = tape.onlyMember(of: index) else {
                return RuleNode(literal: data(tape, index, depth: depth))
            }
            if let target = tape.text(at: argument), name == ByteView("$ref"), !isBare {
                return substituting(target, default: RuleNode(literal: .null)) { compiler, tape, index in
                    compiler.compile(tape, index, depth: depth)
                }
            }
            return operation(named: name, tape, argument, depth: depth)
        }
    }

    /// Literal text knows which variant it names.
    func marked(_ value: RuleValue) -> RuleValue {
        guard value.kind == .text, let index = variants.index(of: value.text), index < RuleValue.maximumMark else {
            return value
        }
        var value = value
        value.mark = UInt32(index + 1)
        return value
    }

    func checkedDepth(_ depth: Int) -> Bool { depth <= JSONLimits.maximumDepth }

    private mutating func checkDepth(_ depth: Int) -> Bool {
        if checkedDepth(depth) { return true }
        fail("its rule has more than \(JSONLimits.maximumDepth) open brackets")
        return false
    }
}

/// Data and references.
extension RuleCompiler {
    /// Whether nothing in a list has to be evaluated: no object in it is an operator.
    ///
    /// Lists in one another are searched once: the outermost one's search answers for those in it.
    private mutating func isConstant(_ tape: JSONTape, _ index: Int) -> Bool {
        let end = tape.end(of: index)
        if let search, search.start <= index, index < search.stop { return search.stop >= end }
        var next = index
        while next < end {
            if case .object = tape[next], tape.onlyMember(of: next) != nil { break }
            next += 1
        }
        search = (index, next)
        return next == end
    }

    /// The value at an index as it stands there, with references substituted.
    mutating func data(_ tape: JSONTape, _ index: Int, depth: Int) -> RuleValue {
        switch tape[index] {
        case .scalar(let value): return value
        case .array(let count, _):
            guard checkDepth(depth) else { return .null }
            let values = unsafe arena.allocate(RuleValue.self, count: count)
            var next = index + 1
            for position in 0..<count {
                unsafe (values + position).initialize(to: data(tape, next, depth: depth + 1))
                next = tape.end(of: next)
            }
            return unsafe RuleValue(list: ValueList(values, count: count))
        case .object:
            guard checkDepth(depth) else { return .null }
            if let (name, argument) = tape.onlyMember(of: index), name == ByteView("$ref"), !isBare,
                let target = tape.text(at: argument)
            {
                return substituting(target, default: .null) { $0.data($1, $2, depth: depth) }
            }
            let members = tape.members(of: index)
            var seen = KeySet(capacity: members.count)
            // Of equal members only the last is there, and refers to anything.
            let last = members.reversed().filter { seen.insert(HashedKey($0.key)) }
            var builder = ObjectTableBuilder(capacity: last.count)
            for (key, value) in last.reversed() { builder.add(key: key, value: data(tape, value, depth: depth + 1)) }
            return builder.build(in: arena)
        }
    }

    /// Goes on with what an evaluator stands for.
    mutating func substituting<Result>(
        _ name: ByteView, default fallback: Result,
        _ body: (inout RuleCompiler, JSONTape, Int) -> Result
    ) -> Result {
        guard let (tape, index) = evaluators?.find(name) else {
            fail("'$ref' names the evaluator '\(name.excerpt)', which does not exist")
            return fallback
        }
        guard !references.contains(where: { $0 == name }) else {
            fail("the evaluator '\(name.excerpt)' refers to itself")
            return fallback
        }
        guard references.count < EvaluationLimits.maximumReferenceDepth else {
            fail("more than \(EvaluationLimits.maximumReferenceDepth) evaluators refer to one another")
            return fallback
        }
        if references.isEmpty && !spendReferenced(name) { return fallback }
        references.append(name)
        search = nil
        defer {
            references.removeLast()
            search = nil
        }
        return body(&self, tape, index)
    }

    /// Counts what an evaluator stands for before it is substituted: a rule that is too large costs nothing.
    private mutating func spendReferenced(_ name: ByteView) -> Bool {
        let nodes = evaluators?.expandedSize(of: name) ?? 0
        guard referencedNodes + nodes <= EvaluationLimits.maximumReferencedNodes else {
            fail("'$ref' expands to more than \(EvaluationLimits.maximumReferencedNodes) nodes")
            return false
        }
        guard referencedNodesInAll + nodes <= EvaluationLimits.maximumReferencedNodesInAll else {
            fail("'$ref' expands to more than \(EvaluationLimits.maximumReferencedNodesInAll) nodes in all rules")
            return false
        }
        referencedNodes += nodes
        referencedNodesInAll += nodes
        return true
    }
}

/// Where a text lies.
private struct TextPlace: Hashable {
    let address: UInt64
    let count: Int

    init(_ text: ByteView) {
        address = text.address
        count = text.count
    }
}

extension RuleCompiler {
    /// The path of a constant text that lives as long as the arena.
    mutating func path(_ text: ByteView) -> VariablePath {
        guard !references.isEmpty else { return VariablePath(text, arena: arena) }
        if let known = evaluatorPaths[TextPlace(text)] { return VariablePath(known) }
        let path = VariablePath(text, arena: arena)
        evaluatorPaths[TextPlace(text)] = path.value
        return path
    }
}

/// The stack on which children gather until their parent is made.
extension RuleCompiler {
    /// Compiles the elements of a list onto the stack and gives the stack's height before.
    mutating func compileElements(_ tape: JSONTape, _ index: Int, count: Int, depth: Int) -> Int {
        let base = stack.count
        var next = index + 1
        for _ in 0..<count {
            push(compile(tape, next, depth: depth))
            next = tape.end(of: next)
        }
        return base
    }

    mutating func push(_ node: RuleNode) { stack.append(node) }

    var stackHeight: Int { stack.count }

    subscript(position: Int) -> RuleNode { stack[position] }

    /// Takes nodes off the stack without using them.
    mutating func drop(to base: Int) { stack.removeLast(stack.count - base) }

    /// Makes a node of the children above a height of the stack and takes them off.
    ///
    /// - Parameter work: what evaluating it without the children takes.
    mutating func make(
        _ operation: RuleOperation, from base: Int, spreads: Bool = false, value: RuleValue = .null, work: Int = 1
    ) -> RuleNode {
        let count = stack.count - base
        let memory = count > 0 ? unsafe arena.copy(stack[base...]) : nil
        drop(to: base)
        return unsafe RuleNode(
            operation, scope: scope, spreads: spreads, value: value, work: work,
            children: UnsafeBufferPointer(start: memory, count: count))
    }

    /// Whether all children above a height of the stack are literals.
    func areLiterals(from base: Int) -> Bool { stack[base...].allSatisfy { $0.operation == .literal } }

    private mutating func foldingList(from base: Int) -> RuleNode {
        guard areLiterals(from: base) else { return make(.list, from: base) }
        let values = stack[base...].map(\.value.asData)
        drop(to: base)
        return unsafe RuleNode(
            literal: RuleValue(list: ValueList(arena.copy(values), count: values.count)))
    }

    /// The value of a node that reads nothing, computed now and kept in the arena; the node itself when that takes too much.
    mutating func folded(_ node: RuleNode) -> RuleNode {
        let scratch = Scratch(in: arena, limit: folding.remainingBytes)
        var machine = RuleMachine(
            context: .empty, enrichment: .empty, flagKey: .emptyText, timestamp: 0,
            fractionalVersion: fractionalVersion, scratch: scratch)
        let value = unsafe withUnsafePointer(to: node) { machine.evaluate(unsafe RuleNodeReference($0)) }
        folding.spend(machine.scratch.usedBytes)
        machine.scratch.free()
        return machine.hasStopped ? node : RuleNode(literal: marked(value))
    }

    mutating func withScope<Result>(_ inner: RuleScope, _ body: (inout RuleCompiler) -> Result) -> Result {
        let outer = scope
        scope = inner
        defer { scope = outer }
        return body(&self)
    }

    mutating func noteEffect() { effects += 1 }
}

extension RuleValue {
    /// A copy whose text, elements and members live in an arena.
    func copied(into arena: Arena) -> RuleValue {
        switch kind {
        case .text: return RuleValue(arena.copy(text))
        case .list:
            let values = elements.map { $0.copied(into: arena) }
            return unsafe RuleValue(list: ValueList(arena.copy(values), count: values.count))
        case .object:
            var builder = ObjectTableBuilder()
            let table = members
            for index in 0..<table.count {
                builder.add(key: arena.copy(table.key(at: index)), value: table.value(at: index).copied(into: arena))
            }
            return builder.build(in: arena)
        default: return self
        }
    }
}
