import Flagd

/// Writes each failed attempt to connect as one JSON object on a line of its own.
struct AttemptPrinter: FlagdObserver {
    func sourceFailed(_ failure: FailureReport) {
        guard failure.isAttempt else { return }
        // A closed output ends the program elsewhere.
        try? StandardStream.writeLine(Self.line(code: failure.statusCode, message: failure.message))
    }

    /// A failed attempt as a JSON object; without a status code it is `UNKNOWN`, as in gRPC.
    static func line(code: String?, message: String) -> String {
        var line = JSONLine()
        line.add("event", "attemptFailed")
        line.add("code", .string(code ?? "UNKNOWN"))
        line.add("message", .string(message))
        return line.text
    }
}
