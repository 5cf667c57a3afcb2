import Flagd

/// What `demo` evaluates: a flag set in flagd's format, and the people who ask.
enum DemoFlags {
    /// A flag set that uses a rule of each common kind.
    static let flags = """
        {
          "$evaluators": { "is-staff": { "ends_with": [{ "var": "email" }, "@example.com"] } },
          "metadata": { "flagSetId": "demo" },
          "flags": {
            "new-checkout": {
              "state": "ENABLED", "variants": { "on": true, "off": false }, "defaultVariant": "off",
              "targeting": { "if": [{ "$ref": "is-staff" }, "on"] }
            },
            "button-color": {
              "state": "ENABLED", "variants": { "blue": "#0077b6", "green": "#2a9d8f" }, "defaultVariant": "blue",
              "targeting": { "fractional": [["blue", 50], ["green", 50]] }
            },
            "items-per-page": {
              "state": "ENABLED", "variants": { "few": 20, "many": 100 }, "defaultVariant": "few",
              "targeting": { "if": [{ "sem_ver": [{ "var": "appVersion" }, ">=", "2.0.0"] }, "many"] }
            },
            "discount": {
              "state": "ENABLED", "variants": { "none": 0.0, "gold": 0.15 }, "defaultVariant": "none",
              "targeting": { "if": [{ "in": [{ "var": "tier" }, ["gold", "platinum"]] }, "gold"] }
            },
            "banner": {
              "state": "ENABLED", "variants": { "spring": { "text": "Spring sale", "days": 7 } },
              "defaultVariant": "spring"
            },
            "old-search": { "state": "DISABLED", "variants": { "on": true }, "defaultVariant": "on" }
          }
        }
        """

    /// The same set after somebody changed one flag.
    static let changed = flags.replacing("[\"blue\", 50], [\"green\", 50]", with: "[\"blue\", 0], [\"green\", 100]")

    /// The flags asked for, each by its type.
    static let queries: [FlagQuery] = [
        "new-checkout:boolean", "button-color:string", "items-per-page:integer", "discount:double", "banner:object",
        "old-search:boolean",
    ].compactMap { try? FlagQuery(parsing: $0) }

    /// Who asks.
    static let people: [(name: String, context: EvaluationContext)] = [
        ("a guest", EvaluationContext(targetingKey: "guest-7")),
        (
            "Ada, staff",
            EvaluationContext(
                targetingKey: "ada", attributes: ["email": "ada@example.com", "tier": "gold", "appVersion": "2.1.0"])
        ),
        (
            "Bob",
            EvaluationContext(
                targetingKey: "bob", attributes: ["email": "bob@example.org", "tier": "silver", "appVersion": "1.9.3"])
        ),
    ]
}
