/// Writes nodes onto a ``JSONTape`` while it lends its memory.
///
/// Invariant: `count` never exceeds `room`, which is how many nodes lie behind `base`.
@safe struct JSONTapeWriter {
    private let base: UnsafeMutablePointer<RuleValue>
    private let room: Int
    private(set) var count: Int

    /// Room that is asked for at once.
    static let fewNodes = 32

    init(_ buffer: UnsafeMutableBufferPointer<RuleValue>, count: Int) {
        guard let start = buffer.baseAddress, count >= 0, count <= buffer.count else {
            preconditionFailure("more nodes than there is room for")
        }
        unsafe base = unsafe start
        room = buffer.count
        self.count = count
    }

    /// Whether a member's value and the next one's key still find room.
    @inline(__always) var hasRoomForMember: Bool { room &- count >= 2 }

    @inline(__always) mutating func append(_ value: RuleValue) {
        precondition(count < room, "no room")
        unsafe base[count] = value
        count &+= 1
    }

    @inline(__always) subscript(index: Int) -> RuleValue {
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
            return unsafe base[index]
        }
        nonmutating set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
            unsafe base[index] = newValue
        }
    }
}
