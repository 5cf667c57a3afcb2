/// The `$evaluators` of a payload: rules to refer to by name.
struct RuleEvaluators {
    private let tape: JSONTape
    private let names: RuleValue
    /// Keeps the names' table.
    private let arena: Arena
    /// What ``expandedSize(of:)`` has found, by where the evaluators begin.
    private var sizes: [Int: Int] = [:]

    /// More than any limit, and small enough to be added to.
    private static let hugeSize = 1 << 40

    /// Reads the object at the start of a tape; anything else holds no evaluators.
    init(_ tape: JSONTape, arena: Arena) {
        self.tape = tape
        self.arena = arena
        var builder = ObjectTableBuilder()
        for (name, index) in tape.count > 0 ? tape.members(of: 0) : [] {
            builder.add(key: name, value: RuleValue(Int64(index)))
        }
        names = builder.build(in: arena)
    }

    /// Where an evaluator begins.
    func find(_ name: ByteView) -> (tape: JSONTape, index: Int)? { position(of: name).map { (tape, $0) } }

    private func position(of name: ByteView) -> Int? {
        names.members.find(HashedKey(name)).map { Int($0.integer) }
    }

    /// Whether a rule is nothing but references to `null` or `{}`: no rule.
    func leadToNoRule(_ rule: JSONTape, at index: Int) -> Bool {
        var place = (tape: rule, index: index)
        for _ in 0...EvaluationLimits.maximumReferenceDepth {
            if place.tape.isNoRule(at: place.index) { return true }
            guard let name = place.tape.reference(at: place.index), let target = find(name) else { return false }
            place = target
        }
        return false
    }

    /// How many nodes an evaluator stands for when all references in it are followed.
    ///
    /// O(n) for all evaluators together, whatever they refer to; what refers to itself is not followed.
    mutating func expandedSize(of name: ByteView) -> Int {
        guard let start = position(of: name) else { return 0 }
        if let known = sizes[start] { return known }
        // Depth first without recursion: chains of evaluators can be long.
        var open: [(start: Int, next: Int, size: Int)] = [(start, start, 0)]
        var entered: Set<Int> = [start]
        while var current = open.popLast() {
            let end = tape.end(of: current.start)
            var pending: Int?
            while current.next < end, pending == nil {
                let target = tape.reference(at: current.next).flatMap { position(of: $0) }
                if let target, let known = sizes[target] {
                    current.size += known
                } else if let target, entered.insert(target).inserted {
                    pending = target
                    continue
                }
                current.size = min(current.size + tape.size(at: current.next), RuleEvaluators.hugeSize)
                current.next += 1
            }
            if let pending {
                open.append(current)
                open.append((pending, pending, 0))
            } else {
                sizes[current.start] = current.size
            }
        }
        return sizes[start] ?? 0
    }
}

extension JSONTape {
    /// The name in a `{"$ref":"name"}` at an index.
    func reference(at index: Int) -> ByteView? {
        guard let (name, target) = onlyMember(of: index), name == ByteView("$ref") else { return nil }
        return text(at: target)
    }

    /// What compiling the node at an index takes: a long text is read many times over when references repeat it.
    func size(at index: Int) -> Int { 1 + (text(at: index)?.count ?? 0) >> 6 }

    /// Whether there is `null` or `{}`, which are no rule.
    func isNoRule(at index: Int) -> Bool {
        switch self[index] {
        case .scalar(let value): value.isNull
        case .object(let count, _): count == 0
        case .array: false
        }
    }
}
