/// One header field of a request or response: a name and a value (RFC 9113 section 8.2).
///
/// Two fields are equal when their bytes are; `String` equality would treat canonically equivalent text as equal.
package struct HeaderField: Hashable, Sendable {
    /// The field name as on the wire: lower case, pseudo fields with their leading colon.
    package var name: String

    /// The field value.
    ///
    /// Bytes that are not UTF-8 arrive as U+FFFD.
    package var value: String

    /// Whether the value must never enter a compression table, here or at an intermediary (never-indexed literal, RFC
    /// 7541 section 7.1.3).
    ///
    /// Default false.
    package var isSensitive: Bool

    /// Creates a field; nothing is validated here.
    package init(_ name: String, _ value: String, isSensitive: Bool = false) {
        self.name = name
        self.value = value
        self.isSensitive = isSensitive
    }

    /// Compares names and values byte by byte, and the sensitivity.
    package static func == (left: HeaderField, right: HeaderField) -> Bool {
        left.isSensitive == right.isSensitive && left.name.hasSameBytes(as: right.name)
            && left.value.hasSameBytes(as: right.value)
    }

    /// Hashes name and value; consistent with `==` because equal bytes are equal strings.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(value)
    }
}

extension HeaderField: CustomStringConvertible {
    /// `name: value`, with a sensitive value replaced.
    package var description: String { "\(name): \(isSensitive ? "<sensitive>" : value)" }
}

extension HeaderField {
    /// The size of the field in a header list or table: name, value and 32 bytes (RFC 7541 section 4.1).
    package var listSize: Int { name.utf8.count &+ value.utf8.count &+ HPACKTableEntry.overhead }
}

extension String {
    /// Whether both strings hold the same UTF-8 bytes.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
