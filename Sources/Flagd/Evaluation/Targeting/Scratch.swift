/// Where an evaluation builds texts and lists: a stack buffer first, then memory of its own.
///
/// Invariant: the stack buffer outlives it, and whoever makes it calls ``free()`` in the end.
@safe struct Scratch {
    private var next: UnsafeMutableRawPointer?
    private var remaining: Int
    private var overflow: Unmanaged<Arena>?
    private let limit: Int
    /// Bytes handed out in all.
    private(set) var usedBytes = 0

    /// The stack buffer's usual size in bytes: enough for the text that `fractional` hashes.
    static let stackBytes = 1024

    init(_ buffer: UnsafeMutableRawBufferPointer) {
        unsafe next = buffer.baseAddress
        remaining = buffer.count
        limit = EvaluationLimits.maximumScratchBytes
    }

    /// One that builds in somebody else's arena, where what it has built stays.
    init(in arena: Arena, limit: Int) {
        unsafe next = nil
        remaining = 0
        unsafe overflow = .passRetained(arena)
        self.limit = limit
    }

    /// What is left of the limit.
    var remainingBytes: Int { limit - usedBytes }

    /// Room for bytes; nil when the evaluation's limit is reached.
    mutating func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
        unsafe allocate(UInt8.self, count: count, alignment: 1)
    }

    /// Room for values; nil when the evaluation's limit is reached.
    mutating func values(_ count: Int) -> UnsafeMutablePointer<RuleValue>? {
        unsafe allocate(RuleValue.self, count: count, alignment: 16)
    }

    /// An arena for whatever else an evaluation builds.
    mutating func arena() -> Arena {
        if let overflow = unsafe overflow { return unsafe overflow.takeUnretainedValue() }
        let made = Arena()
        unsafe overflow = .passRetained(made)
        return made
    }

    /// Frees what did not fit the stack buffer.
    ///
    /// Not in a `deinit`: what needs one is moved about with care by the compiler, which costs more than most evaluations.
    @inline(__always) mutating func free() {
        if let arena = unsafe overflow { unsafe arena.release() }
        unsafe overflow = nil
    }

    /// Counts memory that is taken from ``arena()``; false when the evaluation's limit is reached.
    mutating func charge(_ bytes: Int) -> Bool {
        usedBytes += bytes
        return usedBytes <= limit
    }

    private mutating func allocate<Element: BitwiseCopyable>(
        _ type: Element.Type, count: Int, alignment: Int
    ) -> UnsafeMutablePointer<Element>? {
        let size = count * MemoryLayout<Element>.stride
        guard charge(size) else { return nil }
        if let start = unsafe next?.alignedUp(toMultipleOf: alignment) {
            let skipped = unsafe next.map { unsafe start - $0 } ?? 0
            if size + skipped <= remaining {
                unsafe next = unsafe start + size
                remaining -= size + skipped
                return unsafe start.bindMemory(to: type, capacity: max(count, 1))
            }
        }
        return unsafe arena().allocate(type, count: count)
    }
}
