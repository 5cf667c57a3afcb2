/// The number of a stream; 0 names the connection itself (RFC 9113 section 5.1.1).
package struct HTTP2StreamID: Hashable, Comparable, Sendable {
    /// The 31-bit number.
    package let rawValue: UInt32

    /// Creates an identifier; the reserved top bit is dropped (RFC 9113 section 4.1).
    package init(_ rawValue: UInt32) {
        self.rawValue = rawValue & Self.maximum
    }

    /// The largest legal stream number, 2^31−1.
    package static let maximum: UInt32 = 0x7fff_ffff

    /// The connection as a whole.
    package static let connection = HTTP2StreamID(0)

    /// Whether the number is one a client may open.
    package var isClientInitiated: Bool { rawValue & 1 == 1 }

    /// Orders by number, which is the order of opening.
    package static func < (left: HTTP2StreamID, right: HTTP2StreamID) -> Bool { left.rawValue < right.rawValue }
}

extension HTTP2StreamID: CustomStringConvertible {
    /// The number in decimal.
    package var description: String { "\(rawValue)" }
}
