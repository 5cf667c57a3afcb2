import FlagdGRPC

/// The flag set that the older service's messages build up (specification: provider, "gRPC source", Legacy).
struct LegacyFlagSet: Sendable {
    /// The set as JSON text; nil before the first message that has flags.
    private(set) var text: ArraySlice<UInt8>?

    /// Takes a message over, and says whether the set is to be handed on.
    ///
    /// - Throws: ``JSONError`` when flags are to be merged and a text is no JSON; the set stays.
    mutating func apply(_ message: LegacySyncFlagsResponse) throws(JSONError) -> Bool {
        switch message.state {
        case .all: text = message.flagConfiguration
        case .add, .update: text = try merged(message.flagConfiguration) { $0.merging($1) }
        case .delete:
            text = try merged(message.flagConfiguration) { known, removed in
                var rest = known
                for key in removed.keys { rest[key] = nil }
                return rest
            }
        case .ping, .unspecified, .unrecognized: return false
        }
        return true
    }

    /// Takes a whole set over.
    mutating func replace(_ whole: ArraySlice<UInt8>) { text = whole }

    /// The set with its flags changed; other members, such as `$evaluators`, are the message's where it has them.
    private func merged(
        _ message: ArraySlice<UInt8>, _ combine: (_ known: Structure, _ given: Structure) -> Structure
    ) throws(JSONError) -> ArraySlice<UInt8> {
        let known = try Self.members(text ?? [])
        let given = try Self.members(message)
        var result = known.merging(given)
        let flags = combine(Self.flags(known), Self.flags(given))
        result["flags"] = .structure(flags)
        return Array(JSON.text(of: .structure(result)).utf8)[...]
    }

    private static func members(_ text: ArraySlice<UInt8>) throws(JSONError) -> Structure {
        text.isEmpty ? Structure() : try JSON.parse(Array(text)).structureValue ?? Structure()
    }

    private static func flags(_ members: Structure) -> Structure { members["flags"]?.structureValue ?? Structure() }
}
