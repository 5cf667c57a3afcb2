import Foundation

#if os(Linux)
/// What the process holds, by /proc.
struct ProcessHoldings: CustomStringConvertible {
    /// Files, sockets and pipes; the runtime makes its timers when it likes.
    let descriptors: Int
    let threads: Int
    /// Resident memory in KiB.
    let memory: Int

    static func now() throws -> ProcessHoldings {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let files = FileManager.default
        return ProcessHoldings(
            descriptors: try files.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
                let target = try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
                return target.map { !$0.hasPrefix("anon_inode:") } ?? false
            },
            threads: try files.contentsOfDirectory(atPath: "/proc/self/task").count,
            memory: line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
    }

    /// The sanitizers keep freed memory.
    static var isSanitized: Bool { dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil }

    var description: String { "\(memory) KiB, \(descriptors) descriptors, \(threads) threads" }
}
#endif
