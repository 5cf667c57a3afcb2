import Flagd
import Foundation

/// Times single evaluations through the public API.
struct ResolveBenchmark {
    private var workload = SharedFolder.path + "/bench/workload.json"
    private var only: String?
    private var batches = 51
    private var wantsFloor = true
    private var report: Report

    init(_ arguments: inout Arguments) throws {
        var isTable = false
        while let option = arguments.next() {
            switch option {
            case "--workload": workload = try arguments.value(of: option)
            case "--case": only = try arguments.value(of: option)
            case "--batches": batches = try arguments.number(of: option)
            case "--no-floor": wantsFloor = false
            case "--table": isTable = true
            default: throw UsageError(message: "unknown option '\(option)'")
            }
        }
        report = Report(isTable: isTable)
    }

    mutating func run() throws {
        let floor = wantsFloor ? Floor(runningIn: SharedFolder.path) : .none
        let workload = try Workload(file: workload)
        let provider = try FlagSetHolder(workload.payload)
        for element in workload.cases where only == nil || only == element.name {
            measure(element.name, floor, Call(element, provider.provider))
        }
        if only == nil || only == "mix_10k" { try measureMix(floor, workload) }
        report.finish()
    }

    private mutating func measure(_ name: String, _ floor: Floor, _ call: Call) {
        let iterations = call.iterations(forNanoseconds: 200_000)
        call.repeatedly(iterations)
        let allocations = Allocations.count { call.repeatedly(1000) }.map { Double($0) / 1000 }
        let one = Timing.batches(batches) { call.repeatedly(iterations) }.map { $0 / Double(iterations) }
        let two = Timing.onTwoThreads(batches) { call.repeatedly(iterations) }.map { $0 / Double(iterations) }
        add(name, one, allocations, threads: 1, floor)
        add(name, two, allocations, threads: 2, floor, single: one.median)
    }

    private mutating func measureMix(_ floor: Floor, _ workload: Workload) throws {
        let holder = try FlagSetHolder(Workload.mix(10_000))
        guard let context = workload.cases.first(where: { $0.context.attributes.count == 8 })?.context else { return }
        var generator = SeededGenerator(state: 1)
        let keys = (0..<10_000).map { Workload.mixKey($0) }.shuffled(using: &generator)
        let provider = holder.provider
        let pass: @Sendable () -> Void = {
            var sum = 0
            for key in keys {
                let details = provider.resolveBoolean(key, default: false, context: context)
                sum &+= details.reason.weight &+ (details.value ? 1 : 0)
            }
            Sink.take(sum)
        }
        pass()
        let allocations = Allocations.count(pass).map { Double($0) / 10_000 }
        let one = Timing.batches(batches, pass).map { $0 / 10_000 }
        let two = Timing.onTwoThreads(batches, pass).map { $0 / 10_000 }
        add("mix_10k", one, allocations, threads: 1, floor)
        add("mix_10k", two, allocations, threads: 2, floor, single: one.median)
    }

    private mutating func add(
        _ name: String, _ times: [Double], _ allocations: Double?, threads: Int, _ floor: Floor, single: Double? = nil
    ) {
        var row: Report.Row = [
            ("bench", .text("resolve")), ("case", .text(name)), ("nsMedian", .number(times.median)),
            ("nsMin", .number(times.min() ?? .nan)),
        ]
        if let allocations { row.append(("allocationsPerCall", .number(allocations))) }
        row.append(("threads", .count(threads)))
        if threads == 1, let median = floor.medians[name] {
            row.append(("floorNsMedian", .number(median)))
            row.append(("floorRatio", .number(times.median / median)))
        }
        if let single { row.append(("throughputRatio", .number(2 * single / times.median))) }
        report.add(row)
    }
}

/// A provider with one flag set, initialized from memory.
struct FlagSetHolder {
    let provider: FlagdProvider

    init(_ payload: [UInt8]) throws {
        var options = FlagdOptions(deadline: .seconds(60))
        let source = InMemoryFlagSource()
        source.set(FlagSourcePayload(bytes: payload))
        options.sources = [source]
        let provider = try FlagdProvider(options, environment: [:])
        let ready = DispatchSemaphore(value: 0)
        Task.detached {
            try? await provider.initialize()
            ready.signal()
        }
        ready.wait()
        guard provider.status == .ready else { throw UsageError(message: "the flag set does not load") }
        self.provider = provider
    }
}

/// One evaluation, repeated.
struct Call: Sendable {
    private let key: String
    private let type: String
    private let context: EvaluationContext
    private let provider: FlagdProvider

    init(_ element: Workload.Case, _ provider: FlagdProvider) {
        key = element.flagKey
        type = element.type
        context = element.context
        self.provider = provider
    }

    /// Evaluates so many times, and looks at each outcome's value and reason, as the C floor does.
    func repeatedly(_ count: Int) {
        var sum = 0
        switch type {
        case "boolean":
            for _ in 0..<count {
                let details = provider.resolveBoolean(key, default: false, context: context)
                sum &+= details.reason.weight &+ (details.value ? 1 : 0)
            }
        case "string":
            for _ in 0..<count {
                let details = provider.resolveString(key, default: "", context: context)
                sum &+= details.reason.weight &+ details.value.utf8.count
            }
        case "integer":
            for _ in 0..<count {
                let details = provider.resolveInteger(key, default: 0, context: context)
                sum &+= details.reason.weight &+ Int(truncatingIfNeeded: details.value)
            }
        case "double", "float":
            for _ in 0..<count {
                let details = provider.resolveDouble(key, default: 0, context: context)
                sum &+= details.reason.weight &+ (details.value > 0 ? 1 : 0)
            }
        default:
            for _ in 0..<count {
                let details = provider.resolveObject(key, default: .null, context: context)
                sum &+= details.reason.weight &+ (details.value.isNull ? 1 : 0)
            }
        }
        Sink.take(sum)
    }

    /// So many repetitions that a batch takes about the given time.
    func iterations(forNanoseconds wanted: Double) -> Int {
        let time = Timing.batches(3) { repeatedly(100) }.median / 100
        return max(100, Int(wanted / time))
    }
}

/// Takes what is left of the results, so that the compiler cannot leave out what made them.
enum Sink {
    @inline(never) static func take(_ sum: Int) { withExtendedLifetime(sum) {} }
}

extension ResolutionReason {
    /// A number that stands for the reason.
    @inline(__always) fileprivate var weight: Int {
        switch self {
        case .static: 1
        case .default: 2
        case .targetingMatch: 3
        case .split: 4
        case .disabled: 5
        case .error: 6
        }
    }
}

/// A reproducible generator (Steele, Lea and Flood's SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
