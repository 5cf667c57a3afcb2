/// One entry of a SETTINGS frame (RFC 9113 section 6.5.1).
package struct HTTP2Setting: Equatable, Sendable {
    /// The name of a setting; unknown ones are legal and ignored.
    package struct Identifier: Hashable, Sendable {
        /// The registered number.
        package let rawValue: UInt16

        /// Creates an identifier; any number is legal.
        package init(_ rawValue: UInt16) { self.rawValue = rawValue }

        /// SETTINGS_HEADER_TABLE_SIZE.
        package static let headerTableSize = Identifier(0x1)
        /// SETTINGS_ENABLE_PUSH.
        package static let enablePush = Identifier(0x2)
        /// SETTINGS_MAX_CONCURRENT_STREAMS.
        package static let maximumConcurrentStreams = Identifier(0x3)
        /// SETTINGS_INITIAL_WINDOW_SIZE.
        package static let initialWindowSize = Identifier(0x4)
        /// SETTINGS_MAX_FRAME_SIZE.
        package static let maximumFrameSize = Identifier(0x5)
        /// SETTINGS_MAX_HEADER_LIST_SIZE.
        package static let maximumHeaderListSize = Identifier(0x6)
    }

    /// Which setting.
    package let identifier: Identifier

    /// Its value.
    package let value: UInt32

    /// Creates an entry.
    package init(_ identifier: Identifier, _ value: UInt32) {
        self.identifier = identifier
        self.value = value
    }
}

/// What the server's SETTINGS said, with the initial values of RFC 9113 section 6.5.2.
package struct PeerSettings: Equatable, Sendable {
    /// Bytes the server keeps for the table of sent header fields.
    package private(set) var headerTableSize = 4096
    /// Streams the server allows at one time; nil without a limit.
    package private(set) var maximumConcurrentStreams: Int?
    /// Bytes of DATA each new stream may carry before the server gives credit.
    package private(set) var initialWindowSize = 65_535
    /// Bytes of payload in the longest frame the server accepts.
    package private(set) var maximumFrameSize = 16_384
    /// Size of the largest header list the server accepts; nil without a limit.
    package private(set) var maximumHeaderListSize: Int?

    /// Creates the initial values.
    package init() {}

    /// Takes over the entries of one frame in order; the last of several with one identifier wins.
    package mutating func apply(_ settings: [HTTP2Setting]) throws(HTTP2ConnectionFailure) {
        for setting in settings { try apply(setting) }
    }

    private mutating func apply(_ setting: HTTP2Setting) throws(HTTP2ConnectionFailure) {
        let value = Int(clamping: setting.value)
        switch setting.identifier {
        case .headerTableSize:
            headerTableSize = value
        case .enablePush:
            guard value == 0 else { throw .violation(.protocolError, "SETTINGS_ENABLE_PUSH \(value) from a server") }
        case .maximumConcurrentStreams:
            maximumConcurrentStreams = value
        case .initialWindowSize:
            guard setting.value <= HTTP2StreamID.maximum else {
                throw .violation(.flowControlError, "SETTINGS_INITIAL_WINDOW_SIZE \(value)")
            }
            initialWindowSize = value
        case .maximumFrameSize:
            guard (16_384...16_777_215).contains(value) else {
                throw .violation(.protocolError, "SETTINGS_MAX_FRAME_SIZE \(value)")
            }
            maximumFrameSize = value
        case .maximumHeaderListSize:
            maximumHeaderListSize = value
        default:
            break
        }
    }
}
