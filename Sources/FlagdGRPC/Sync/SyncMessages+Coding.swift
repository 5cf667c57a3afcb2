extension SyncFlagsRequest: ProtobufEncodable {
    /// The message on the wire.
    package func encoded() -> [UInt8] { encodedRequest(providerID: providerID, selector: selector) }
}

extension FetchAllFlagsRequest: ProtobufEncodable {
    /// The message on the wire.
    package func encoded() -> [UInt8] { encodedRequest(providerID: providerID, selector: selector) }
}

extension GetMetadataRequest: ProtobufEncodable {
    /// The message on the wire, which has no bytes.
    package func encoded() -> [UInt8] { [] }
}

private func encodedRequest(providerID: String, selector: String) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.write(providerID, field: 1)
    writer.write(selector, field: 2)
    return writer.bytes
}

extension SyncFlagsResponse: ProtobufDecodable {
    /// A response with nothing in it.
    package init() {
        self.init(flagConfiguration: [])
    }

    /// Takes one field.
    package mutating func merge(_ field: ProtobufField, budget: inout ProtobufBudget) throws(ProtobufError) {
        switch (field.number, field.value) {
        case (1, .bytes): flagConfiguration = try field.utf8() ?? []
        case (2, .bytes(let bytes)):
            // Taken out first, so that merging grows it in place.
            var context = syncContext.take() ?? ProtobufStruct()
            try context.merge(bytes, budget: &budget)
            syncContext = context
        default: break
        }
    }
}

extension FetchAllFlagsResponse: ProtobufDecodable {
    /// A response with nothing in it.
    package init() {
        self.init(flagConfiguration: [])
    }

    /// Takes one field.
    package mutating func merge(_ field: ProtobufField, budget: inout ProtobufBudget) throws(ProtobufError) {
        if field.number == 1, let bytes = try field.utf8() { flagConfiguration = bytes }
    }
}

extension GetMetadataResponse: ProtobufDecodable {
    /// A response with nothing in it.
    package init() {
        self.init(metadata: nil)
    }

    /// Takes one field.
    package mutating func merge(_ field: ProtobufField, budget: inout ProtobufBudget) throws(ProtobufError) {
        guard field.number == 2, case .bytes(let bytes) = field.value else { return }
        var values = metadata.take() ?? ProtobufStruct()
        try values.merge(bytes, budget: &budget)
        metadata = values
    }
}

extension LegacySyncFlagsResponse: ProtobufDecodable {
    /// A response with nothing in it.
    package init() {
        self.init(flagConfiguration: [], state: .unspecified)
    }

    /// Takes one field.
    package mutating func merge(_ field: ProtobufField, budget: inout ProtobufBudget) throws(ProtobufError) {
        switch (field.number, field.value) {
        case (1, .bytes): flagConfiguration = try field.utf8() ?? []
        // An enum travels as a 64-bit varint and means its lower half (protobuf encoding specification, "Enums").
        case (2, .varint(let value)): state = LegacySyncState(number: Int32(truncatingIfNeeded: value))
        default: break
        }
    }
}
