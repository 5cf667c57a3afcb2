import Flagd

/// The shapes that the schema demands of flagd's own operators, and of what flagd adds to the context
/// (flagd.dev/schema/v0/targeting.json).
extension SchemaCheck {
    mutating func check(rule: Value, flagKey: String?, at pointer: String) {
        switch rule {
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                check(rule: element, flagKey: flagKey, at: "\(pointer)/\(index)")
            }
        case .structure(let members):
            // With several members, or none, it is no operator but an object.
            guard members.count == 1, let (name, argument) = members.first else { return }
            let place = "\(pointer)/\(Self.escaped(name))"
            check(operator: name, argument, flagKey: flagKey, at: place)
            check(rule: argument, flagKey: flagKey, at: place)
        default: break
        }
    }

    private mutating func check(operator name: String, _ argument: Value, flagKey: String?, at pointer: String) {
        switch name {
        case "var": checkVariable(argument, flagKey: flagKey, at: pointer)
        case "fractional", "sem_ver", "starts_with", "ends_with":
            guard let arguments = argument.listValue else {
                if !argument.isReference { warn(flagKey, pointer, "the arguments of '\(name)' are no list") }
                return
            }
            if name == "fractional" { checkFractional(arguments, flagKey: flagKey, at: pointer) }
        default: break
        }
    }

    private mutating func checkVariable(_ argument: Value, flagKey: String?, at pointer: String) {
        guard let path = (argument.listValue?.first ?? argument).stringValue, path.utf8.starts(with: "$flagd.".utf8),
            path != "$flagd.flagKey", path != "$flagd.timestamp"
        else { return }
        warn(flagKey, pointer, "'\(path)' is nothing that flagd adds; there are $flagd.flagKey and $flagd.timestamp")
    }

    private mutating func checkFractional(_ arguments: [Value], flagKey: String?, at pointer: String) {
        if arguments.first?.stringValue != nil {
            warn(flagKey, pointer + "/0", "the value to bucket by is a constant: everybody is in the same bucket")
        }
        for (index, argument) in arguments.enumerated() {
            guard let bucket = argument.listValue else { continue }
            if bucket.count > 2 {
                warn(flagKey, "\(pointer)/\(index)", "a bucket is a variant and a weight; the rest is ignored")
            }
            if bucket.count > 1, let weight = bucket[1].doubleValue, weight < 0 {
                warn(flagKey, "\(pointer)/\(index)/1", "a negative weight counts as 0")
            }
        }
    }
}

extension Value {
    /// Whether it is a `{"$ref":"name"}`.
    fileprivate var isReference: Bool {
        structureValue.map { $0.count == 1 && $0["$ref"]?.stringValue != nil } ?? false
    }
}
