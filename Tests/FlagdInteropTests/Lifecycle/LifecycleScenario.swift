import FlagdTestSupport

/// A scenario of flagd's testbed on the provider level: steps in words.
struct LifecycleScenario: Decodable, Sendable {
    let id: String
    let feature: String
    let tags: [String]
    let steps: [String]

    /// The scenarios with a tag, without those about options alone and those that need remote evaluation.
    static func load(tag: String) throws -> [LifecycleScenario] {
        try SharedData.lines("testbed/lifecycle.jsonl", as: LifecycleScenario.self).filter { scenario in
            scenario.tags.contains(tag) && !scenario.feature.hasSuffix("config.feature")
                && !scenario.tags.contains("caching")
        }
    }

    /// Whether the scenario waits for an error after an outage, so that the grace period must end before the outage does.
    var outlivesGracePeriod: Bool {
        steps.contains { $0.hasPrefix("the connection is lost") }
            && steps.contains { $0.hasPrefix("the error event handler should have been executed") }
    }
}

/// One step, taken apart.
enum LifecycleStep: Equatable {
    /// An option of the provider: its name and value.
    case option(String, String)
    /// A provider against this kind of server.
    case provider(String)
    /// The flag that later steps speak of: its type, key and default.
    case flag(type: String, key: String, fallback: String)
    case evaluate
    case expectValue(String)
    /// Somebody listens; events are recorded in any case.
    case handler
    /// An event of this kind must come, later than those that were expected before.
    case expectEvent(String)
    case loseConnection(seconds: Int)
    case modifyFlag
    case expectFlagInEvent
    case expectFatal

    /// Reads a step; nil when it says something unknown.
    init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        let quoted = text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
        switch text {
        case _ where text.hasPrefix("an option ") && quoted.count == 3: self = .option(quoted[0], quoted[2])
        case _ where text.hasSuffix(" flagd provider"): self = .provider(words[1])
        case _ where text.contains("-flag with key ") && quoted.count == 2:
            self = .flag(
                type: String(words[1].prefix { $0 != "-" }), key: quoted[0], fallback: quoted[1])
        case "the flag was evaluated with details": self = .evaluate
        case _ where text.hasPrefix("the resolved details value should be "): self = .expectValue(quoted[0])
        case _ where text.hasSuffix(" event handler"): self = .handler
        case _ where text.contains(" event handler should have been executed"),
            _ where text.hasSuffix(" event was fired"):
            self = .expectEvent(words[1])
        case _ where text.hasPrefix("the connection is lost for "):
            guard let seconds = words.last.flatMap({ Int($0.dropLast()) }) else { return nil }
            self = .loseConnection(seconds: seconds)
        case "the flag was modified": self = .modifyFlag
        case "the flag should be part of the event payload": self = .expectFlagInEvent
        case "the client should be in fatal state": self = .expectFatal
        default: return nil
        }
    }
}
