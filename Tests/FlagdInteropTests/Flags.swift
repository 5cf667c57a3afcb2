/// Flag sets that the tests' servers send.
enum Flags {
    /// A flag with two variants, of which the default is given.
    static func flag(_ key: String, _ variant: String) -> String {
        #""\#(key)":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"\#(variant)"}"#
    }

    /// A set of such flags.
    static func set(_ flags: [(key: String, variant: String)]) -> String {
        #"{"flags":{"# + flags.map { flag($0.key, $0.variant) }.joined(separator: ",") + "}}"
    }

    /// A set whose only flag depends on what the server's context says.
    static let contextual = """
        {"flags":{"region":{"state":"ENABLED","variants":{"eu":"Europe","none":"nowhere"},"defaultVariant":"none",\
        "targeting":{"if":[{"==":[{"var":"region"},"eu"]},"eu"]}}}}
        """

    /// A set of about so many bytes.
    static func large(bytes: Int) -> String {
        let one = flag("flag-000000", "on").utf8.count + 1
        let count = bytes / one + 1
        return set(
            (0..<count).map { number in
                let digits = String(number)
                return ("flag-" + String(repeating: "0", count: 6 - digits.count) + digits, "on")
            })
    }
}
