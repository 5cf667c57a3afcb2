import Flagd
import FlagdTestSupport
import Foundation
import Synchronization

#if os(Linux)
/// Evaluates on a thread of its own until it is stopped, and checks that each evaluation is of one flag set.
final class FlagReader: Sendable {
    enum Flag { case sequence, twin }

    struct Report {
        var evaluations = 0
        /// The number of the flag set read last.
        var newest: Int64 = 0
        /// How often a flag set was older than the one before it.
        var stepsBack = 0
        var problems: [String] = []
    }

    private let state = Mutex(Report())
    private let isStopped = Atomic(false)
    private let hasEnded = Atomic(false)

    var report: Report { state.withLock { $0 } }

    init(_ provider: FlagdProvider, _ flag: Flag) {
        Thread.detachNewThread { [self] in
            while !isStopped.load(ordering: .relaxed) {
                for _ in 0..<100 { read(provider, flag) }
                // Two threads are all that the machines of a CI have.
                usleep(500)
            }
            hasEnded.store(true, ordering: .releasing)
        }
    }

    /// Returns when the thread does not evaluate any more.
    func stop() async {
        isStopped.store(true, ordering: .relaxed)
        try? await waitUntil("the thread to end") { hasEnded.load(ordering: .acquiring) }
    }

    /// A flag set of which everything that changes has its number.
    static func payload(_ sequence: Int64) -> String {
        """
        {"flags":{"sequence":{"state":"ENABLED","variants":{"v\(sequence)":\(sequence)},"defaultVariant":"v\(sequence)",\
        "metadata":{"sequence":\(sequence)}},\
        "twin":{"state":"ENABLED","variants":{"one":"one-\(sequence)","two":"two-\(sequence)"},"defaultVariant":"one",\
        "targeting":{"fractional":[["one",1],["two",1]]},"metadata":{"sequence":\(sequence)}},\
        "constant":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}}}
        """
    }

    private func read(_ provider: FlagdProvider, _ flag: Flag) {
        switch flag {
        case .sequence: check(provider.resolveInteger("sequence", default: -1))
        case .twin:
            let number = state.withLock { $0.evaluations }
            let context = EvaluationContext(targetingKey: "user-\(number % 1000)")
            let twin = provider.resolveString("twin", default: "", context: context)
            guard let sequence = Self.sequence(twin) else { return note(nil, "\(twin)") }
            note(sequence, nil)
            if number.isMultiple(of: 64) { checkAll(provider.evaluateAll(context: context)) }
        }
    }

    private func check(_ details: ResolutionDetails<Int64>) {
        let isOfOneSet =
            details.errorCode == nil && details.variant == "v\(details.value)"
            && details.flagMetadata["sequence"] == .integer(details.value)
        note(isOfOneSet ? details.value : nil, isOfOneSet ? nil : "\(details)")
    }

    /// All flags of one call are of one set.
    private func checkAll(_ all: [(flagKey: String, details: ResolutionDetails<Value>)]) {
        let sequences = all.compactMap { $0.details.flagMetadata["sequence"] }
        guard all.count != 3 || sequences.count != 2 || sequences.first != sequences.last else { return }
        state.withLock { $0.problems.append("\(all)") }
    }

    private static func sequence(_ details: ResolutionDetails<String>) -> Int64? {
        guard details.errorCode == nil, case .integer(let sequence)? = details.flagMetadata["sequence"],
            let variant = details.variant, details.value == "\(variant)-\(sequence)"
        else { return nil }
        return sequence
    }

    private func note(_ sequence: Int64?, _ problem: String?) {
        state.withLock { state in
            state.evaluations += 1
            if let sequence {
                if sequence < state.newest { state.stepsBack += 1 }
                state.newest = sequence
            }
            if let problem, state.problems.count < 10 { state.problems.append(problem) }
        }
    }
}
#endif
