/// Flag sets in flagd's format, for tests.
enum FlagSetText {
    /// A set of boolean flags with the given values.
    static func booleans(_ flags: KeyValuePairs<String, Bool>) -> String {
        let members = flags.map { key, value in
            #""\#(key)":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"\#(value ? "on" : "off")"}"#
        }
        return #"{"flags":{\#(members.joined(separator: ","))}}"#
    }

    static let empty = #"{"flags":{}}"#
    static let broken = #"{"flags":"#
}
