/// Wraps messages for the wire (gRPC over HTTP/2, "Length-Prefixed-Message").
package enum GRPCMessageFraming {
    /// How many bytes stand before each message: one flag, four of length.
    package static let prefixLength = 5

    /// The message behind its prefix, not compressed.
    ///
    /// - Throws: RESOURCE_EXHAUSTED when the length does not fit into four bytes.
    package static func frame(_ message: [UInt8]) throws(GRPCStatus) -> [UInt8] {
        guard let length = UInt32(exactly: message.count) else {
            throw GRPCStatus(.resourceExhausted, "a request of \(message.count) bytes is too long for gRPC")
        }
        var framed: [UInt8] = [0]
        framed.reserveCapacity(prefixLength + message.count)
        for shift: UInt32 in [24, 16, 8, 0] {
            framed.append(UInt8(truncatingIfNeeded: length >> shift))
        }
        framed.append(contentsOf: message)
        return framed
    }
}
