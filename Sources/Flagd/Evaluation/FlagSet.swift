internal import Synchronization

/// A compiled, immutable set of flags: everything an evaluation needs, in memory of its own.
///
/// Invariant: what the tables point to lives in its arena and its texts; nothing is written after the initializer.
@safe final class FlagSet: @unchecked Sendable {
    /// What evaluations read, at an address that stays.
    let tablesAddress: UnsafePointer<FlagTables>
    /// What they seldom read, one for each record.
    let details: [FlagDetail]
    /// Why flags cannot be used, by their records.
    let unusableReasons: [Int: String]
    /// What was found wrong.
    let diagnostics: [FlagDiagnostic]
    /// How many flags there are.
    let count: Int

    /// The metadata of each payload, and of all.
    let payloadMetadata: [Structure]
    let setMetadata: Structure
    let payloads: [CompiledPayload]
    private let enrichment: ContextStorage?
    private let texts: FlagTexts
    private let selector: String?
    private let arena: Arena
    /// The set in whose memory some of the flags lie.
    private let earlier: FlagSet?
    private let isFoundationWorthwhile: Bool
    /// Bytes of the flags in the payloads.
    private let flagBytes: Int

    /// A payload's bytes, and its evaluators for comparing rules.
    struct CompiledPayload: Sendable {
        let storage: PayloadStorage
        let evaluatorsText: ByteView
        /// Its flags among the records.
        let records: Range<Int>
    }

    init(_ parts: FlagSetParts) {
        arena = parts.arena
        details = parts.details
        unusableReasons = parts.unusableReasons
        diagnostics = parts.diagnostics
        payloads = parts.payloads
        payloadMetadata = parts.payloadMetadata
        selector = parts.selector
        setMetadata = parts.payloadMetadata.reduce(Structure()) { $0.merging($1) }
        enrichment = parts.enrichment.map { ContextStorage($0) }
        texts = FlagTexts(parts.texts, following: parts.earlier?.texts)
        var bytes = (all: 0, taken: 0)
        for index in parts.details.indices {
            bytes.all += parts.details[index].raw.count
            if parts.details[index].origin != nil { bytes.taken += parts.details[index].raw.count }
        }
        flagBytes = bytes.all
        earlier = parts.standsOnEarlier ? parts.earlier : nil
        isFoundationWorthwhile =
            parts.earlier.map { EarlierFlags.isWorthwhile(taken: bytes.taken, of: $0.flagBytes, for: bytes.all) }
            ?? true
        let index = FlagIndex(parts.details, arena: parts.arena)
        count = index.count
        let address = UnsafeMutablePointer<FlagTables>.allocate(capacity: 1)
        unsafe tablesAddress = UnsafePointer(address)
        unsafe address.initialize(
            to: FlagTables(
                index: index, records: UnsafePointer(parts.arena.copy(parts.records)),
                recordCount: parts.records.count, texts: texts.view,
                enrichment: enrichment?.table ?? .empty, stripeEntries: parts.stripeEntries,
                payloadCount: parts.payloads.count, hasSetMetadata: !setMetadata.isEmpty || selector != nil,
                set: .passUnretained(self)))
    }

    deinit { unsafe tablesAddress.deallocate() }

    /// What evaluations read.
    var tables: FlagTables { unsafe tablesAddress.pointee }

    /// Compiles payloads into a set, in which the flags of later ones win.
    ///
    /// - Parameter earlier: a set compiled with the same options, whose flags are taken over where their bytes are the same.
    /// - Throws: ``PayloadError`` when one of them cannot be used.
    static func compile(
        _ payloads: [FlagPayload], options: EvaluationOptions, after earlier: FlagSet? = nil
    ) throws(PayloadError) -> FlagSet {
        var compiler = FlagSetCompiler(options: options, payloadCount: payloads.count, earlier: earlier)
        for payload in payloads { try compiler.add(payload) }
        return compiler.finish()
    }

    /// The set that the next one may take flags over from, which stands on no other: this one, or the one that this one stands on;
    /// nil when too much has changed since then.
    var foundation: FlagSet? { isFoundationWorthwhile ? base : nil }

    /// The set whose flags may be this one's: itself without an earlier one.
    var base: FlagSet { earlier ?? self }

    /// The record of the base that has the bytes of one; nil when that is another flag's.
    func baseRecord(of record: Int) -> Int? { earlier == nil ? record : details[record].origin }

    /// Whether no flag is in the set.
    var isEmpty: Bool { count == 0 }

    /// The set's metadata with the flag's over it, and the selector's `scope`.
    ///
    /// Without a flag: all payloads' metadata.
    func metadata(ofRecord record: Int?) -> FlagMetadata.Storage {
        var merged = setMetadata
        if let record {
            let detail = details[record]
            merged = payloadMetadata[detail.payload]
            if case .structure(let own) = Value(detail.metadata) { merged = merged.merging(FlagSet.scalars(own)) }
        }
        if let selector, merged["scope"] == nil { merged["scope"] = .string(selector) }
        return FlagMetadata.Storage(merged)
    }

    /// The members that metadata can hold.
    static func scalars(_ structure: Structure) -> Structure {
        Structure(members: structure.filter { MetadataValue($0.value) != nil }.map { ($0.key, $0.value) })
    }

    /// The indexes of the flags' records, replaced duplicates left out, in the payload's order.
    var liveRecords: [Int] { (0..<tables.recordCount).filter(isLive) }

    /// Whether no later flag has the key of a record.
    func isLive(_ record: Int) -> Bool {
        count == tables.recordCount || tables.find(tables.key(at: record)) == record
    }
}

/// What ``FlagSetCompiler`` puts together.
struct FlagSetParts {
    var arena = Arena(firstBlock: 4096)
    var records: [FlagRecord] = []
    var details: [FlagDetail] = []
    var unusableReasons: [Int: String] = [:]
    var diagnostics: [FlagDiagnostic] = []
    var payloads: [FlagSet.CompiledPayload] = []
    var payloadMetadata: [Structure] = []
    var enrichment: Structure?
    var selector: String?
    /// Short texts that evaluations hand out, behind those of the earlier set.
    var texts: [String] = []
    /// The set that flags were taken over from.
    var earlier: FlagSet?
    /// Whether there were any, be it that their rules were compiled anew: variants and metadata still lie in that set's memory.
    var standsOnEarlier = false
    /// Entries in a stripe's cache: metadata, long texts, objects.
    ///
    /// Entry 0 is all payloads' metadata together, entry n the n-th payload's, for flags without metadata of their own.
    var stripeEntries = 1
}

/// What an evaluation reads of a flag set: plain pointers into it, without reference counting.
///
/// Invariant: the flag set that made it is alive; see ``Snapshot``.
@safe struct FlagTables: @unchecked Sendable {
    private let index: FlagIndex
    private let records: UnsafePointer<FlagRecord>
    let recordCount: Int
    let texts: FlagTexts.View
    /// The stream's context.
    let enrichment: ObjectTable
    /// How many entries a stripe's cache needs.
    let stripeEntries: Int
    /// Entries up to this one are payloads' metadata.
    let payloadCount: Int
    /// Whether a payload has metadata, or a selector adds `scope`.
    let hasSetMetadata: Bool
    /// ``TextHash/processSeed`` and ``TextKey/knowsStrings``.
    fileprivate let seed: UInt64
    fileprivate let knowsStrings: Bool
    /// Different for every set of the process, other than the address, which comes back.
    let number: UInt64
    private let set: Unmanaged<FlagSet>

    init(
        index: FlagIndex, records: UnsafePointer<FlagRecord>, recordCount: Int, texts: FlagTexts.View,
        enrichment: ObjectTable, stripeEntries: Int, payloadCount: Int, hasSetMetadata: Bool,
        set: Unmanaged<FlagSet>
    ) {
        self.index = index
        unsafe self.records = unsafe records
        self.recordCount = recordCount
        self.texts = texts
        self.enrichment = enrichment
        self.stripeEntries = stripeEntries
        self.payloadCount = payloadCount
        self.hasSetMetadata = hasSetMetadata
        seed = TextHash.processSeed
        knowsStrings = TextKey.knowsStrings
        number = FlagTables.numbers.wrappingAdd(1, ordering: .relaxed).newValue
        unsafe self.set = set
    }

    private static let numbers = Atomic<UInt64>(0)

    /// The set itself, for what is seldom needed.
    var owner: FlagSet { unsafe set.takeUnretainedValue() }

    /// The index of a flag's record; nil when there is no such flag.
    ///
    /// O(1).
    func find(_ key: ByteView) -> Int? { find(HashedKey(key)) }

    @inline(__always) fileprivate func find(_ wanted: HashedKey) -> Int? {
        index.find(wanted.hash) { unsafe records[$0].key == wanted.key }
    }

    /// The key of a record.
    func key(at position: Int) -> ByteView { reference(position).key }

    func position(of record: FlagRecordReference) -> Int { unsafe record.address - records }

    @inline(__always) func record(_ position: Int) -> FlagRecord { reference(position).record }

    @inline(__always) func reference(_ position: Int) -> FlagRecordReference {
        precondition(UInt(bitPattern: position) < UInt(bitPattern: recordCount), "index out of range")
        return unsafe FlagRecordReference(records + position)
    }
}

/// Where the tables of a flag set are, so that an evaluation reads single members of them and copies nothing.
///
/// Invariant: the flag set is alive; see ``Snapshot``.
@safe struct FlagTablesReference: Equatable, @unchecked Sendable {
    private let address: UnsafePointer<FlagTables>

    init(_ address: UnsafePointer<FlagTables>) { unsafe self.address = unsafe address }

    @inline(__always) static func == (left: FlagTablesReference, right: FlagTablesReference) -> Bool {
        unsafe left.address == right.address
    }

    @inline(__always) func find(_ key: String) -> FlagRecordReference? {
        unsafe HashedKey.with(key, seed: address.pointee.seed, knowsStrings: address.pointee.knowsStrings) { wanted in
            unsafe address.pointee.find(wanted).map { unsafe address.pointee.reference($0) }
        }
    }

    @inline(__always) func position(of record: FlagRecordReference) -> Int {
        unsafe address.pointee.position(of: record)
    }
    @inline(__always) var texts: FlagTexts.View { unsafe address.pointee.texts }
    @inline(__always) var enrichment: ObjectTable { unsafe address.pointee.enrichment }
    @inline(__always) var stripeEntries: Int { unsafe address.pointee.stripeEntries }
    @inline(__always) var number: UInt64 { unsafe address.pointee.number }
    @inline(__always) var payloadCount: Int { unsafe address.pointee.payloadCount }
    @inline(__always) var hasSetMetadata: Bool { unsafe address.pointee.hasSetMetadata }
    var owner: FlagSet { unsafe address.pointee.owner }
}

/// The short texts of a set, built once.
///
/// Invariant: they are never changed, and freed with the object.
@safe final class FlagTexts: @unchecked Sendable {
    let view: View

    /// The texts, without reference counting of their owner.
    @safe struct View: @unchecked Sendable {
        fileprivate let base: UnsafeMutablePointer<String>
        let count: Int

        @inline(__always) subscript(index: Int) -> String {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
            // A short string owns nothing: taken out, it is still there.
            return unsafe (base + index).move()
        }
    }

    init(_ texts: [String], following earlier: FlagTexts? = nil) {
        let start = earlier?.view.count ?? 0
        let base = UnsafeMutablePointer<String>.allocate(capacity: max(start + texts.count, 1))
        if let earlier { unsafe base.initialize(from: earlier.view.base, count: start) }
        for (index, text) in texts.enumerated() {
            precondition(text.utf8.count <= FlagText.longestShared, "a text with a reference count is shared")
            unsafe (base + start + index).initialize(to: text)
        }
        view = unsafe View(base: base, count: start + texts.count)
    }

    deinit {
        unsafe view.base.deinitialize(count: view.count)
        unsafe view.base.deallocate()
    }
}

/// Flags by the hash of their key: open addressing, at most half full.
///
/// Invariant: `slotCount` slots, a power of two, lie behind `slots`, in the flag set's arena.
@safe struct FlagIndex: @unchecked Sendable {
    private let slots: UnsafePointer<Slot>
    private let slotCount: Int
    /// The distinct keys.
    let count: Int

    /// The upper half of a key's hash, and 1 + the position of its record, 0 in a free slot.
    private struct Slot: BitwiseCopyable {
        var hash: UInt32 = 0
        var entry: UInt32 = 0
    }

    /// Puts the keys of flags into an index; of equal ones the last one stays.
    init(_ flags: [FlagDetail], arena: Arena) {
        let size = ObjectTable.slotCount(for: max(flags.count, 2))
        let table = unsafe arena.allocate(Slot.self, count: size)
        unsafe table.initialize(repeating: Slot(), count: size)
        var distinct = 0
        for position in flags.indices {
            let key = flags[position].key
            let hash = TextHash.hash(key)
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while unsafe table[slot].entry != 0 {
                let held = unsafe Int(table[slot].entry) - 1
                if unsafe table[slot].hash == UInt32(truncatingIfNeeded: hash >> 32), flags[held].key == key {
                    break
                }
                slot = (slot + 1) & (size - 1)
            }
            if unsafe table[slot].entry == 0 { distinct += 1 }
            unsafe table[slot] = Slot(hash: UInt32(truncatingIfNeeded: hash >> 32), entry: UInt32(position + 1))
        }
        count = distinct
        slotCount = size
        unsafe slots = UnsafePointer(table)
    }

    /// The position of the record of a key with a hash, where the caller compares keys.
    @inline(__always) func find(_ hash: UInt64, isEqual: (Int) -> Bool) -> Int? {
        let upper = UInt32(truncatingIfNeeded: hash >> 32)
        var slot = Int(truncatingIfNeeded: hash) & (slotCount &- 1)
        while true {
            let found = unsafe slots[slot]
            if found.entry == 0 { return nil }
            let position = Int(found.entry) &- 1
            if found.hash == upper && isEqual(position) { return position }
            slot = (slot &+ 1) & (slotCount &- 1)
        }
    }
}
