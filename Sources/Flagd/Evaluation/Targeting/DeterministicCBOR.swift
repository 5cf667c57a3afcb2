/// Deterministic CBOR (RFC 8949, 4.2.1): what `fractional` v3 hashes.
struct DeterministicCBOR {
    private(set) var bytes: [UInt8] = []

    /// The encoding of a value.
    ///
    /// Numbers without fraction in [−2^63, 2^64−1] are integers, others the shortest float that reads back.
    mutating func append(_ value: RuleValue) {
        switch value.kind {
        case .null, .failed: bytes.append(0xf6)
        case .boolean: bytes.append(value.isTrue ? 0xf5 : 0xf4)
        case .integer: append(integer: value.integer)
        case .unsigned: head(0, value.bits)
        case .double: append(double: value.double)
        case .text: append(text: value.text)
        case .list:
            appendArrayHead(count: value.count)
            for element in value.elements { append(element) }
        case .object: append(object: value.members)
        }
    }

    /// The head of an array, whose elements follow.
    mutating func appendArrayHead(count: Int) { head(4, UInt64(count)) }

    mutating func append(text: ByteView) {
        head(3, UInt64(text.count))
        unsafe text.withBuffer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func append(integer: Int64) {
        if integer >= 0 { head(0, UInt64(integer)) } else { head(1, UInt64(bitPattern: ~integer)) }
    }

    private mutating func append(double: Double) {
        if let integer = Int64(exactly: double) {
            append(integer: integer)
        } else if let unsigned = UInt64(exactly: double) {
            head(0, unsigned)
        } else if let half = HalfPrecision.bits(of: double) {
            bytes.append(0xf9)
            append(bigEndian: UInt64(half), count: 2)
        } else if Double(Float(double)) == double {
            bytes.append(0xfa)
            append(bigEndian: UInt64(Float(double).bitPattern), count: 4)
        } else {
            bytes.append(0xfb)
            append(bigEndian: double.bitPattern, count: 8)
        }
    }

    /// Members sorted by the bytes of their encoded keys.
    private mutating func append(object: ObjectTable) {
        head(5, UInt64(object.count))
        let members = (0..<object.count).map { index in
            var key = DeterministicCBOR()
            key.append(text: object.key(at: index))
            return (key: key.bytes, value: object.value(at: index))
        }
        for member in members.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            bytes.append(contentsOf: member.key)
            append(member.value)
        }
    }

    /// A major type and its argument in the fewest bytes.
    private mutating func head(_ major: UInt8, _ argument: UInt64) {
        let type = major << 5
        switch argument {
        case 0..<24: bytes.append(type | UInt8(argument))
        case 0...0xff:
            bytes.append(type | 24)
            append(bigEndian: argument, count: 1)
        case 0...0xffff:
            bytes.append(type | 25)
            append(bigEndian: argument, count: 2)
        case 0...0xffff_ffff:
            bytes.append(type | 26)
            append(bigEndian: argument, count: 4)
        default:
            bytes.append(type | 27)
            append(bigEndian: argument, count: 8)
        }
    }

    private mutating func append(bigEndian value: UInt64, count: Int) {
        for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
    }
}

/// IEEE 754 binary16, which Swift does not have on every platform.
enum HalfPrecision {
    /// The half whose value is exactly the number; nil when there is none.
    static func bits(of number: Double) -> UInt16? {
        let bits = number.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 48) & 0x8000
        let exponent = Int(bits >> 52 & 0x7ff) - 1023
        let fraction = bits & 0xf_ffff_ffff_ffff
        switch exponent {
        case -14...15:
            guard fraction & 0x3ff_ffff_ffff == 0 else { return nil }
            return sign | UInt16(exponent + 15) << 10 | UInt16(fraction >> 42)
        case -24 ..< -14:
            // Subnormal: the leading one becomes explicit and moves right.
            let shift = UInt64(42 + (-14 - exponent))
            let significand = fraction | 1 << 52
            guard significand & (1 << shift - 1) == 0 else { return nil }
            return sign | UInt16(significand >> shift)
        default: return nil
        }
    }
}
