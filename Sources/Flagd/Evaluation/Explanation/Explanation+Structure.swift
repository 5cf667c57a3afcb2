extension Explanation {
    /// The explanation as data, for JSON.
    ///
    /// The members `flagKey`, `value`, `variant`, `reason`, `errorCode`, `errorMessage` and `metadata` are the evaluation's;
    /// `timestamp`, `isComplete` and `steps` are the explanation's. What is absent is `null`.
    public var structure: Value {
        [
            "flagKey": .string(flagKey), "value": details.value, "variant": .text(details.variant),
            "reason": .string(details.reason.rawValue), "errorCode": .text(details.errorCode?.rawValue),
            "errorMessage": .text(details.errorMessage),
            "metadata": .structure(Structure(members: details.flagMetadata.map { ($0.key, $0.value.value) })),
            "timestamp": timestamp.map { .integer($0) } ?? .null, "isComplete": .boolean(isComplete),
            "steps": .list(steps.map(\.structure)),
        ]
    }
}

extension Explanation.Step {
    /// The step as data: `kind` with the members of its kind, and `role`, `value`, `notes` and `steps` where there are some.
    public var structure: Value {
        var members = subject.members
        members["role"] = role.map(Value.string)
        members["value"] = value
        if !notes.isEmpty { members["notes"] = .list(notes.map(Value.string)) }
        if !steps.isEmpty { members["steps"] = .list(steps.map(\.structure)) }
        return .structure(members)
    }
}

extension Explanation.Subject {
    fileprivate var members: Structure {
        switch self {
        case .fact(let words): ["kind": "fact", "text": .string(words)]
        case .literal: ["kind": "literal"]
        case .list: ["kind": "list"]
        case .operation(let name): ["kind": "operation", "name": .string(name)]
        case .reference(let name): ["kind": "reference", "name": .string(name)]
        case .variable(let path, let isFound, let usesDefault):
            [
                "kind": "variable", "path": .string(path), "isFound": .boolean(isFound),
                "usesDefault": .boolean(usesDefault),
            ]
        case .fractional(let bucketing): ["kind": "fractional", "bucketing": bucketing?.structure ?? .null]
        case .element(let value): ["kind": "element", "element": value]
        }
    }
}

extension Explanation.Bucketing {
    /// The bucketing as data.
    ///
    /// What was hashed is `hashedText`, or `hashedHex` when it is no text.
    public var structure: Value {
        [
            "version": .string(version.rawValue), isUTF8 ? "hashedText" : "hashedHex": .string(hashedText),
            "hashedByteCount": .integer(Int64(hashedByteCount)), "hash": .integer(Int64(hash)),
            "totalWeight": Value(totalWeight), "bucket": bucket.map { Value($0) } ?? .null,
            "percent": .double(percent), "ranges": .list(ranges.map(\.structure)),
            "winner": winner?.structure ?? .null,
            "winnerIndex": winnerIndex.map { .integer(Int64($0)) } ?? .null,
        ]
    }
}

extension Explanation.BucketRange {
    /// The range as data.
    ///
    /// Both bounds of each range, the upper one outside.
    public var structure: Value {
        [
            "variant": variant, "weight": Value(buckets.upperBound - buckets.lowerBound),
            "buckets": [Value(buckets.lowerBound), Value(buckets.upperBound)],
            "percent": [.double(percent.lowerBound), .double(percent.upperBound)],
            "hashes": hashes.map { [Value($0.lowerBound), Value($0.upperBound)] } ?? .null,
        ]
    }
}

extension Value {
    /// A text, or null.
    fileprivate static func text(_ text: String?) -> Value { text.map(Value.string) ?? .null }
}
