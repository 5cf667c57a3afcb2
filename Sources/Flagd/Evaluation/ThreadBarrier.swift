#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Has the system order the memory accesses of all threads of the process, so that readers need no barrier of their own
/// (Linux 4.14's `membarrier`, command PRIVATE_EXPEDITED).
enum ThreadBarrier {
    /// Whether the system does it.
    static let isAvailable = call(register) == 0

    /// When this returns, every thread has passed a full memory barrier since it was called.
    static func orderAllThreads() { _ = call(order) }

    private static let order = 1 << 3
    private static let register = 1 << 4

    #if os(Linux) && arch(x86_64)
    private static let number: Int? = 324
    #elseif os(Linux) && arch(arm64)
    private static let number: Int? = 283
    #else
    private static let number: Int? = nil
    #endif

    /// `syscall` takes any number of arguments, which Swift cannot import; with these two it is called like any other function.
    private typealias SystemCall = @convention(c) (Int, Int, Int, Int) -> Int

    private static let systemCall: SystemCall? = {
        guard let symbol = unsafe dlsym(dlopen(nil, RTLD_NOW), "syscall") else { return nil }
        return unsafe unsafeBitCast(symbol, to: SystemCall.self)
    }()

    private static func call(_ command: Int) -> Int {
        guard let number, let systemCall else { return -1 }
        return systemCall(number, command, 0, 0)
    }
}
