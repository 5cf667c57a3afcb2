package import FlagdHTTP2

/// Status codes for failures that carry no `grpc-status`.
package enum GRPCStatusMapping {
    /// The code for an HTTP status (grpc/grpc `doc/http-grpc-status-mapping.md`).
    ///
    /// 200 without a gRPC status is `UNKNOWN` like every other status not in the table.
    package static func code(forHTTPStatus status: Int) -> GRPCStatusCode {
        switch status {
        case 400: .internalError
        case 401: .unauthenticated
        case 403: .permissionDenied
        case 404: .unimplemented
        case 429, 502, 503, 504: .unavailable
        default: .unknown
        }
    }

    /// The code for an RST_STREAM of the peer (gRPC over HTTP/2, "Errors").
    ///
    /// Codes this side does not know are `INTERNAL` like most known ones (RFC 9113 section 7).
    package static func code(forReset error: HTTP2ErrorCode) -> GRPCStatusCode {
        switch error {
        case .refusedStream: .unavailable
        case .cancel: .cancelled
        case .enhanceYourCalm: .resourceExhausted
        case .inadequateSecurity: .permissionDenied
        default: .internalError
        }
    }

    /// The code for a `grpc-status` value: 0 to 16 are themselves, everything else is `UNKNOWN`.
    package static func code(forStatusField text: String) -> GRPCStatusCode {
        GRPCStatusCode.number(Array(text.utf8)).flatMap(GRPCStatusCode.init(rawValue:)) ?? .unknown
    }
}
