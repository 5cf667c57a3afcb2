/// Names a timer, to cancel it.
package struct TimerID: Hashable, Sendable {
    fileprivate let rawValue: UInt64
}

/// Deadlines in the order in which they come due: a binary heap.
///
/// Equal deadlines come due in the order they were set. A cancelled timer leaves at once with its payload; its heap entry goes when
/// it surfaces, or earlier when such entries outnumber the live ones.
struct TimerHeap<Payload> {
    private struct Entry {
        var deadline: MonotonicTime
        var id: TimerID

        func isBefore(_ other: Entry) -> Bool {
            deadline == other.deadline ? id.rawValue < other.id.rawValue : deadline < other.deadline
        }
    }

    private var entries: [Entry] = []
    private var payloads: [TimerID: Payload] = [:]
    private var nextID: UInt64 = 0

    /// How many timers are set.
    var count: Int { payloads.count }

    /// How many entries the heap has, those of cancelled timers included.
    var heapSize: Int { entries.count }

    /// The earliest deadline; nil when no timer is set.
    var nextDeadline: MonotonicTime? { entries.first?.deadline }

    /// Sets a timer.
    mutating func insert(_ payload: Payload, at deadline: MonotonicTime) -> TimerID {
        let id = TimerID(rawValue: nextID)
        nextID &+= 1
        payloads[id] = payload
        entries.append(Entry(deadline: deadline, id: id))
        siftUp(entries.count - 1)
        return id
    }

    /// Takes a timer away; nil when it fired or was cancelled before.
    @discardableResult
    mutating func cancel(_ id: TimerID) -> Payload? {
        guard let payload = payloads.removeValue(forKey: id) else { return nil }
        if entries.count > 2 * payloads.count + 16 {
            compact()
        } else {
            dropCancelledFront()
        }
        return payload
    }

    /// Takes the earliest timer that is due at `now`; nil when none is.
    mutating func popDue(at now: MonotonicTime) -> Payload? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        removeFront()
        let payload = payloads.removeValue(forKey: first.id)
        dropCancelledFront()
        return payload
    }

    /// Takes all timers away.
    mutating func removeAll() {
        entries.removeAll()
        payloads.removeAll()
    }

    /// Keeps a live timer at the front, so that ``nextDeadline`` is exact.
    private mutating func dropCancelledFront() {
        while let first = entries.first, payloads[first.id] == nil {
            removeFront()
        }
    }

    private mutating func compact() {
        entries.removeAll { payloads[$0.id] == nil }
        // A sorted array is a heap.
        entries.sort { $0.isBefore($1) }
    }

    private mutating func removeFront() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        siftDown()
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].isBefore(entries[parent]) else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && entries[child].isBefore(entries[least]) {
                least = child
            }
            if least == parent { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
