import FlagdTestSupport
import Foundation

/// The built program, run to its end.
struct Program {
    let status: Int32
    let output: [String]
    let error: String

    /// Starts the program without any of the provider's variables but the given ones.
    static func start(_ arguments: [String], environment: [String: String] = [:]) throws -> ChildProcess {
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("FLAGD_") }
        return try ChildProcess(
            PackageLayout.executable("flagd-inspect"), arguments: arguments,
            environment: inherited.merging(environment) { _, given in given })
    }

    /// Runs the program with lines on its standard input, which then ends.
    static func run(
        _ arguments: String..., input: [String] = [], environment: [String: String] = [:]
    ) async throws -> Program {
        let process = try start(arguments, environment: environment)
        for line in input { try process.send(line) }
        guard await process.terminate(within: .seconds(30)) else {
            throw ChildProcess.Failure(description: "flagd-inspect \(arguments) does not end: \(process.standardError)")
        }
        return Program(
            status: try await process.waitForExit(), output: await rest(of: process), error: process.standardError)
    }

    /// What a program has written and nobody has read, up to its end.
    static func rest(of process: ChildProcess) async -> [String] {
        var lines: [String] = []
        while let line = try? await process.line() { lines.append(line) }
        return lines
    }
}
