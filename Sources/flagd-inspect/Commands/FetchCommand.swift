import Flagd

/// `fetch`: the server's whole flag set as it is sent, by one call.
enum FetchCommand {
    static let command = Command(
        name: "fetch", summary: "fetch the server's flag set once and print it as it is", operands: "",
        options: ConnectedProvider.declarations
    ) { arguments in
        guard arguments.positionals.isEmpty else { throw UsageError("fetch takes no operand") }
        let payload = try await FlagdProvider(ConnectedProvider.options(arguments)).fetchAllFlags()
        let newline = UInt8(ascii: "\n")
        try StandardStream.emit(payload.last == newline ? payload : payload + [newline])
        return .success
    }
}
