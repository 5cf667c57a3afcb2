/// Which field names and values a message may carry (RFC 9113 section 8.2).
package enum FieldRules {
    private static let connectionSpecific: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
    ]

    /// Checks a regular field of a request or response.
    package static func violation(of field: HeaderField) -> MessageViolation? {
        guard isValidName(field.name.utf8) else { return .invalidFieldName }
        guard isValidValue(field.value.utf8) else { return .invalidFieldValue }
        if connectionSpecific.contains(field.name) { return .connectionSpecificField }
        return field.name == "te" && field.value != "trailers" ? .connectionSpecificField : nil
    }

    /// Lower case, no control, space, colon or non-ASCII character, not empty (RFC 9113 section 8.2.1).
    package static func isValidName(_ name: String.UTF8View) -> Bool {
        !name.isEmpty
            && name.allSatisfy { byte in
                byte > 0x20 && byte < 0x7f && !(0x41...0x5a).contains(byte) && byte != UInt8(ascii: ":")
            }
    }

    /// No NUL, CR or LF, no white space at either end (RFC 9113 section 8.2.1).
    package static func isValidValue(_ value: String.UTF8View) -> Bool {
        if let first = value.first, isWhiteSpace(first) { return false }
        if let last = value.last, isWhiteSpace(last) { return false }
        return value.allSatisfy { byte in byte != 0 && byte != 0x0a && byte != 0x0d }
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// The rules for the header section of a request (RFC 9113 section 8.3.1).
package enum RequestRules {
    private static let pseudoFields = [":method", ":scheme", ":path", ":authority"]

    /// The first rule that `fields` break, nil when they may be sent.
    package static func violation(of fields: [HeaderField]) -> MessageViolation? {
        let pseudo = fields.prefix { $0.name.utf8.first == UInt8(ascii: ":") }
        for field in fields.dropFirst(pseudo.count) {
            if field.name.utf8.first == UInt8(ascii: ":") { return .latePseudoField }
            if let violation = FieldRules.violation(of: field) { return violation }
        }
        return violation(ofPseudoFields: pseudo)
    }

    private static func violation(ofPseudoFields fields: ArraySlice<HeaderField>) -> MessageViolation? {
        var seen: Set<String> = []
        for field in fields {
            guard pseudoFields.contains(field.name) else { return .unexpectedPseudoField }
            guard seen.insert(field.name).inserted else { return .duplicatePseudoField }
            guard FieldRules.isValidValue(field.value.utf8) else { return .invalidFieldValue }
        }
        let method = fields.first { $0.name == ":method" }?.value
        guard let method, !method.isEmpty else { return .missingPseudoField }
        if method == "CONNECT" { return nil }
        let path = fields.first { $0.name == ":path" }?.value ?? ""
        return seen.contains(":scheme") && !path.isEmpty ? nil : .missingPseudoField
    }
}
