/// Opens a stream of flag sets (`Protos/flagd/sync/v1/sync.proto`; the older service's has the same fields).
package struct SyncFlagsRequest: Hashable, Sendable {
    /// Who asks; may be empty.
    package var providerID: String

    /// Which of the server's flags are wanted, in the server's terms; may be empty.
    package var selector: String

    /// Creates a request.
    package init(providerID: String = "", selector: String = "") {
        self.providerID = providerID
        self.selector = selector
    }
}

/// Asks for the flag set once.
package struct FetchAllFlagsRequest: Hashable, Sendable {
    /// Who asks; may be empty.
    package var providerID: String

    /// Which of the server's flags are wanted, in the server's terms; may be empty.
    package var selector: String

    /// Creates a request.
    package init(providerID: String = "", selector: String = "") {
        self.providerID = providerID
        self.selector = selector
    }
}

/// Asks for context values.
package struct GetMetadataRequest: Hashable, Sendable {
    /// Creates a request.
    package init() {}
}

/// A whole flag set.
package struct SyncFlagsResponse: Equatable, Sendable {
    /// The flag set's JSON text: valid UTF-8, a slice of the message as it was received.
    ///
    /// Empty if the server left it out.
    package var flagConfiguration: ArraySlice<UInt8>

    /// Values for every evaluation's context; nil if the message has none, which is not the same as an empty one.
    package var syncContext: ProtobufStruct?

    /// Creates a response.
    package init(flagConfiguration: ArraySlice<UInt8>, syncContext: ProtobufStruct? = nil) {
        self.flagConfiguration = flagConfiguration
        self.syncContext = syncContext
    }
}

/// The flag set at the time of the call.
package struct FetchAllFlagsResponse: Equatable, Sendable {
    /// As in ``SyncFlagsResponse``.
    package var flagConfiguration: ArraySlice<UInt8>

    /// Creates a response.
    package init(flagConfiguration: ArraySlice<UInt8>) {
        self.flagConfiguration = flagConfiguration
    }
}

/// Context values.
package struct GetMetadataResponse: Equatable, Sendable {
    /// The values; nil if there are none.
    package var metadata: ProtobufStruct?

    /// Creates a response.
    package init(metadata: ProtobufStruct?) {
        self.metadata = metadata
    }
}

/// What a message of the older service does to the flags known so far (`Protos/sync/v1/sync_service.proto`).
package enum LegacySyncState: Hashable, Sendable {
    /// Nothing (0).
    case unspecified
    /// Its flags replace all others (1).
    case all
    /// Its flags are added (2).
    case add
    /// Its flags replace those of the same keys, or are added (3).
    case update
    /// Its flags are removed (4).
    case delete
    /// Nothing (5).
    case ping
    /// A number this version does not know; nothing.
    case unrecognized(Int32)

    /// The state with a number.
    package init(number: Int32) {
        switch number {
        case 0: self = .unspecified
        case 1: self = .all
        case 2: self = .add
        case 3: self = .update
        case 4: self = .delete
        case 5: self = .ping
        default: self = .unrecognized(number)
        }
    }
}

/// Flags and what to do with them.
package struct LegacySyncFlagsResponse: Equatable, Sendable {
    /// The flags' JSON text, as in ``SyncFlagsResponse``.
    package var flagConfiguration: ArraySlice<UInt8>

    /// What to do with them.
    package var state: LegacySyncState

    /// Creates a response.
    package init(flagConfiguration: ArraySlice<UInt8>, state: LegacySyncState) {
        self.flagConfiguration = flagConfiguration
        self.state = state
    }
}
