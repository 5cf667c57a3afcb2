import Flagd

/// `evaluate --batch`: answers JSON lines from standard input, in their order.
enum BatchMode {
    /// How many bytes of answers are kept while more lines are already there.
    private static let outputBufferSize = 1 << 16

    static func run(_ arguments: Arguments) async throws -> ExitStatus {
        guard arguments.positionals.isEmpty else { throw UsageError("--batch takes the flags from standard input") }
        var session = try BatchSession(options: try options(arguments))
        var reader = LineReader()
        var output: [UInt8] = []
        while let line = reader.next() {
            if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                output += Array((await session.answer(line) + "\n").utf8)
            }
            // Nothing is held back while this waits for input.
            if !reader.hasLine() || output.count >= outputBufferSize {
                try StandardStream.emit(output)
                output = []
            }
        }
        await session.end()
        return .success
    }

    private static func options(_ arguments: Arguments) throws(UsageError) -> FlagdOptions {
        var options = FlagdOptions()
        options.fractionalVersion = try SourceOptions.fractionalVersion(arguments)
        options.isStrict = arguments.has("strict")
        options.selector = arguments.value("selector")
        return options
    }
}
