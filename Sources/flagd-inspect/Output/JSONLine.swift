import Flagd

/// One JSON object on one line, its members in the order they were added.
struct JSONLine {
    private var members: [String] = []

    /// Makes one without members.
    init() {}

    /// Adds a member.
    mutating func add(_ name: String, _ value: Value) {
        add(name, json: JSON.text(of: value))
    }

    /// Adds a member, or nothing for nil.
    mutating func add(_ name: String, ifPresent value: Value?) {
        if let value { add(name, value) }
    }

    /// Adds a member whose value is JSON text already.
    mutating func add(_ name: String, json: String) {
        members.append(JSON.text(of: .string(name)) + ":" + json)
    }

    /// The object's text, without line end.
    var text: String { "{" + members.joined(separator: ",") + "}" }
}
