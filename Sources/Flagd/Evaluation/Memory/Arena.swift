/// Memory that grows in blocks, never moves, and is freed as a whole: what a compiled flag set or a context lives in.
///
/// Invariant: only plain data is stored in it (nothing that needs deinitialization), written once by the maker before it is shared.
@safe final class Arena: @unchecked Sendable {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []
    private var next: UnsafeMutableRawPointer?
    private var remaining = 0
    private var blockSize: Int
    /// Bytes taken from the system.
    private(set) var allocatedBytes = 0

    /// The largest block taken at once, but for a single larger piece: 1 MiB.
    static let maximumBlockSize = 1 << 20

    /// - Parameter firstBlock: the size of the first block in bytes; later ones double up to ``maximumBlockSize``.
    init(firstBlock: Int = 1024) { blockSize = max(64, firstBlock) }

    deinit {
        for index in unsafe blocks.indices { unsafe blocks[index].deallocate() }
    }

    /// Room for values of a type, aligned for it, uninitialized.
    ///
    /// O(1) amortized.
    func allocate<Element: BitwiseCopyable>(_ type: Element.Type, count: Int) -> UnsafeMutablePointer<Element> {
        let raw = unsafe reserve(bytes: MemoryLayout<Element>.stride * max(count, 1))
        return unsafe raw.bindMemory(to: type, capacity: max(count, 1))
    }

    /// A copy of bytes that lives as long as this arena.
    func copy(_ bytes: ByteView) -> ByteView {
        guard !bytes.isEmpty else { return .empty }
        let target = unsafe allocate(UInt8.self, count: bytes.count)
        unsafe bytes.withBuffer { source in
            if let start = source.baseAddress { unsafe target.update(from: start, count: source.count) }
        }
        return unsafe ByteView(target, count: bytes.count)
    }

    /// A copy of a text's UTF-8 that lives as long as this arena.
    func copy(_ text: String) -> ByteView {
        var text = text
        return text.withUTF8 { unsafe copy(ByteView($0)) }
    }

    /// A copy of values that lives as long as this arena.
    func copy<Values: Collection>(_ values: Values) -> UnsafeMutablePointer<Values.Element>
    where Values.Element: BitwiseCopyable {
        let target = unsafe allocate(Values.Element.self, count: values.count)
        var next = unsafe target
        for value in values {
            unsafe next.initialize(to: value)
            unsafe next += 1
        }
        return unsafe target
    }

    /// A value that lives as long as this arena.
    func store<Element: BitwiseCopyable>(_ value: Element) -> UnsafeMutablePointer<Element> {
        let target = unsafe allocate(Element.self, count: 1)
        unsafe target.initialize(to: value)
        return unsafe target
    }

    /// Every piece starts at a multiple of 16 bytes.
    private func reserve(bytes: Int) -> UnsafeMutableRawPointer {
        let size = (bytes + 15) & ~15
        if size > remaining { grow(for: size) }
        guard let start = unsafe next else { preconditionFailure("an arena grows before it is used") }
        unsafe next = unsafe start + size
        remaining -= size
        return unsafe start
    }

    private func grow(for size: Int) {
        let capacity = max(size, blockSize)
        let block = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        unsafe blocks.append(block)
        allocatedBytes += capacity
        blockSize = min(blockSize * 2, Arena.maximumBlockSize)
        unsafe next = unsafe block
        remaining = capacity
    }
}
