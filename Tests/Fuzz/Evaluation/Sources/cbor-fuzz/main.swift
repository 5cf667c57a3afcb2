import FuzzSupport

@testable import Flagd

/// Encodes a value that the bytes make, and reads it back.
func test(_ input: [UInt8]) {
    var decisions = FuzzedInput(input[...])
    let value = makeValue(&decisions, depth: 5)
    let arena = Arena()
    defer { withExtendedLifetime(arena) {} }
    let encoded = encode(RuleValue(value, arena: arena))
    var decoder = StrictDecoder(encoded[...])
    let decoded = decoder.value()
    precondition(decoder.bytes.isEmpty)
    precondition(decoded == value)
    precondition(encode(RuleValue(decoded, arena: arena)) == encoded)
}

func encode(_ value: RuleValue) -> [UInt8] {
    var encoder = DeterministicCBOR()
    encoder.append(value)
    return encoder.bytes
}

func makeValue(_ decisions: inout FuzzedInput, depth: Int) -> Value {
    switch decisions.number(below: depth == 0 ? 7 : 9) {
    case 0: return .null
    case 1: return .boolean(decisions.byte() & 1 == 1)
    case 2: return .integer(Int64(bitPattern: decisions.word() >> UInt64(decisions.number(below: 64))))
    case 3: return Value(decisions.word() >> UInt64(decisions.number(below: 64)))
    case 4:
        let number = Double(bitPattern: decisions.word())
        return .double(number.isFinite ? number : 0.5)
    case 5:
        let number = Double(Float(bitPattern: UInt32(truncatingIfNeeded: decisions.word() << 13)))
        return .double(number.isFinite ? number : 1.5)
    case 6: return .string(String(decoding: decisions.chunk(), as: UTF8.self))
    case 7: return .list((0..<decisions.number(below: 30)).map { _ in makeValue(&decisions, depth: depth - 1) })
    default:
        return .structure(
            Structure(
                members: (0..<decisions.number(below: 30)).map { _ in
                    (String(decoding: decisions.chunk(), as: UTF8.self), makeValue(&decisions, depth: depth - 1))
                }))
    }
}

fuzz { bytes, count in
    test(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
