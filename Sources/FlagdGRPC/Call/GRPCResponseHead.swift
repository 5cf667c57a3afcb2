package import FlagdHTTP2

/// What the first header block of a response says about it.
package enum GRPCResponseHead: Equatable, Sendable {
    /// A gRPC response begins; `encoding` is its `grpc-encoding`.
    case response(encoding: String?)
    /// There is nothing but this block: status and metadata (gRPC over HTTP/2, "Trailers-Only").
    case trailersOnly(GRPCStatus)
    /// The answer is not gRPC.
    case refused(GRPCStatus)

    /// Judges a header block.
    ///
    /// HTTP/2 has made sure that `:status` is there once and has three digits.
    package init(_ fields: [HeaderField], endStream: Bool) {
        let status = Self.value(of: ":status", in: fields).flatMap { GRPCStatusCode.number($0.utf8) }
        let grpcStatus = GRPCTrailers.status(of: fields)
        let isGRPC = Self.value(of: "content-type", in: fields).map(Self.isGRPC) ?? false
        if let grpcStatus, !grpcStatus.isOK, endStream || status != 200 {
            self = .trailersOnly(grpcStatus)
        } else if status != 200 {
            self = .refused(Self.httpFailure(status: status ?? 0, fields))
        } else if !isGRPC {
            self = .refused(Self.contentTypeFailure(fields))
        } else if endStream {
            self = .trailersOnly(grpcStatus ?? GRPCTrailers.missingStatus)
        } else {
            self = .response(encoding: Self.value(of: "grpc-encoding", in: fields))
        }
    }

    /// Whether a `content-type` is gRPC's: `application/grpc`, alone or followed by `+` or `;`, in any case.
    package static func isGRPC(_ contentType: String) -> Bool {
        let prefix = "application/grpc"
        let lower = contentType.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        guard lower.starts(with: prefix.utf8) else { return false }
        guard let next = lower.dropFirst(prefix.utf8.count).first else { return true }
        return next == 0x2b || next == 0x3b || next == 0x20
    }

    private static func httpFailure(status: Int, _ fields: [HeaderField]) -> GRPCStatus {
        let type = value(of: "content-type", in: fields).map { ", content-type \(GRPCText.shown($0))" } ?? ""
        return GRPCStatus(
            GRPCStatusMapping.code(forHTTPStatus: status), "the server answered HTTP status \(status)\(type)",
            origin: .http)
    }

    private static func contentTypeFailure(_ fields: [HeaderField]) -> GRPCStatus {
        let type = value(of: "content-type", in: fields).map(GRPCText.shown) ?? "no content-type"
        return GRPCStatus(.unknown, "the answer is not gRPC: \(type) instead of application/grpc", origin: .http)
    }

    private static func value(of name: String, in fields: [HeaderField]) -> String? {
        fields.first { $0.name == name }?.value
    }
}

/// What trailers say.
package enum GRPCTrailers {
    /// The status of a stream that ends without one.
    package static let missingStatus = GRPCStatus(.unknown, "the server ended the stream without grpc-status")

    /// The status in a block of trailers, or nil if it has none.
    ///
    /// Two statuses that differ are `UNKNOWN`, so that neither order reads as success.
    package static func status(of fields: [HeaderField]) -> GRPCStatus? {
        let values = Set(fields.lazy.filter { $0.name == "grpc-status" }.map(\.value))
        guard let value = values.first else { return nil }
        guard values.count == 1 else {
            return GRPCStatus(
                .unknown, "the server sent \(values.count) different values of grpc-status", origin: .server)
        }
        let code = GRPCStatusMapping.code(forStatusField: value)
        let message = fields.first { $0.name == "grpc-message" }.map { GRPCPercentEncoding.decode($0.value) }
        if code == .unknown, value != "2", message == nil {
            return GRPCStatus(.unknown, "the server sent grpc-status \(GRPCText.shown(value))", origin: .server)
        }
        return GRPCStatus(code, message ?? "", origin: .server)
    }
}
