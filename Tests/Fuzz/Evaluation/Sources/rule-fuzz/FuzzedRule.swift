import FuzzSupport

/// A rule that bytes make.
indirect enum FuzzedRule {
    /// A scalar by its index.
    case constant(Int)
    case list([FuzzedRule])
    case operation(name: String, arguments: [FuzzedRule], isBare: Bool)
    /// An object of several members.
    case object

    /// Scalars at the edges of what operators look at.
    static let scalars = [
        "null", "true", "false", "0", "1", "-1", "2", "3", "25", "1.5", "0.1", "-0.0", "1.0", "1e21", "1e308",
        "2147483647",
        "9223372036854775807", "-9223372036854775808", "18446744073709551615", "9007199254740993", "9007199254740992.0",
        #""""#, #""a""#, #""b""#, #""x""#, #""0""#, #""1""#, #""1.0""#, #"" 1 ""#, #""Infinity""#, #""é""#,
        #""e\u0301""#,
        #""abcdefghijklmnopqrstuvwxyz""#, #""1.2.3""#, #""v2""#, #""1.2.3-rc.1""#, #""=""#, #""<""#, #"">=""#, #""^""#,
        #""~""#,
        #""l""#, #""l.0""#, #""l.1""#, #""o.x""#, #""o""#, #""t""#, #""n""#, #""current""#, #""accumulator""#,
        #""none""#,
        #""targetingKey""#, #""$flagd.flagKey""#, #""$flagd""#, #""o.""#, #""l.00""#,
    ]

    private static let names = [
        "var", "if", "==", "===", "!=", "!==", "<", "<=", ">", ">=", "!", "!!", "and", "or", "+", "-", "*", "/", "%",
        "max", "min", "map", "filter", "reduce", "all", "some", "none", "merge", "in", "cat", "substr", "missing",
        "missing_some", "log", "fractional", "sem_ver", "starts_with", "ends_with", "?:", "unknown",
    ]

    private static let iterations: Set = ["map", "filter", "reduce", "all", "some", "none"]

    init(_ decisions: inout FuzzedInput, depth: Int) {
        let kind = decisions.number(below: 16)
        switch kind {
        case _ where depth == 0 || decisions.isAtEnd, 0...3:
            self = .constant(decisions.number(below: FuzzedRule.scalars.count))
        case 4, 5: self = .list(FuzzedRule.several(&decisions, depth: depth))
        case 6: self = .object
        case 7, 8:
            self = .operation(
                name: "var", arguments: [.constant(decisions.number(below: FuzzedRule.scalars.count))], isBare: true)
        case 9:
            let argument = FuzzedRule(&decisions, depth: depth - 1)
            self = .operation(name: decisions.one(of: FuzzedRule.names), arguments: [argument], isBare: true)
        default:
            let name = decisions.one(of: FuzzedRule.names)
            self = .operation(name: name, arguments: FuzzedRule.several(&decisions, depth: depth), isBare: false)
        }
    }

    private static func several(_ decisions: inout FuzzedInput, depth: Int) -> [FuzzedRule] {
        (0..<decisions.number(below: 6)).map { _ in FuzzedRule(&decisions, depth: depth - 1) }
    }

    /// The rule as JSON; its constants, where they can be reached, as themselves or read from the data.
    func text(readsConstants: Bool) -> String {
        switch self {
        case .constant(let index): return readsConstants ? #"{"var":"c\#(index)"}"# : FuzzedRule.scalars[index]
        case .list(let elements): return FuzzedRule.text(elements, readsConstants)
        case .object: return #"{"a":1,"b":{"var":"a"}}"#
        case .operation(let name, let arguments, let isBare):
            var texts = arguments.map { $0.text(readsConstants: readsConstants) }
            if FuzzedRule.iterations.contains(name), arguments.count > 1 {
                texts[1] = arguments[1].text(readsConstants: false)
            }
            // An argument that is a list in brackets would be the argument list.
            if isBare, case .list = arguments[0] { return #"{"\#(name)":[\#(texts[0])]}"# }
            return #"{"\#(name)":\#(isBare ? texts[0] : "[" + texts.joined(separator: ",") + "]")}"#
        }
    }

    private static func text(_ elements: [FuzzedRule], _ readsConstants: Bool) -> String {
        "[" + elements.map { $0.text(readsConstants: readsConstants) }.joined(separator: ",") + "]"
    }

    /// Data with all constants, and members that paths name.
    static func data(_ decisions: inout FuzzedInput) -> String {
        var members = scalars.enumerated().map { #""c\#($0)":\#($1)"# }
        let scalar = { (decisions: inout FuzzedInput) in decisions.one(of: scalars) }
        for name in ["a", "b", "t", "n"] { members.append(#""\#(name)":\#(scalar(&decisions))"#) }
        var list = (0..<decisions.number(below: 12)).map { _ in scalar(&decisions) }
        list.append(#"{"x":\#(scalar(&decisions)),"targetingKey":"u"}"#)
        members.append(#""l":[\#(list.joined(separator: ","))]"#)
        members.append(#""o":{"x":\#(scalar(&decisions)),"":[\#(scalar(&decisions))]}"#)
        members.append(#""targetingKey":\#(scalar(&decisions))"#)
        return "{" + members.joined(separator: ",") + "}"
    }
}
