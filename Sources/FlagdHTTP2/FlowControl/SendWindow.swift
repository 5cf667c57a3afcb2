/// What this side may send on a stream or on the connection (RFC 9113 section 6.9).
///
/// In 64 bits: no sum of two windows can overflow.
package struct SendWindow: Equatable, Sendable {
    /// The largest legal window, 2^31−1 (RFC 9113 section 6.9.1).
    package static let maximum = Int64(HTTP2StreamID.maximum)

    private var balance: Int64

    /// Creates a window of `size` bytes.
    package init(size: Int) { balance = Int64(size) }

    /// Bytes that may be sent now, never negative.
    package var available: Int { Int(clamping: max(0, balance)) }

    /// The peer gave credit.
    ///
    /// - Returns: false when the window would exceed 2^31−1.
    package mutating func credited(_ increment: Int) -> Bool { adjust(by: Int64(increment)) }

    /// The peer changed SETTINGS_INITIAL_WINDOW_SIZE; the window may become negative (RFC 9113 section 6.9.2).
    ///
    /// - Returns: false when the window would exceed 2^31−1.
    package mutating func initialSizeChanged(from old: Int, to new: Int) -> Bool {
        adjust(by: Int64(new) &- Int64(old))
    }

    /// Counts bytes sent, at most ``available``.
    package mutating func sent(_ count: Int) { balance &-= Int64(count) }

    private mutating func adjust(by difference: Int64) -> Bool {
        let sum = balance &+ difference
        guard sum <= Self.maximum else { return false }
        balance = sum
        return true
    }
}
