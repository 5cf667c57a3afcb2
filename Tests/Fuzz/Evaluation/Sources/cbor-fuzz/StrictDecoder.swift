import Flagd

/// Reads deterministic CBOR and traps on any other (RFC 8949, section 4.2.1).
struct StrictDecoder {
    private(set) var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    mutating func value() -> Value {
        let initial = take()
        let (major, short) = (initial >> 5, initial & 0x1f)
        switch major {
        case 0: return Value(argument(short))
        case 1:
            let argument = argument(short)
            precondition(argument <= UInt64(Int64.max))
            return .integer(~Int64(argument))
        case 3: return .string(text(argument(short)))
        case 4: return .list((0..<argument(short)).map { _ in value() })
        case 5: return .structure(members(argument(short)))
        case 7: return simple(short)
        default: preconditionFailure("a major type that no JSON value has")
        }
    }

    private mutating func take() -> UInt8 {
        guard let byte = bytes.popFirst() else { preconditionFailure("the encoding ends early") }
        return byte
    }

    private mutating func word(_ count: Int) -> UInt64 {
        (0..<count).reduce(0) { word, _ in word << 8 | UInt64(take()) }
    }

    /// An argument in the fewest bytes.
    private mutating func argument(_ short: UInt8) -> UInt64 {
        switch short {
        case 0..<24: return UInt64(short)
        case 24...27:
            let count = 1 << Int(short - 24)
            let argument = word(count)
            let smallest: UInt64 = count == 1 ? 24 : 1 << UInt64(count * 4)
            precondition(argument >= smallest)
            return argument
        default: preconditionFailure("an indefinite or reserved length")
        }
    }

    private mutating func text(_ count: UInt64) -> String {
        let text = bytes.prefix(Int(count))
        bytes = bytes.dropFirst(text.count)
        guard let string = String(validating: text, as: UTF8.self) else { preconditionFailure("ill-formed UTF-8") }
        return string
    }

    /// Members whose encoded keys ascend.
    private mutating func members(_ count: UInt64) -> Structure {
        var list: [(String, Value)] = []
        var last: [UInt8] = []
        for _ in 0..<count {
            let before = bytes
            guard case .string(let key) = value() else { preconditionFailure("a key that is no text") }
            let encoded = Array(before.prefix(before.count - bytes.count))
            precondition(last.lexicographicallyPrecedes(encoded))
            last = encoded
            list.append((key, value()))
        }
        return Structure(members: list)
    }

    private mutating func simple(_ short: UInt8) -> Value {
        switch short {
        case 20: return .boolean(false)
        case 21: return .boolean(true)
        case 22: return .null
        case 25: return float(half(UInt16(word(2))), isShortest: true)
        case 26:
            let single = Float(bitPattern: UInt32(word(4)))
            return float(Double(single), isShortest: !isHalf(Double(single)))
        case 27:
            let number = Double(bitPattern: word(8))
            return float(number, isShortest: Double(Float(number)) != number)
        default: preconditionFailure("a simple value that JSON does not have")
        }
    }

    /// A number that is no integer of 64 bits.
    private func float(_ number: Double, isShortest: Bool) -> Value {
        precondition(isShortest && number.isFinite)
        precondition(Int64(exactly: number) == nil && UInt64(exactly: number) == nil)
        return .double(number)
    }

    /// IEEE 754 binary16.
    private func half(_ bits: UInt16) -> Double {
        let exponent = Int(bits >> 10 & 0x1f)
        let fraction = Double(bits & 0x3ff) / 1024
        let magnitude =
            exponent == 0
            ? fraction * 0x1p-14 : Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
        precondition(exponent < 31)
        return bits >> 15 == 1 ? -magnitude : magnitude
    }

    private func isHalf(_ number: Double) -> Bool { (0..<UInt16(0x7c00)).contains { half($0) == number.magnitude } }
}
