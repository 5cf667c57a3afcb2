/// Base64 as gRPC uses it for `-bin` metadata (RFC 4648 section 4; gRPC over HTTP/2, "Custom-Metadata").
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text for these bytes, without padding: that is what gRPC asks a sender to emit.
    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var bits: UInt32 = 0
        var bitCount = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitCount &+= 8
            while bitCount >= 6 {
                bitCount &-= 6
                text.append(alphabet[Int(bits >> UInt32(bitCount) & 0x3f)])
            }
        }
        if bitCount > 0 {
            text.append(alphabet[Int(bits << UInt32(6 &- bitCount) & 0x3f)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes behind a text with or without padding, or nil if it is no base64.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var characters = Array(text.utf8)
        if characters.count % 4 == 0 {
            for _ in 0..<2 where characters.last == 0x3d { characters.removeLast() }
        }
        guard characters.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var bitCount = 0
        for character in characters {
            guard let value = value(of: character) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount &+= 6
            if bitCount >= 8 {
                bitCount &-= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 0x41...0x5a: character &- 0x41
        case 0x61...0x7a: character &- 0x61 &+ 26
        case 0x30...0x39: character &- 0x30 &+ 52
        case 0x2b: 62
        case 0x2f: 63
        default: nil
        }
    }
}
