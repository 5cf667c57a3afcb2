/// Decides one setting after the other: the constructor's option, else the first variable that is set, else the default.
struct SettingReader {
    /// The variables; tests give their own.
    let environment: [String: String]
    /// The prefix of the variables' names, without the underscore.
    let prefix: String
    /// What was wrong with variables that were ignored.
    private(set) var warnings: [String] = []

    init(environment: [String: String], prefix: String) {
        self.environment = environment
        self.prefix = prefix
    }

    /// The first of the variables that is set and not empty, with its full name.
    func first(_ names: [String], where isUsable: (String) -> Bool = { _ in true }) -> (name: String, text: String)? {
        for name in names {
            let full = "\(prefix)_\(name)"
            if let text = environment[full], !ConfigurationText.trimmed(text).isEmpty, isUsable(text) {
                return (full, text)
            }
        }
        return nil
    }

    /// Decides a setting whose text may be bad: a bad variable warns and the default stays.
    mutating func setting<Value>(
        _ option: Value?, _ names: [String], default fallback: Value, expected: String,
        where isUsable: (String) -> Bool = { _ in true }, parse: (String) -> Value?
    ) -> EffectiveConfiguration.Setting<Value> {
        if let option { return .init(value: option, origin: .option) }
        guard let (name, text) = first(names, where: isUsable) else { return .init(value: fallback, origin: .default) }
        if let value = parse(text) { return .init(value: value, origin: .environment(name)) }
        warn("\(name) is '\(SyncTarget.redacted(text))', which is not \(expected); the default stays")
        return .init(value: fallback, origin: .default)
    }

    /// Decides a setting that is any text.
    mutating func text(_ option: String?, _ names: [String]) -> EffectiveConfiguration.Setting<String?> {
        setting(option?.isEmpty == true ? nil : option.map(Optional.some), names, default: nil, expected: "a text") {
            $0
        }
    }

    /// Decides a time given in milliseconds by the variable, which must lie in the range.
    mutating func time(
        _ option: Duration?, _ label: String, _ names: [String], default fallback: Duration, in range: ClosedRange<Int>
    ) throws(FlagdError) -> EffectiveConfiguration.Setting<Duration> {
        if let option { try Self.check(option.wholeMilliseconds, range, label, shown: "\(option)", unit: " ms") }
        return setting(option, names, default: fallback, expected: "an integer in \(range)") {
            ConfigurationText.integer($0, in: range).map { .milliseconds($0) }
        }
    }

    /// Decides a whole number, which must lie in the range.
    mutating func integer(
        _ option: Int?, _ label: String, _ names: [String], default fallback: Int, in range: ClosedRange<Int>,
        where isUsable: (String) -> Bool = { _ in true }
    ) throws(FlagdError) -> EffectiveConfiguration.Setting<Int> {
        if let option { try Self.check(option, range, label, shown: "\(option)", unit: "") }
        return setting(option, names, default: fallback, expected: "an integer in \(range)", where: isUsable) {
            ConfigurationText.integer($0, in: range)
        }
    }

    /// Notes something that was ignored.
    mutating func warn(_ message: String) { warnings.append(message) }

    /// Throws a configuration error that names option and value unless the value lies in the range.
    static func check(
        _ value: Int, _ range: ClosedRange<Int>, _ label: String, shown: String, unit: String
    ) throws(FlagdError) {
        guard !range.contains(value) else { return }
        throw FlagdError(
            .configuration,
            "option \(label) is \(shown), which is not in \(range.lowerBound)...\(range.upperBound)\(unit)")
    }
}
