import Flagd

/// What flagd's published schema demands of a flag file beyond what an evaluation needs
/// (flagd.dev/schema/v0/flags.json: required members, types of variants, rules as objects).
///
/// Everything that keeps a flag from working is found by the evaluation itself; see ``FlagdProvider/diagnostics``.
struct SchemaCheck {
    private(set) var findings: [FlagDiagnostic] = []

    /// Checks a payload that is JSON.
    init(_ payload: Value) {
        guard let payload = payload.structureValue else { return }
        check(payload["$evaluators"], flagKey: nil, at: "/$evaluators", "the evaluators are no object")
        for (name, evaluator) in payload["$evaluators"]?.structureValue ?? [:] {
            let pointer = "/$evaluators/\(Self.escaped(name))"
            check(evaluator, flagKey: nil, at: pointer, "the evaluator is no object")
            check(rule: evaluator, flagKey: nil, at: pointer)
        }
        switch payload["flags"] {
        case .structure(let flags):
            for (key, flag) in flags { check(flag: flag, key: key, at: "/flags/\(Self.escaped(key))") }
        case .list(let flags):
            for (index, flag) in flags.enumerated() {
                check(flag: flag, key: flag.structureValue?["key"]?.stringValue, at: "/flags/\(index)")
            }
        case nil, .null: warn(nil, "/flags", "flags are missing")
        default: break
        }
    }

    private mutating func check(flag: Value, key: String?, at pointer: String) {
        guard let flag = flag.structureValue else { return }
        if key?.isEmpty == true { warn(key, pointer, "the flag's key is empty") }
        if flag["state"]?.isNull ?? true { warn(key, pointer, "state is missing; the flag counts as enabled") }
        check(flag["targeting"], flagKey: key, at: pointer + "/targeting", "the rule is no object")
        check(rule: flag["targeting"] ?? .null, flagKey: key, at: pointer + "/targeting")
        for (name, value) in flag["variants"]?.structureValue ?? [:] {
            let place = "\(pointer)/variants/\(Self.escaped(name))"
            if name.isEmpty { warn(key, place, "the variant's name is empty") }
            switch value {
            case .null: warn(key, place, "a variant is a boolean, a string, a number or an object, not null")
            case .list: warn(key, place, "a variant is a boolean, a string, a number or an object, not a list")
            default: break
            }
        }
    }

    /// Warns of a member that is there and no object.
    private mutating func check(_ value: Value?, flagKey: String?, at pointer: String, _ reason: String) {
        switch value {
        case nil, .null, .structure: break
        default: warn(flagKey, pointer, reason)
        }
    }

    mutating func warn(_ flagKey: String?, _ pointer: String, _ reason: String) {
        findings.append(FlagDiagnostic(flagKey: flagKey, pointer: pointer, reason: reason, severity: .warning))
    }

    /// A member's name as a part of a JSON pointer (RFC 6901, section 3).
    static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
