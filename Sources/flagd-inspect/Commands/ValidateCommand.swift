import Flagd

/// `validate`: what is wrong with flag files, one finding on a line; made for a team's own CI.
enum ValidateCommand {
    static let command = Command(
        name: "validate", summary: "check flag files; exit status 1 when a flag cannot be used", operands: "FILE…",
        options: [
            OptionDeclaration("fractional-version", "V", help: "v1, v2 or v3 (v2)"),
            OptionDeclaration("quiet", help: "show errors only, no warnings"),
        ]
    ) { arguments in
        guard !arguments.positionals.isEmpty else {
            throw UsageError("no file is named", hint: "flagd-inspect validate flags.json")
        }
        var options = FlagdOptions()
        options.fractionalVersion = try SourceOptions.fractionalVersion(arguments)
        var status = ExitStatus.success
        for file in arguments.positionals {
            for finding in await findings(in: file, options) {
                if finding.severity == .error { status = .findings }
                guard finding.severity == .error || !arguments.has("quiet") else { continue }
                // The status counts even when nobody reads the findings.
                do { try StandardStream.writeLine(line(file, finding)) } catch OutputError.closed {}
            }
        }
        return status
    }

    /// What is wrong with a file: what the evaluation says, then what only the schema says.
    private static func findings(in file: String, _ options: FlagdOptions) async -> [FlagDiagnostic] {
        do throws(FileContents.Failure) {
            return await findings(in: try FileContents.read(file), options)
        } catch {
            return [FlagDiagnostic(flagKey: nil, pointer: "", reason: error.description, severity: .error)]
        }
    }

    /// What is wrong with a payload.
    static func findings(in payload: [UInt8], _ options: FlagdOptions) async -> [FlagDiagnostic] {
        let flags: BatchFlags
        do throws(FlagdError) {
            flags = try BatchFlags(options: options)
        } catch {
            return [FlagDiagnostic(flagKey: nil, pointer: "", reason: error.message, severity: .error)]
        }
        let refusal = await flags.load(payload)
        let known = flags.provider.diagnostics
        await flags.end()
        if let refusal { return [FlagDiagnostic(flagKey: nil, pointer: "", reason: refusal, severity: .error)] }
        let schema = (try? JSON.parse(payload)).map { SchemaCheck($0).findings } ?? []
        // Of two findings at one place the evaluation's says more.
        return known + schema.filter { finding in !known.contains { $0.pointer == finding.pointer } }
    }

    /// A finding in one line: file, severity, place and reason.
    static func line(_ file: String, _ finding: FlagDiagnostic) -> String {
        let place = finding.pointer.isEmpty ? "" : "\(finding.pointer): "
        return "\(file): \(finding.severity.rawValue): \(place)\(finding.reason)"
    }
}
