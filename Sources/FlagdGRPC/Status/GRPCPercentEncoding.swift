/// The encoding of `grpc-message` (gRPC over HTTP/2, "Status-Message").
package enum GRPCPercentEncoding {
    /// The text behind a percent-encoded value.
    ///
    /// A `%` that two hexadecimal digits do not follow stands for itself, and bytes that are no UTF-8 become U+FFFD: a message
    /// is never lost over its encoding.
    package static func decode(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(0x25) else { return text }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            if bytes[position] == 0x25, bytes.count &- position > 2,
                let high = hexadecimalDigit(bytes[position &+ 1]), let low = hexadecimalDigit(bytes[position &+ 2])
            {
                decoded.append(high << 4 | low)
                position &+= 3
            } else {
                decoded.append(bytes[position])
                position &+= 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x41 &+ 10
        case 0x61...0x66: byte &- 0x61 &+ 10
        default: nil
        }
    }
}
