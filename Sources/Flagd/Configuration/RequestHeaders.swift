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

    /// The name of the first header that gRPC does not let a caller set, and why; nil when all are good.
    ///
    /// gRPC over HTTP/2, "Requests": Custom-Metadata. Names are lower case; `grpc-` and what the call sets itself are reserved.
    var firstProblem: (name: String, reason: String)? {
        for (name, value) in fields {
            if name.isEmpty || !name.utf8.allSatisfy(Self.isNameByte) {
                return (name, "a name has only 0-9 a-z _ - .")
            }
            if name.hasPrefix("grpc-") || Self.reserved.contains(name) { return (name, "the name is reserved") }
            if !value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
                return (name, "a value has only printable ASCII")
            }
        }
        return nil
    }

    private static let reserved: Set<String> = [
        "te", "content-type", "user-agent", "host", "connection", "flagd-selector",
    ]

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x5F, 0x2D, 0x2E: true
        default: false
        }
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
