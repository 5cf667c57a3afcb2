#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The self-pipe: a byte written to it ends the `poll(2)` of the thread that watches its other end.
///
/// A plain value of two descriptors; its owner says when they are closed.
struct WakeUpPipe: Sendable {
    /// The end to poll for reading.
    let readEnd: Int32
    private let writeEnd: Int32

    /// Opens the pipe, both ends non-blocking and closed on `exec`.
    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .last }
        readEnd = ends[0]
        writeEnd = ends[1]
        for end in ends {
            Descriptor.setCloseOnExec(end)
            Descriptor.setNonBlocking(end)
        }
    }

    /// Wakes the watcher.
    ///
    /// A full pipe is as good: the watcher is going to wake.
    func signal() {
        var byte: UInt8 = 1
        repeat {
            if unsafe write(writeEnd, &byte, 1) >= 0 { return }
        } while errno == EINTR
    }

    /// Takes out what ``signal()`` wrote.
    func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while unsafe read(readEnd, &bytes, bytes.count) == bytes.count {}
    }

    /// Closes both ends; the value is of no use afterwards.
    func close() {
        Descriptor.close(readEnd)
        Descriptor.close(writeEnd)
    }
}
