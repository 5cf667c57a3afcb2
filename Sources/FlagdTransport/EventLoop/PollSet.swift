#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What to wait for on a descriptor.
struct Interest: OptionSet, Sendable {
    let rawValue: UInt8
    static let read = Interest(rawValue: 1)
    static let write = Interest(rawValue: 2)
}

/// The descriptors of one `poll(2)` and what it said about them.
struct PollSet {
    private var entries: [pollfd] = []

    /// Forgets all descriptors; the memory stays for the next round.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
    }

    /// Adds a descriptor; errors and hang-ups are reported whatever the interest is.
    mutating func add(_ descriptor: Int32, _ interest: Interest) {
        var events: Int32 = 0
        if interest.contains(.read) { events |= Int32(POLLIN) }
        if interest.contains(.write) { events |= Int32(POLLOUT) }
        entries.append(pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0))
    }

    /// Waits until a descriptor is ready or `timeout` milliseconds have passed (-1: for ever).
    ///
    /// After an error nothing is ready.
    mutating func wait(timeout: Int32) {
        let count = nfds_t(entries.count)
        let status = unsafe entries.withUnsafeMutableBufferPointer { unsafe poll($0.baseAddress, count, timeout) }
        guard status < 0 else { return }
        for index in entries.indices { entries[index].revents = 0 }
    }

    /// Whether the last ``wait(timeout:)`` reported anything for the descriptor: ready, failed or hung up.
    ///
    /// Failures need no telling apart: the read or write that follows finds the cause.
    func isReady(_ descriptor: Int32) -> Bool {
        entries.contains { $0.fd == descriptor && $0.revents != 0 }
    }

    /// Whether the last ``wait(timeout:)`` found something to read, a failure or a hang-up.
    func isReadable(_ descriptor: Int32) -> Bool {
        entries.contains { $0.fd == descriptor && Int32($0.revents) & ~Int32(POLLOUT) != 0 }
    }
}
