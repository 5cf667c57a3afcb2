import Foundation

/// The allocations that a piece of code makes, counted by an allocator in front of the system's.
///
/// The allocator is a few lines of C, built when the program starts and preloaded into a second start of it. Without a C compiler
/// nobody counts.
enum Allocations {
    private static let source = """
        #include <stddef.h>
        extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
        extern void *__libc_memalign(size_t, size_t);
        static unsigned long count;
        unsigned long flagd_allocation_count(void) { return count; }
        void *malloc(size_t size) { __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED); return __libc_malloc(size); }
        void *calloc(size_t n, size_t size) { __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED); return __libc_calloc(n, size); }
        void *realloc(void *p, size_t size) { __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED); return __libc_realloc(p, size); }
        int posix_memalign(void **result, size_t alignment, size_t size) {
            __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
            return (*result = __libc_memalign(alignment, size)) ? 0 : 12;
        }
        """

    private typealias Counter = @convention(c) () -> UInt

    private static let counter: Counter? = {
        guard let symbol = unsafe dlsym(nil, "flagd_allocation_count") else { return nil }
        return unsafe unsafeBitCast(symbol, to: Counter.self)
    }()

    /// How many there were in a closure; nil where nobody counts.
    static func count(_ body: () -> Void) -> Int? {
        guard let counter else {
            body()
            return nil
        }
        let before = counter()
        body()
        return Int(counter() - before)
    }

    /// Starts the program again under the counting allocator; returns where that cannot be.
    static func restartCounting() {
        #if canImport(Glibc)
        let marker = "FLAGD_BENCHMARK_ALLOCATOR"
        guard counter == nil, ProcessInfo.processInfo.environment[marker] == nil, let library = build() else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = Array(CommandLine.arguments.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["LD_PRELOAD": library, marker: library], uniquingKeysWith: { $1 })
        let isRunning = (try? process.run()) != nil
        if isRunning { process.waitUntilExit() }
        try? FileManager.default.removeItem(atPath: library)
        if isRunning { exit(process.terminationStatus) }
        #endif
    }

    private static func build() -> String? {
        let base = FileManager.default.temporaryDirectory.appendingPathComponent("flagd-allocations-\(getpid())").path
        guard let compiler = CCompiler.path,
            (try? source.write(toFile: base + ".c", atomically: true, encoding: .utf8)) != nil
        else { return nil }
        defer { try? FileManager.default.removeItem(atPath: base + ".c") }
        let options = ["-O2", "-fPIC", "-shared", "-o", base + ".so", base + ".c"]
        return CCompiler.run(compiler, options) ? base + ".so" : nil
    }
}

/// The machine's C compiler.
enum CCompiler {
    static var path: String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        for name in ["clang", "cc", "gcc"] {
            for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
                return "\(folder)/\(name)"
            }
        }
        return nil
    }

    /// Runs a program silently; whether it succeeded.
    static func run(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
