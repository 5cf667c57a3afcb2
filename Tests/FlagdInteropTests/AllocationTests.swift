import FlagdTestSupport
import Foundation
import XCTest

/// Counts the allocations of evaluations, by an allocator in front of the system's (specification: evaluation, "Speed").
///
/// Only an optimized build shows what users get, so the benchmark program of a release build does the counting.
final class AllocationTests: XCTestCase {
    private struct Result: Decodable {
        let `case`: String
        let threads: Int
        let allocationsPerCall: Double?
    }

    func testEvaluationsAllocateNothing() throws {
        let results = try measure()
        XCTAssertGreaterThan(results.count, 25)
        for result in results where result.threads == 1 {
            let allocations = try requireOrSkip(
                result.allocationsPerCall, "a C compiler and glibc for the counting allocator")
            // Another thread of the runtime may allocate once or twice among a thousand calls.
            XCTAssertLessThan(allocations, 0.01, "\(result.case) allocates")
        }
    }

    private func measure() throws -> [Result] {
        let workload = try SharedData.file("bench/workload.json")
        let program = try requireOrSkip(
            AllocationTests.program(), "an optimized flagd-benchmark (swift build -c release --product flagd-benchmark)"
        )
        let process = Process()
        let output = Pipe()
        process.executableURL = program
        process.arguments = ["resolve", "--workload", workload.path, "--no-floor", "--batches", "1"]
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "LD_PRELOAD" }
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        XCTAssertEqual(process.terminationStatus, 0)
        return try text.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Result.self, from: Data($0))
        }
    }

    private static func program() -> URL? {
        [".build/release", ".build/release-strict/release"]
            .map { PackageLayout.root.appendingPathComponent($0).appendingPathComponent("flagd-benchmark") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
}
