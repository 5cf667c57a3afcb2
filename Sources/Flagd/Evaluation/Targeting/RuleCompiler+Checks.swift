/// Warnings of what can never work, whatever the data.
extension RuleCompiler {
    mutating func checkSemanticVersion(_ base: Int, spreads: Bool) {
        guard !spreads else { return }
        guard stackHeight - base == 3 else { return warn("'sem_ver' takes exactly three arguments") }
        let comparison = self[base + 1]
        if comparison.operation == .literal && SemanticVersionOperator(comparison.value.text) == nil {
            warn("'sem_ver' does not know the operator \(comparison.value.excerpt)")
        }
        for version in [self[base], self[base + 2]] where version.operation == .literal {
            if versionText(version.value).flatMap({ SemanticVersion($0) }) == nil {
                warn("\(version.value.excerpt) is no semantic version")
            }
        }
    }

    mutating func checkAffix(_ name: ByteView, _ base: Int, spreads: Bool) {
        guard !spreads else { return }
        let isOther = { (node: RuleNode) in node.operation == .literal && node.value.kind != .text }
        if stackHeight - base != 2 {
            warn("'\(name.string)' takes exactly two strings")
        } else if isOther(self[base]) || isOther(self[base + 1]) {
            warn("'\(name.string)' compares strings only")
        }
    }
}

/// `fractional`.
extension RuleCompiler {
    /// What is known of an argument that has to be a bucket.
    enum CheckedBucket {
        /// It has this weight, whatever its variant.
        case weight(UInt64)
        /// Its weight, or whether it is a bucket, is only known when the rule runs.
        case computed
        /// It can never be a bucket, for this reason.
        case unusable(String)
    }

    mutating func checkFractional(_ base: Int, spreads: Bool) {
        guard !spreads else { return }
        guard stackHeight > base else { return warn("'fractional' has no buckets") }
        let isBucket = self[base].isList
        if !isBucket { checkBucketingValue(self[base]) }
        var total: UInt64 = 0
        // A computed first argument may turn out to be a bucket.
        var isTotalKnown = isBucket || self[base].isNeverList
        for position in (isBucket ? base : base + 1)..<stackHeight {
            switch checkedBucket(self[position]) {
            case .weight(let weight): total += weight
            case .computed: isTotalKnown = false
            case .unusable(let reason): return warn(reason)
            }
        }
        if total > UInt64(Bucketing.maximumWeight) || (total == 0 && isTotalKnown) {
            warn("the weights of 'fractional' sum up to \(total), which is not in 1...\(Bucketing.maximumWeight)")
        }
    }

    private mutating func checkBucketingValue(_ node: RuleNode) {
        guard node.operation == .literal else { return }
        let isUsable = fractionalVersion == .v3 ? !node.value.isNull : node.value.isNull || node.value.kind == .text
        if !isUsable { warn("'fractional' cannot bucket by \(node.value.excerpt)") }
    }

    func checkedBucket(_ node: RuleNode) -> CheckedBucket {
        let (variant, weight): (RuleValue?, RuleValue?)
        switch node.operation {
        case .literal:
            let parts = node.value.elements
            (variant, weight) = (parts.first ?? RuleValue(list: .empty), parts.count > 1 ? parts[1] : .null)
        case .list:
            (variant, weight) = (
                node.child(0).knownValue, node.childCount > 1 ? node.child(1).knownValue : .null
            )
        default: return .computed
        }
        if let variant, !Bucketing.isVariant(variant) {
            return .unusable(
                "'fractional' takes buckets [variant, weight] with a string, boolean, number or null as variant")
        }
        guard let weight else { return .computed }
        guard let weight = Bucketing.weight(weight) else {
            return .unusable("a weight of 'fractional' is no whole number up to \(Bucketing.maximumWeight)")
        }
        return .weight(weight)
    }
}

extension RuleNode {
    /// Whether its value is a list, whatever the data.
    fileprivate var isList: Bool { operation == .list || (operation == .literal && value.kind == .list) }

    /// Whether its value is no list, whatever the data.
    fileprivate var isNeverList: Bool {
        switch operation {
        case .literal: value.kind != .list
        case .cat, .substring: true
        default: false
        }
    }
}

extension RuleNodeReference {
    /// The value of a literal; an empty list for any computed one; nil when it is not known.
    fileprivate var knownValue: RuleValue? {
        switch operation {
        case .literal: value
        case .list: RuleValue(list: .empty)
        default: nil
        }
    }
}

extension RuleValue {
    /// The value for a message: of a long text the beginning, of a list or an object only what it is.
    var excerpt: String {
        switch kind {
        case .text: JSON.text(of: .string(text.excerpt))
        case .list: "a list"
        case .object: "an object"
        default: JSON.text(of: Value(self))
        }
    }
}
