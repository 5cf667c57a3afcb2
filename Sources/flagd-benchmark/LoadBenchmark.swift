import Flagd
import Foundation

/// Times loading: from a payload's bytes to a published set.
struct LoadBenchmark {
    private let file: String
    private var repetitions = 7
    private var report: Report

    init(_ arguments: inout Arguments) throws {
        var isTable = false
        var file: String?
        while let option = arguments.next() {
            switch option {
            case "--repeat": repetitions = try arguments.number(of: option)
            case "--table": isTable = true
            case let name where !name.hasPrefix("--") && file == nil: file = name
            default: throw UsageError(message: "unknown option '\(option)'")
            }
        }
        guard let file else { throw UsageError(message: "load takes a file") }
        self.file = file
        report = Report(isTable: isTable)
    }

    mutating func run() throws {
        let payload = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        var flags = 0
        var times: [Double] = []
        var peak = 0.0
        for repetition in 0..<repetitions {
            times.append(
                try Timing.milliseconds {
                    let holder = try FlagSetHolder(payload)
                    flags = holder.provider.flagCount
                })
            if repetition == 0 { peak = LoadBenchmark.peakMegabytes() }
        }
        report.add([
            ("bench", .text("load")), ("flags", .count(flags)), ("bytes", .count(payload.count)),
            ("msMedian", .number(times.median)), ("peakRSSMB", .number(peak)),
        ])
        report.finish()
    }

    #if canImport(Glibc)
    private static let thisProcess = __rusage_who_t(RUSAGE_SELF.rawValue)
    #else
    private static let thisProcess = RUSAGE_SELF
    #endif

    /// The most memory the process has held, in MiB.
    private static func peakMegabytes() -> Double {
        var usage = rusage()
        unsafe getrusage(LoadBenchmark.thisProcess, &usage)
        return Double(usage.ru_maxrss) / 1024
    }
}
