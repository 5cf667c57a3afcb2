#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif
internal import Synchronization

/// The flag set that evaluations read, behind stripes: a reader marks the stripe of its thread, so that threads share no cache line
/// and no reference count, and a publisher waits for each stripe once.
///
/// A thread that finds its stripe without an owner owns it from then on and marks it with plain stores. The publisher makes the new
/// set current and has the system order every thread's memory accesses (``ThreadBarrier``): whoever marks a stripe later sees the new
/// set. The old one is freed when the readers who were there then have left. Threads beyond the stripes, or whose stripe another
/// thread owns, share a few that they lock. A stripe is marked for one evaluation, in which no user code runs.
@safe final class Snapshot: @unchecked Sendable {
    /// The address of the current set's tables, or one of the two below it.
    private let current = Atomic<UInt>(Snapshot.notReady)
    private let stripes: UnsafeMutableRawPointer
    /// What is kept alive; only publishers take the lock.
    private let published = Mutex(Published())
    private let hasBarrier: Bool

    /// The set that is current, and those before it that somebody may still read.
    private struct Published {
        var set: FlagSet?
        var retired: [Retired] = []
    }

    /// A set that was replaced, and the readers who were there then.
    private struct Retired {
        let set: FlagSet
        let readers: [(stripe: Int, visit: UInt)]
    }

    /// So many replaced sets may wait for a reader whose thread the system has stopped; beyond, publishing waits too.
    static let maximumRetiredSets = 64

    private static let notReady: UInt = 0
    private static let fatal: UInt = 1

    /// Stripes that threads own: more than the cores of the usual machine, so that most threads have one.
    static let ownStripeCount = 64
    /// Stripes for all other threads.
    static let sharedStripeCount = 16
    private static let stripeCount = ownStripeCount + sharedStripeCount

    /// - Parameter hasBarrier: whether ``ThreadBarrier`` orders the threads' accesses; where the system has none, readers do.
    init(hasBarrier: Bool = ThreadBarrier.isAvailable) {
        self.hasBarrier = hasBarrier
        unsafe stripes = UnsafeMutableRawPointer.allocate(
            byteCount: Snapshot.stripeCount * Stripe.stride, alignment: Stripe.stride)
        for index in 0..<Snapshot.stripeCount { stripe(index).initialize() }
    }

    deinit {
        for index in 0..<Snapshot.stripeCount { stripe(index).deinitialize() }
        unsafe stripes.deallocate()
    }

    /// A stripe by its number; those that threads own come first.
    @inline(__always) private func stripe(_ index: Int) -> Stripe { unsafe Stripe(stripes + index &* Stripe.stride) }

    /// The set that evaluations read now.
    var set: FlagSet? { published.withLock { $0.set } }

    /// Makes a set current for every thread.
    ///
    /// When this returns, every evaluation that begins reads it.
    func publish(_ set: FlagSet) { replace(with: set, unsafe UInt(bitPattern: set.tablesAddress)) }

    /// Takes the set away: evaluations are told that there is none, or that there never will be one.
    func withdraw(isFatal: Bool) { replace(with: nil, isFatal ? Snapshot.fatal : Snapshot.notReady) }

    private func replace(with set: FlagSet?, _ value: UInt) {
        var free: [Retired] = []
        published.withLock { published in
            let old = published.set
            published.set = set
            current.store(value, ordering: .sequentiallyConsistent)
            if hasBarrier { ThreadBarrier.orderAllThreads() }
            if let old { published.retired.append(Retired(set: old, readers: readers())) }
            free = takeUnread(&published.retired)
        }
        // Freed here, behind the lock: they may be large.
        withExtendedLifetime(free) {}
    }

    /// The readers of this moment.
    private func readers() -> [(stripe: Int, visit: UInt)] {
        (0..<Snapshot.stripeCount).compactMap { index in stripe(index).visit.map { (index, $0) } }
    }

    /// Takes the sets that nobody reads any more, after a short wait for those who do: an evaluation takes microseconds, unless the
    /// system has stopped its thread.
    private func takeUnread(_ retired: inout [Retired]) -> [Retired] {
        var unread: [Retired] = []
        var attempts = 0
        while !retired.isEmpty {
            var waiting: [Retired] = []
            for candidate in retired {
                let isRead = candidate.readers.contains { stripe($0.stripe).visit == $0.visit }
                if isRead { waiting.append(candidate) } else { unread.append(candidate) }
            }
            retired = waiting
            attempts += 1
            guard attempts > 64 else { continue }
            if retired.count <= Snapshot.maximumRetiredSets { break }
            sched_yield()
        }
        return unread
    }

    /// Begins to read the current set.
    ///
    /// Whoever enters leaves soon, and runs no code of the user's in between.
    @inline(__always) func enter() -> Reader {
        let thread = Snapshot.currentThread()
        let own = stripe(Snapshot.place(of: thread))
        guard own.isFree(for: thread) else { return enterElsewhere(thread) }
        return enter(own)
    }

    @inline(__always) private func enter(_ own: Stripe) -> Reader {
        if hasBarrier {
            own.mark()
            return Reader(own, current.load(ordering: .acquiring))
        }
        own.markInOrder()
        return Reader(own, current.load(ordering: .sequentiallyConsistent))
    }

    /// Claims the thread's stripe when nobody owns it, else locks one of the shared ones.
    @inline(never) private func enterElsewhere(_ thread: UInt) -> Reader {
        let own = stripe(Snapshot.place(of: thread))
        if own.claim(for: thread) { return enter(own) }
        var index = Snapshot.place(of: thread)
        while true {
            let shared = stripe(Snapshot.ownStripeCount + index % Snapshot.sharedStripeCount)
            if shared.lock() { return Reader(shared, current.load(ordering: .sequentiallyConsistent)) }
            index &+= 1
            if index % Snapshot.sharedStripeCount == 0 { sched_yield() }
        }
    }

    /// A thread that reads the current set.
    ///
    /// Invariant: made by ``enter()``, used until ``leave()``; until then the set stays, and the stripe and its copies are this
    /// reader's alone.
    @safe struct Reader {
        private let stripe: Stripe
        private let address: UInt

        @inline(__always) fileprivate init(_ stripe: Stripe, _ address: UInt) {
            self.stripe = stripe
            self.address = address
        }

        /// The set's tables; nil when there is no set.
        @inline(__always) var tables: FlagTablesReference? {
            guard address > Snapshot.fatal, let tables = unsafe UnsafePointer<FlagTables>(bitPattern: address) else {
                return nil
            }
            return unsafe FlagTablesReference(tables)
        }

        /// Whether there never will be a set.
        var isFatal: Bool { address == Snapshot.fatal }

        /// The stripe's own copy of something; see ``StripeCache``.
        @inline(__always)
        func entry<Object: AnyObject>(_ index: Int, of set: FlagTablesReference, make: () -> Object) -> Object {
            stripe.entry(index, of: set, make: make)
        }

        /// The stripe's own copy of something, to be handed out itself; see ``StripeCache``.
        @inline(__always)
        func handOut<Object: AnyObject>(_ index: Int, of set: FlagTablesReference, make: () -> Object) -> Object {
            stripe.handOut(index, of: set, make: make)
        }

        @inline(__always) func leave() { stripe.leave() }
    }

    @inline(__always) private static func currentThread() -> UInt {
        #if canImport(Glibc)
        UInt(pthread_self())
        #else
        UInt(bitPattern: pthread_self())
        #endif
    }

    /// The number of the stripe that a thread may own.
    ///
    /// Thread objects lie pages apart: their low bits say nothing.
    @inline(__always) private static func place(of thread: UInt) -> Int {
        let mixed = (UInt64(thread) &>> 8) &* 0x9e37_79b9_7f4a_7c15
        return Int(truncatingIfNeeded: mixed &>> 40) & (ownStripeCount &- 1)
    }
}

/// A reader's place: its marks, and the reader's copies of what has a shared reference count.
///
/// Invariant: ``Snapshot`` set its memory aside. The marks are an object of their own, since threads look at them while another one
/// changes the copies.
@safe private struct Stripe {
    private let memory: UnsafeMutableRawPointer

    /// Keeps neighbours out of this one's cache line, and out of the line that is fetched with it.
    static let stride = 128

    private struct Marks: ~Copyable {
        /// The thread that alone marks this stripe; 0 while there is none, and always in a shared one.
        let owner = Atomic<UInt>(0)
        /// Goes up by one whenever a reader comes or leaves: odd while one is there.
        let visits = Atomic<UInt>(0)
    }

    @inline(__always) init(_ memory: UnsafeMutableRawPointer) { unsafe self.memory = memory }

    @inline(__always) private var marks: UnsafeMutablePointer<Marks> {
        unsafe memory.assumingMemoryBound(to: Marks.self)
    }

    @inline(__always) private var copies: UnsafeMutablePointer<StripeCache> {
        unsafe (memory + 32).assumingMemoryBound(to: StripeCache.self)
    }

    func initialize() {
        unsafe memory.bindMemory(to: Marks.self, capacity: 1).initialize(to: Marks())
        unsafe (memory + 32).bindMemory(to: StripeCache.self, capacity: 1).initialize(to: StripeCache())
    }

    func deinitialize() {
        removeCopies()
        unsafe marks.deinitialize(count: 1)
        unsafe copies.deinitialize(count: 1)
    }

    func removeCopies() { unsafe copies.pointee.removeAll() }

    @inline(__always)
    func entry<Object: AnyObject>(_ index: Int, of set: FlagTablesReference, make: () -> Object) -> Object {
        unsafe copies.pointee.entry(index, of: set, make: make)
    }

    @inline(__always)
    func handOut<Object: AnyObject>(_ index: Int, of set: FlagTablesReference, make: () -> Object) -> Object {
        unsafe copies.pointee.handOut(index, of: set, make: make)
    }
}

/// A stripe that a thread owns.
extension Stripe {
    /// Whether the thread owns the stripe and is not there already, as a signal handler may find.
    @inline(__always) func isFree(for thread: UInt) -> Bool {
        unsafe marks.pointee.owner.load(ordering: .relaxed) == thread
            && marks.pointee.visits.load(ordering: .relaxed) & 1 == 0
    }

    /// Whether the stripe had no owner and now is the thread's.
    func claim(for thread: UInt) -> Bool {
        unsafe marks.pointee.owner.compareExchange(expected: 0, desired: thread, ordering: .acquiringAndReleasing)
            .exchanged
    }

    /// The owner comes; a ``ThreadBarrier`` of the publisher's orders this before what the owner reads next.
    @inline(__always) func mark() {
        unsafe marks.pointee.visits.store(marks.pointee.visits.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// The owner comes, where there is no such barrier.
    @inline(__always) func markInOrder() {
        let visits = unsafe marks.pointee.visits.load(ordering: .relaxed)
        _ = unsafe marks.pointee.visits.exchange(visits &+ 1, ordering: .sequentiallyConsistent)
    }

    /// Whoever is there leaves.
    @inline(__always) func leave() {
        unsafe marks.pointee.visits.store(marks.pointee.visits.load(ordering: .relaxed) &+ 1, ordering: .releasing)
    }

    /// The number of the visit of whoever is there; nil when nobody is.
    var visit: UInt? {
        let visits = unsafe marks.pointee.visits.load(ordering: .sequentiallyConsistent)
        return visits & 1 == 1 ? visits : nil
    }
}

/// A stripe that threads share.
extension Stripe {
    /// Comes when nobody is there.
    func lock() -> Bool {
        let visits = unsafe marks.pointee.visits.load(ordering: .relaxed)
        guard visits & 1 == 0 else { return false }
        return unsafe marks.pointee.visits.compareExchange(
            expected: visits, desired: visits &+ 1, ordering: .sequentiallyConsistent
        ).exchanged
    }
}

/// A stripe's own copies of long texts, objects and metadata, made when they are first handed out.
///
/// Swift counts references to such things. Were they shared, threads that evaluate the same flag would fight over the count.
@safe struct StripeCache {
    private var entries: UnsafeMutablePointer<Entry>?
    private var capacity = 0
    /// The number of the set that the entries belong to.
    private var owner: UInt64 = 0

    /// A copy, and how many references to it are counted already, for evaluations to hand out.
    ///
    /// Counting is an atomic access, which takes a fourth of a short evaluation's time: one counts for many evaluations.
    private struct Entry {
        var object: AnyObject?
        var spareReferences = 0

        /// How many are counted at once.
        private static let batch = 16

        mutating func countReferences() {
            guard let object else { return }
            // The compiler makes one access of them all.
            for _ in 0..<Entry.batch { _ = unsafe Unmanaged.passUnretained(object).retain() }
            spareReferences += Entry.batch
        }

        func releaseReferences() {
            guard let object else { return }
            for _ in 0..<spareReferences { unsafe Unmanaged.passUnretained(object).release() }
        }
    }

    /// Forgets everything.
    mutating func removeAll() {
        guard let old = unsafe entries else { return }
        for index in 0..<capacity { unsafe old[index].releaseReferences() }
        unsafe old.deinitialize(count: capacity)
        unsafe old.deallocate()
        unsafe entries = nil
        capacity = 0
        owner = 0
    }

    /// The entry of an index below the set's ``FlagTables/stripeEntries``; made when it is first asked for.
    ///
    /// Entries of another set are forgotten when the first of a set is made.
    @inline(__always)
    mutating func entry<Object: AnyObject>(_ index: Int, of set: FlagTablesReference, make: () -> Object) -> Object {
        if let entries = unsafe entries, set.number == owner, index < capacity,
            let object = unsafe entries[index].object
        {
            // An index of a set always has the same type: FlagSetCompiler hands each out once.
            return unsafe unsafeDowncast(object, to: Object.self)
        }
        let object = make()
        store(object, at: index, of: set)
        return object
    }

    /// The same entry with one of its spare references.
    @inline(__always)
    mutating func handOut<Object: AnyObject>(_ index: Int, of set: FlagTablesReference, make: () -> Object) -> Object {
        if let entries = unsafe entries, set.number == owner, index < capacity,
            unsafe entries[index].spareReferences > 0, let object = unsafe entries[index].object
        {
            unsafe entries[index].spareReferences &-= 1
            return unsafe Unmanaged.passUnretained(unsafeDowncast(object, to: Object.self)).takeRetainedValue()
        }
        let object = entry(index, of: set, make: make)
        unsafe entries?[index].countReferences()
        return object
    }

    private mutating func store(_ object: AnyObject, at index: Int, of set: FlagTablesReference) {
        if owner != set.number {
            removeAll()
            owner = set.number
            capacity = set.stripeEntries
            unsafe entries = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
            unsafe entries?.initialize(repeating: Entry(), count: capacity)
        }
        precondition(index < capacity, "index out of range")
        unsafe entries?[index].object = object
    }
}
