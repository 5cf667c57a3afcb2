import Foundation
import XCTest

/// What the process holds, by Linux's /proc.
enum ProcessCounts {
    static var descriptors: Int { count("/proc/self/fd") }

    /// All threads.
    ///
    /// Those of the concurrency runtime's pool come and go: allow for ``poolSlack``.
    static var threads: Int { count("/proc/self/task") }

    /// How many threads the runtime may add while a test runs.
    static let poolSlack = 2 * ProcessInfo.processInfo.activeProcessorCount + 4

    private static func count(_ path: String) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: path).count) ?? 0
    }

    /// Waits until the condition holds: threads need a moment to be gone.
    static func eventually(
        _ message: String, within seconds: Double = 5, file: StaticString = #filePath, line: UInt = #line,
        _ condition: () async -> Bool
    ) async {
        let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
        while ContinuousClock.now < deadline {
            if await condition() { return }
            try? await Task.sleep(for: .milliseconds(5))
        }
        XCTFail(message, file: file, line: line)
    }
}
