import Foundation

/// The least work in C for the main cases, built and run beside ours so that ratios come out of one run.
struct Floor {
    /// Nanoseconds by case; empty where there is no compiler or no source.
    let medians: [String: Double]

    static let none = Floor(medians: [:])

    private init(medians: [String: Double]) { self.medians = medians }

    /// Builds and runs the shared folder's `bench/floor.c`.
    init(runningIn folder: String) {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("flagd-floor-\(getpid())")
        defer { try? FileManager.default.removeItem(at: directory) }
        let program = directory.appendingPathComponent("floor").path
        let output = directory.appendingPathComponent("floor.json").path
        guard (try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)) != nil,
            let compiler = CCompiler.path,
            CCompiler.run(compiler, ["-O3"] + Floor.machineOptions + [folder + "/bench/floor.c", "-o", program]),
            CCompiler.run(program, [output]), let text = FileManager.default.contents(atPath: output),
            let parsed = try? JSONSerialization.jsonObject(with: text) as? [String: Any],
            let cases = parsed["cases"] as? [String: Any]
        else {
            self = .none
            return
        }
        medians = cases.compactMapValues { ($0 as? [String: Any])?["median"] as? Double }
    }

    #if arch(x86_64)
    private static let machineOptions = ["-march=x86-64-v3"]
    #else
    private static let machineOptions: [String] = []
    #endif
}
