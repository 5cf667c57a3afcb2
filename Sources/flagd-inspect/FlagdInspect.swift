import Flagd

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The program: finds the command, runs it and turns its errors into exit statuses.
@main
enum FlagdInspect {
    static func main() {
        Interruption.prepare()
        StandardStream.prepare()
        let words = Array(CommandLine.arguments.dropFirst())
        Task.detached {
            let status = await run(words)
            exit(status.rawValue)
        }
        Interruption.waitForSignal()
    }

    private static func run(_ words: [String]) async -> ExitStatus {
        do {
            return try await dispatch(words)
        } catch OutputError.closed {
            return .success
        } catch let error as UsageError {
            StandardStream.writeError("flagd-inspect: \(error)")
            return .usage
        } catch let error as FlagdError {
            StandardStream.writeError("flagd-inspect: \(error.message)")
            return error.code == .configuration ? .configuration : .unavailable
        } catch {
            StandardStream.writeError("flagd-inspect: \(error)")
            return .software
        }
    }

    private static func dispatch(_ words: [String]) async throws -> ExitStatus {
        guard let name = words.first else {
            throw UsageError("no command given", hint: "flagd-inspect --help lists them")
        }
        if ["help", "--help", "-h"].contains(name) {
            try StandardStream.writeLine(try help(words.dropFirst().first))
            return .success
        }
        let command = try command(named: name)
        if words.dropFirst().contains(where: { $0 == "--help" || $0 == "-h" }) {
            try StandardStream.writeLine(Help.text(of: command))
            return .success
        }
        return try await command.run(try Arguments(words.dropFirst(), declarations: command.options))
    }

    private static func help(_ name: String?) throws(UsageError) -> String {
        guard let name else { return Help.overview }
        return Help.text(of: try command(named: name))
    }

    private static func command(named name: String) throws(UsageError) -> Command {
        if let command = Command.all.first(where: { $0.name == name }) { return command }
        let nearest = Spelling.nearest(to: name, among: Command.all.map(\.name))
        throw UsageError(
            "unknown command '\(name)'",
            hint: nearest.map { "did you mean \($0)?" } ?? "flagd-inspect --help lists them")
    }
}
