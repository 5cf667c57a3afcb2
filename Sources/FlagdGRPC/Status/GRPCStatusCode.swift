/// The seventeen codes a gRPC call can end with (grpc/grpc `doc/statuscodes.md`).
package enum GRPCStatusCode: Int, CaseIterable, Hashable, Sendable {
    /// The call succeeded.
    case ok = 0
    /// The call was cancelled, usually by its caller.
    case cancelled = 1
    /// Something failed that no other code describes, or the peer's answer names no code that exists.
    case unknown = 2
    /// The request is wrong whatever the state of the server.
    case invalidArgument = 3
    /// The time for the call ran out.
    case deadlineExceeded = 4
    /// What was asked for does not exist.
    case notFound = 5
    /// What was to be created exists.
    case alreadyExists = 6
    /// The caller is known and may not do this.
    case permissionDenied = 7
    /// A limit was reached: a quota, a message size, a header list.
    case resourceExhausted = 8
    /// The server is in no state for this call.
    case failedPrecondition = 9
    /// The call lost against another one.
    case aborted = 10
    /// The request reaches beyond the valid range.
    case outOfRange = 11
    /// The server does not offer this method.
    case unimplemented = 12
    /// A rule both sides rely on was broken (code name `INTERNAL`).
    case internalError = 13
    /// There is no server at the moment; trying again may help.
    case unavailable = 14
    /// Data is lost for good.
    case dataLoss = 15
    /// The caller has shown no valid credentials.
    case unauthenticated = 16

    /// The name in the specification's spelling, for example `DEADLINE_EXCEEDED`.
    package var name: String {
        switch self {
        case .ok: "OK"
        case .cancelled: "CANCELLED"
        case .unknown: "UNKNOWN"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .alreadyExists: "ALREADY_EXISTS"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .outOfRange: "OUT_OF_RANGE"
        case .unimplemented: "UNIMPLEMENTED"
        case .internalError: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .dataLoss: "DATA_LOSS"
        case .unauthenticated: "UNAUTHENTICATED"
        }
    }

    /// The code with this name in any case, or with this number; spaces around it do not count.
    ///
    /// Nil for everything else. `CANCELED` is taken as `CANCELLED`.
    package init?(name: String) {
        let bytes = name.utf8.drop(while: Self.isSpace)
        let trimmed = bytes.prefix(
            upTo: (bytes.lastIndex { !Self.isSpace($0) }).map(bytes.index(after:)) ?? bytes.startIndex)
        let upper = String(decoding: trimmed.map { (0x61...0x7a).contains($0) ? $0 &- 0x20 : $0 }, as: UTF8.self)
        if let number = Self.number(trimmed) {
            self.init(rawValue: number)
        } else if let code = Self.allCases.first(where: { $0.name == upper }) {
            self = code
        } else if upper == "CANCELED" {
            self = .cancelled
        } else {
            return nil
        }
    }

    /// The value of one to nine decimal digits, nil for anything else.
    static func number(_ text: some Collection<UInt8>) -> Int? {
        guard (1...9).contains(text.count) else { return nil }
        var value = 0
        for byte in text {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value &* 10 &+ Int(byte &- 0x30)
        }
        return value
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte)
    }
}

extension GRPCStatusCode: CustomStringConvertible {
    /// The same as ``name``.
    package var description: String { name }
}
