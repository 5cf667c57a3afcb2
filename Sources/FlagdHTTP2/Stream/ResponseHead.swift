/// What the machine needs to know of a response's header section (RFC 9113 section 8.3.2).
package struct ResponseHead: Equatable, Sendable {
    /// The status code, 100 to 999.
    package let status: Int

    /// The value of `content-length`, if any.
    package let contentLength: Int?

    /// Whether the response is an interim one, 1xx.
    package var isInformational: Bool { status < 200 }

    /// Reads and checks the header section.
    ///
    /// - Throws: the rule that the fields break.
    package init(_ fields: [HeaderField]) throws(MessageViolation) {
        var status: Int?
        var contentLength: Int?
        var hasRegularField = false
        for field in fields {
            if field.name.utf8.first == UInt8(ascii: ":") {
                guard field.name == ":status" else { throw .unexpectedPseudoField }
                guard status == nil else { throw .duplicatePseudoField }
                guard !hasRegularField else { throw .latePseudoField }
                status = try Self.parseStatus(field.value.utf8)
            } else {
                hasRegularField = true
                if let violation = FieldRules.violation(of: field) { throw violation }
                if field.name == "content-length" { try Self.add(field.value.utf8, to: &contentLength) }
            }
        }
        guard let status else { throw .missingStatus }
        guard status != 101 else { throw .switchingProtocols }
        self.status = status
        self.contentLength = contentLength
    }

    /// Checks a trailer section.
    package static func violation(ofTrailers fields: [HeaderField]) -> MessageViolation? {
        for field in fields {
            if field.name.utf8.first == UInt8(ascii: ":") { return .pseudoFieldInTrailers }
            if let violation = FieldRules.violation(of: field) { return violation }
        }
        return nil
    }

    private static func parseStatus(_ text: String.UTF8View) throws(MessageViolation) -> Int {
        guard text.count == 3, let status = decimal(text), status >= 100 else { throw .invalidStatus }
        return status
    }

    private static func add(_ text: String.UTF8View, to contentLength: inout Int?) throws(MessageViolation) {
        guard let length = decimal(text), contentLength == nil || contentLength == length else {
            throw .invalidContentLength
        }
        contentLength = length
    }

    /// Digits only, no sign, no overflow.
    private static func decimal(_ text: String.UTF8View) -> Int? {
        guard !text.isEmpty, text.count <= 18 else { return nil }
        var value = 0
        for byte in text {
            guard (0x30...0x39).contains(byte) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(byte &- 0x30))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }
}
