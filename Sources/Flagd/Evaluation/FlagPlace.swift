/// Where a flag stands in its payload.
struct FlagPlace {
    let key: ByteView
    /// The index in the array form.
    let index: Int?
    /// The index of its record.
    let record: Int

    /// The place as a JSON pointer (RFC 6901).
    var pointer: String {
        if let index { return "/flags/\(index)" }
        return "/flags/" + FlagPlace.escaped(key.string)
    }

    /// A member's name as it stands in a JSON pointer (RFC 6901, section 3).
    static func escaped(_ name: String) -> String {
        var escaped = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
