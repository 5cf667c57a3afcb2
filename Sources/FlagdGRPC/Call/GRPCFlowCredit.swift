/// When the bytes of a stream are given back to its window, which is what makes a slow reader slow the server down.
///
/// While a complete message waits, nothing is given back: the server can send one window more, then it waits too. While none
/// waits, everything is given back at once, also in the middle of a message, so that a message may be longer than the window.
/// What is held is therefore at most one window and one message (RFC 9113 section 6.9).
package struct GRPCFlowCredit: Equatable, Sendable {
    private var held = 0

    /// Nothing is held.
    package init() {}

    /// Body bytes came.
    ///
    /// - Parameters:
    ///   - count: How many, as flow control counts them.
    ///   - waiting: How many complete messages wait for the reader, those these bytes completed included.
    /// - Returns: How many bytes to give back now.
    package mutating func received(_ count: Int, waiting: Int) -> Int {
        held &+= count
        return waiting == 0 ? release() : 0
    }

    /// The reader took a message.
    ///
    /// - Parameter waiting: How many still wait.
    /// - Returns: How many bytes to give back now.
    package mutating func taken(waiting: Int) -> Int {
        waiting == 0 ? release() : 0
    }

    private mutating func release() -> Int {
        defer { held = 0 }
        return held
    }
}
