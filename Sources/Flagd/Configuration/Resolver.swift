extension FlagdOptions {
    /// Where the flags come from, as text that an environment variable can hold.
    ///
    /// Compared in any case.
    public struct Resolver: Sendable, RawRepresentable, ExpressibleByStringLiteral, CustomStringConvertible {
        /// The text as given.
        public let rawValue: String

        /// Makes a resolver of a text; whether it is known shows when the provider is made.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Makes a resolver of a literal.
        public init(stringLiteral value: String) { rawValue = value }

        /// Rules evaluated in this process, flags from a flagd-compatible sync server, or from a file when a path is set.
        ///
        /// The default.
        public static let inProcess = Resolver(rawValue: "in-process")
        /// Flags from a sync server, even when a file's path is set.
        public static let grpc = Resolver(rawValue: "grpc")
        /// Flags from a file.
        public static let file = Resolver(rawValue: "file")
        /// Flags from a custom resource.
        public static let kubernetes = Resolver(rawValue: "kubernetes")
        /// Remote evaluation, which this provider does not do: taken as ``inProcess``, with a warning.
        public static let rpc = Resolver(rawValue: "rpc")

        /// The text as given.
        public var description: String { rawValue }

        /// The known resolver that the text means, or nil.
        var known: Known? { Known(rawValue: rawValue.lowercased()) }

        /// The resolvers this version knows.
        enum Known: String, CaseIterable {
            case inProcess = "in-process"
            case grpc, file, kubernetes, rpc
        }
    }
}

extension FlagdOptions.Resolver: Hashable {
    /// Compares in any case.
    public static func == (left: Self, right: Self) -> Bool {
        left.rawValue.lowercased() == right.rawValue.lowercased()
    }

    /// Hashes the lower-case text.
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue.lowercased()) }
}

/// The name that code of this package may use where nothing else is called so.
package typealias Resolver = FlagdOptions.Resolver
