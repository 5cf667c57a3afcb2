import FlagdGRPC

/// Headers that every call to the server carries.
///
/// Their values are taken for secrets and shown nowhere.
public struct RequestHeaders: Sendable {
    /// Name and value, in the order given.
    let fields: [(name: String, value: String)]

    /// Makes a list of headers in their order; a name may occur several times.
    public init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

    /// The names, in the order given.
    public var names: [String] { fields.map(\.name) }

    /// Whether there is none.
    public var isEmpty: Bool { fields.isEmpty }

    /// The name of the first header that a call cannot carry, and why; nil when all are good.
    ///
    /// gRPC over HTTP/2, "Requests": Custom-Metadata.
    var firstProblem: (name: String, reason: String)? {
        var metadata = GRPCMetadata()
        for (name, value) in fields {
            if name == FlagSyncClient.selectorHeader { return (name, "the selector is an option of its own") }
            do throws(GRPCMetadataError) {
                try metadata.append(name: name, text: value)
            } catch {
                return (name, "\(error)")
            }
        }
        return nil
    }
}

extension RequestHeaders: ExpressibleByDictionaryLiteral, CustomStringConvertible, CustomReflectable {
    /// Makes headers of a literal, in its order.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { (name: $0, value: $1) })
    }

    /// The names; the values are redacted.
    public var description: String { names.map { "\($0): <redacted>" }.joined(separator: ", ") }

    /// Shows the names only, so that `dump` and the debugger print no secret.
    public var customMirror: Mirror { Mirror(self, children: ["names": names]) }
}
