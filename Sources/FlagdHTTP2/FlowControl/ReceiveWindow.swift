/// What the peer may send on a stream or on the connection (RFC 9113 section 6.9), seen from the receiver.
///
/// The bytes the peer may still send, the bytes not yet read and the credit not yet given always add up to `size`, so
/// unread data never exceeds what was advertised.
package struct ReceiveWindow: Equatable, Sendable {
    /// The size of the window when everything has been read and credited.
    package private(set) var size: Int

    /// Bytes received that the application has not used yet.
    package private(set) var unread = 0

    /// Bytes used that the peer does not know of yet.
    package private(set) var pendingCredit = 0

    private let maximumSize: Int
    private var usedSinceGrowth = 0

    /// Creates a window.
    ///
    /// - Parameters:
    ///   - size: bytes the peer may send at first; 1 to 2^31−1.
    ///   - maximumSize: bytes up to which the window grows; at most 2^31−1.
    package init(size: Int, maximumSize: Int) {
        self.size = size
        self.maximumSize = max(size, maximumSize)
    }

    /// Bytes the peer may still send; negative while it uses an allowance it had before our SETTINGS.
    package var available: Int { size &- unread &- pendingCredit }

    /// Counts bytes that arrived.
    ///
    /// - Parameter allowance: bytes beyond the window that the peer may not know it has lost.
    /// - Returns: false when the peer overran the window.
    package mutating func received(_ count: Int, allowance: Int = 0) -> Bool {
        guard count <= available &+ allowance else { return false }
        unread &+= count
        return true
    }

    /// Counts bytes that the application used.
    ///
    /// Once a whole window has been used the window doubles, so it grows towards what is really read. Credit is held
    /// back until it is worth a frame, half the window.
    ///
    /// - Returns: the increment to announce now, if any.
    package mutating func used(_ count: Int) -> UInt32? {
        let count = max(0, min(count, unread))
        unread &-= count
        pendingCredit &+= count
        grow(count)
        guard pendingCredit > 0, pendingCredit >= size / 2 else { return nil }
        defer { pendingCredit = 0 }
        return UInt32(clamping: pendingCredit)
    }

    private mutating func grow(_ count: Int) {
        // The sum stays below twice the largest window; saturation keeps 32-bit platforms from wrapping.
        let (sum, overflow) = usedSinceGrowth.addingReportingOverflow(count)
        usedSinceGrowth = overflow ? .max : sum
        guard usedSinceGrowth >= size, size < maximumSize else { return }
        usedSinceGrowth = 0
        let larger = size > maximumSize / 2 ? maximumSize : size &* 2
        pendingCredit &+= larger &- size
        size = larger
    }
}
