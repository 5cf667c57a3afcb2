/// Decisions that a fuzzer's bytes make; at their end every decision is the first choice.
public struct FuzzedInput {
    private var bytes: ArraySlice<UInt8>

    /// Takes a fuzzer's bytes.
    public init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// Whether no byte is left.
    public var isAtEnd: Bool { bytes.isEmpty }

    /// The next byte; 0 at the end.
    public mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

    /// A number below a bound of up to 256.
    public mutating func number(below bound: Int) -> Int { Int(byte()) % bound }

    /// One of some things.
    public mutating func one<Thing>(of things: [Thing]) -> Thing { things[number(below: things.count)] }

    /// Eight bytes as a number.
    public mutating func word() -> UInt64 { (0..<8).reduce(0) { word, _ in word << 8 | UInt64(byte()) } }

    /// Bytes behind their length.
    public mutating func chunk() -> [UInt8] {
        let chunk = bytes.prefix(Int(byte()))
        bytes = bytes.dropFirst(chunk.count)
        return Array(chunk)
    }

    /// What is left.
    public var rest: ArraySlice<UInt8> { bytes }
}
