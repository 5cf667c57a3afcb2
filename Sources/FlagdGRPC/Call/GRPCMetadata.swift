package import FlagdHTTP2

/// Why a name and a value cannot be metadata of a request.
package enum GRPCMetadataError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name is empty or has something else than `0-9 a-z _ - .`.
    case invalidName(String)
    /// The name belongs to the protocol, for example `te` or everything with `grpc-`.
    case reservedName(String)
    /// The text has something else than printable ASCII and inner spaces. The text itself is not repeated: it may be a secret.
    case invalidValue(name: String)
    /// Bytes need a name that ends in `-bin`, and text one that does not.
    case wrongKind(name: String)

    /// One sentence for people, without a full stop and without the value.
    package var description: String {
        switch self {
        case .invalidName(let name): "\(GRPCText.shown(name)) is no metadata name: only 0-9 a-z _ - . are allowed"
        case .reservedName(let name): "the metadata name \(GRPCText.shown(name)) is reserved for the protocol"
        case .invalidValue(let name):
            "the value of metadata \(GRPCText.shown(name)) is not printable ASCII, or begins or ends with a space"
        case .wrongKind(let name): "metadata \(GRPCText.shown(name)): names ending in -bin carry bytes, all others text"
        }
    }
}

/// Metadata of a request or a response: names and values in order, duplicates kept
/// (gRPC over HTTP/2, "Custom-Metadata").
package struct GRPCMetadata: Equatable, Sendable {
    /// One value, text or bytes by the name's ending.
    package enum Value: Hashable, Sendable {
        /// A header value as it is.
        case text(String)
        /// The bytes of a `-bin` header, base64 on the wire.
        case binary([UInt8])
    }

    /// One name with one value.
    package struct Entry: Hashable, Sendable {
        /// The name, lower case.
        package let name: String
        /// The value.
        package let value: Value
        /// Whether the value is a secret: no intermediary may put it into a compression table (RFC 7541 section 7.1.3).
        package let isSensitive: Bool
    }

    private var entries: [Entry] = []

    /// No metadata.
    package init() {}

    /// Adds a text value.
    ///
    /// - Throws: ``GRPCMetadataError`` when the name or the value may not stand in a request.
    package mutating func append(
        name: String, text: String, isSensitive: Bool = false
    ) throws(GRPCMetadataError) {
        try Self.check(name: name)
        guard !Self.isBinary(name) else { throw .wrongKind(name: name) }
        guard Self.isValidText(text) else { throw .invalidValue(name: name) }
        entries.append(Entry(name: name, value: .text(text), isSensitive: isSensitive))
    }

    /// Adds a value of any bytes under a name that ends in `-bin`.
    ///
    /// - Throws: ``GRPCMetadataError`` when the name may not stand in a request.
    package mutating func append(
        name: String, binary: [UInt8], isSensitive: Bool = false
    ) throws(GRPCMetadataError) {
        try Self.check(name: name)
        guard Self.isBinary(name) else { throw .wrongKind(name: name) }
        entries.append(Entry(name: name, value: .binary(binary), isSensitive: isSensitive))
    }

    /// The text values under a name, in order.
    package func texts(named name: String) -> [String] {
        entries.compactMap { entry in
            guard entry.name == name, case .text(let text) = entry.value else { return nil }
            return text
        }
    }

    /// The first text value under a name.
    package func firstText(named name: String) -> String? {
        texts(named: name).first
    }

    /// The byte values under a `-bin` name, in order.
    package func binaries(named name: String) -> [[UInt8]] {
        entries.compactMap { entry in
            guard entry.name == name, case .binary(let bytes) = entry.value else { return nil }
            return bytes
        }
    }

    /// Whether a text may be a metadata value of a request: printable ASCII, no space at either end.
    package static func isValidText(_ text: String) -> Bool {
        let bytes = text.utf8
        return bytes.allSatisfy { (0x20...0x7e).contains($0) } && bytes.first != 0x20 && bytes.last != 0x20
    }
}

extension GRPCMetadata: RandomAccessCollection {
    /// Always 0.
    package var startIndex: Int { 0 }

    /// The number of entries.
    package var endIndex: Int { entries.count }

    /// The entry at a position, 0 ..< `endIndex`.
    package subscript(position: Int) -> Entry { entries[position] }
}

extension GRPCMetadata {
    private static let reservedNames: Set<String> = [
        "te", "content-type", "content-length", "user-agent", "host", "connection", "keep-alive", "proxy-connection",
        "transfer-encoding", "upgrade",
    ]

    private static let responseFieldsOfTheProtocol: Set<String> = [
        "content-type", "grpc-status", "grpc-message", "grpc-encoding", "grpc-accept-encoding",
    ]

    /// The fields for a request.
    package var headerFields: [HeaderField] {
        entries.map { entry in
            switch entry.value {
            case .text(let text): HeaderField(entry.name, text, isSensitive: entry.isSensitive)
            case .binary(let bytes): HeaderField(entry.name, Base64.encode(bytes), isSensitive: entry.isSensitive)
            }
        }
    }

    /// The metadata among the fields of a response; nothing a peer sends here is an error.
    ///
    /// A `-bin` field may carry several values with commas between them; one that is no base64 is kept as text.
    package init(response fields: [HeaderField]) {
        for field in fields {
            guard field.name.utf8.first != 0x3a, !Self.responseFieldsOfTheProtocol.contains(field.name) else {
                continue
            }
            guard Self.isBinary(field.name) else {
                entries.append(Entry(name: field.name, value: .text(field.value), isSensitive: false))
                continue
            }
            for part in field.value.split(separator: ",", omittingEmptySubsequences: false) {
                let value = Base64.decode(part).map(Value.binary) ?? .text(String(part))
                entries.append(Entry(name: field.name, value: value, isSensitive: false))
            }
        }
    }

    private static func isBinary(_ name: String) -> Bool {
        name.utf8.suffix(4).elementsEqual("-bin".utf8)
    }

    private static func check(name: String) throws(GRPCMetadataError) {
        guard !name.isEmpty, name.utf8.allSatisfy(isNameByte) else { throw .invalidName(name) }
        guard !reservedNames.contains(name), !name.utf8.starts(with: "grpc-".utf8) else { throw .reservedName(name) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7a, 0x30...0x39, 0x5f, 0x2d, 0x2e: true
        default: false
        }
    }
}
