import Foundation

/// The program's entry: `flagd-benchmark resolve|load|push`.
@main
enum FlagdBenchmark {
    static let usage = """
        usage: flagd-benchmark resolve [--workload FILE] [--case NAME] [--batches N] [--no-floor] [--table]
               flagd-benchmark load FILE [--repeat N] [--table]
               flagd-benchmark push [--bytes N …] [--repeat N] [--table]

        resolve  nanoseconds of thread time and allocations for one evaluation, with one thread and with two
        load     milliseconds from a payload's bytes to a published flag set, and the peak of memory
        push     milliseconds from a payload's first byte on the wire to configurationChanged, beside a plain socket

        One JSON object a line; --table prints a table. The C floor of the shared folder (FLAGD_SHARED, default ../shared)
        is built and run beside `resolve` where a C compiler is at hand.
        """

    static func main() async {
        var arguments = Arguments(CommandLine.arguments.dropFirst())
        do {
            switch arguments.next() {
            case "resolve":
                var benchmark = try ResolveBenchmark(&arguments)
                Allocations.restartCounting()
                try benchmark.run()
            case "load":
                var benchmark = try LoadBenchmark(&arguments)
                try benchmark.run()
            case "push":
                var benchmark = try PushBenchmark(&arguments)
                try await benchmark.run()
            case "--help", "-h": print(usage)
            default: throw UsageError(message: "a command is missing")
            }
        } catch let error as UsageError {
            write("flagd-benchmark: \(error.message)\n\(usage)\n", to: FileHandle.standardError)
            exit(64)
        } catch {
            write("flagd-benchmark: \(error)\n", to: FileHandle.standardError)
            exit(1)
        }
    }

    static func write(_ text: String, to handle: FileHandle) { handle.write(Data(text.utf8)) }
}

/// A wrong command line.
struct UsageError: Error {
    let message: String
}

/// The command line's words, taken one after the other.
struct Arguments {
    private var words: [String]

    init(_ words: some Sequence<String>) { self.words = Array(words) }

    mutating func next() -> String? { words.isEmpty ? nil : words.removeFirst() }

    /// The value behind an option.
    mutating func value(of option: String) throws(UsageError) -> String {
        guard let value = next() else { throw UsageError(message: "\(option) takes a value") }
        return value
    }

    /// The whole number of at least one behind an option.
    mutating func number(of option: String) throws(UsageError) -> Int {
        let text = try value(of: option)
        guard let number = Int(text), number > 0 else {
            throw UsageError(message: "\(option) takes a number, not '\(text)'")
        }
        return number
    }
}
