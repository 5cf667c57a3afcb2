/// A rule for messages that a header section or body broke (RFC 9113 sections 8.1 to 8.3).
package enum MessageViolation: Error, Hashable, Sendable, CaseIterable {
    /// No `:status` in a response.
    case missingStatus
    /// A `:status` that is not three digits from 100 up.
    case invalidStatus
    /// `:status: 101`, which HTTP/2 does not have (RFC 9113 section 8.6).
    case switchingProtocols
    /// A pseudo field twice.
    case duplicatePseudoField
    /// A pseudo field that does not belong here.
    case unexpectedPseudoField
    /// A pseudo field behind a regular one.
    case latePseudoField
    /// A pseudo field that the request must have is missing.
    case missingPseudoField
    /// A pseudo field in trailers.
    case pseudoFieldInTrailers
    /// A field name that is empty, has upper case, control, space or non-ASCII characters, or a colon inside.
    case invalidFieldName
    /// A field value with NUL, CR or LF, or with white space at its start or end.
    case invalidFieldValue
    /// A field that only makes sense on an HTTP/1 connection.
    case connectionSpecificField
    /// A `content-length` that is no number, or two that differ.
    case invalidContentLength
    /// A body of another length than `content-length` said.
    case contentLengthMismatch
    /// A 1xx response that ends the stream.
    case informationalEndsStream
    /// More 1xx responses than ``HTTP2Configuration/maximumInformationalResponses``.
    case tooManyInformationalResponses
    /// A second header section that does not end the stream.
    case trailersWithoutEnd
    /// DATA before the response's header section.
    case dataBeforeHeaders
}

extension MessageViolation: CustomStringConvertible {
    /// The violation in words.
    package var description: String {
        switch self {
        case .missingStatus: ":status is missing"
        case .invalidStatus: ":status is not a three-digit status code"
        case .switchingProtocols: ":status 101 is not allowed in HTTP/2"
        case .duplicatePseudoField: "a pseudo field occurs twice"
        case .unexpectedPseudoField: "an unexpected pseudo field"
        case .latePseudoField: "a pseudo field follows a regular field"
        case .missingPseudoField: "a required pseudo field is missing"
        case .pseudoFieldInTrailers: "a pseudo field in trailers"
        case .invalidFieldName: "an invalid field name"
        case .invalidFieldValue: "an invalid field value"
        case .connectionSpecificField: "a connection-specific field"
        case .invalidContentLength: "an invalid content-length"
        case .contentLengthMismatch: "the body does not match content-length"
        case .informationalEndsStream: "an interim response ended the stream"
        case .tooManyInformationalResponses: "too many interim responses"
        case .trailersWithoutEnd: "trailers did not end the stream"
        case .dataBeforeHeaders: "data before the response headers"
        }
    }
}
